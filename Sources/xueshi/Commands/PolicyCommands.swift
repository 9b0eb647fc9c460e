import App
import ArgumentParser
import Kernel
import Policy
import Registry

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Policies: a notice as data.",
        subcommands: [Check.self, Show.self, Explain.self, Publish.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Find the errors in policy files, and run their examples.",
            discussion: "Example: xueshi policy check Policies/taian/2022.yaml")
        @Flag(help: "Print one JSON document.") var json = false
        @Argument(help: "Policy files.") var files: [String]

        func run() async throws {
            try await answering(json) {
                let readings = try files.map { try readPolicy(at: $0) }
                let findings = readings.flatMap(\.findings)
                let errors = findings.count { $0.weight == .error }
                return CommandOutput(
                    "policy", lines: findings.map { words($0.lines) },
                    [
                        "files": files.count, "examples": readings.reduce(0) { $0 + $1.examples },
                        "failed": readings.reduce(0) { $0 + $1.failedExamples }, "errors": errors,
                        "warnings": findings.count - errors,
                    ], isBad: errors > 0)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "A policy as text, clause by clause.",
            discussion: """
                Example:               xueshi policy show Policies/taian/2022.yaml
                A clause as issued:    xueshi policy show Policies/taian/2022.yaml --clause "notice 二(一)"
                """)
        @Flag(help: "The whole YAML, with its bases and texts.") var flat = false
        @Option(help: "A clause, written as in the file; prints its text.") var clause: String?
        @Flag(help: "Print one JSON document.") var json = false
        @Argument(help: "A policy file.") var file: String

        func run() async throws {
            try await answering(json) {
                let (policy, text) = try readable(file)
                return CommandOutput(
                    "policy", lines: try lines(policy, text),
                    ["kinds": policy.kinds.count, "examples": policy.examples.count])
            }
        }

        private func lines(_ policy: Policy, _ text: String) throws -> [String] {
            if flat { return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
            guard let clause else { return PolicyText(policy).lines }
            guard let cited = policy.citation(of: clause) else {
                throw Failure(
                    .notFound, "policy.no-clause", "政策所附的原文里没有“\(clause)”。请写成 clause: 后面的样子，如 notice 二(一)。",
                    en: "No text of the policy has \"\(clause)\". Write it as behind clause:, such as notice 二(一).")
            }
            return [cited.name] + cited.lines
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "A decision and its steps with clauses.",
            discussion: """
                An example of the file:  xueshi policy explain Policies/taian/2022.yaml --example 国家级刊物三名作者向下取
                A person's year:         xueshi policy explain --person 1 --year 2022
                """)
        @OptionGroup var place: InstallationOptions
        @Argument(help: "A policy file, for --example.") var file: String?
        @Option(help: "An example's name; without it, all examples.") var example: String?
        @Option(help: "A person's number, or -.") var person: String?
        @Option(help: "The year, for --person.", transform: readYear) var year: Year?

        func validate() throws {
            if person != nil, year == nil { throw ValidationError("--person needs --year.") }
            if person == nil, file == nil { throw ValidationError("Name a policy FILE, or --person and --year.") }
        }

        func run() async throws {
            if let person, let year {
                return try await place.run { installation in
                    let found = try await PersonArgument(person).find(installation)
                    let reading = try await installation.registry.year(year, of: found)
                    return CommandOutput(
                        "policy", lines: YearText(reading, year).lines,
                        ["person": found, "standings": reading.standings.count])
                }
            }
            try await answering(place.json) { try explain(file ?? "") }
        }

        private func explain(_ file: String) throws -> CommandOutput {
            let (policy, _) = try readable(file)
            let chosen = policy.examples.filter { example == nil || $0.name == example }
            guard !chosen.isEmpty else {
                throw Failure(
                    .notFound, "policy.no-example", "没有名为“\(example ?? "")”的示例。不写 --example 可看全部。",
                    en: "There is no example \(example ?? ""). Without --example all are shown.")
            }
            return CommandOutput(
                "policy", lines: chosen.flatMap { ExampleText(policy, $0).lines }, ["examples": chosen.count])
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: "Publish a policy as a new immutable version.",
            discussion: """
                See the changes first:  xueshi policy publish Policies/taian/2022.yaml --dry-run
                """)
        @OptionGroup var place: InstallationOptions
        @Argument(help: "A policy file.") var file: String
        @Flag(help: "Report what would change; publish nothing.") var dryRun = false

        func run() async throws {
            try await place.run(creating: !dryRun) { installation in
                let (policy, flat) = try usable(file)
                let made = try await installation.registry.publish(
                    policy.key, flat, dryRun: dryRun, progress: progress("publish"))
                let said =
                    !made.isNew
                    ? words("这一版早已发布，没有变化。", "Published before; nothing changed.")
                    : dryRun
                        ? words("试运行，没有发布。", "Dry run: nothing was published.") : words("已发布。", "Published.")
                let hash = made.hash.prefix(8).hexadecimal
                let told = made.differences.map { words("提醒：", "Note: ") + words($0) } + made.settled.map(staying)
                return CommandOutput(
                    "policy", lines: [said] + (made.isNew ? told : []),
                    ["id": policy.key, "version": made.version, "hash": hash, "standings-changed": made.changed])
            }
        }

        private func staying(_ year: Year) -> String {
            words(
                "\(year) 年度已经结算，仍按原来的版本；要改按这一版，先运行 xueshi settle --year \(year) --reopen --reason 原因，再结算。",
                "\(year) stays under its version. To change it: xueshi settle --year \(year) --reopen --reason WHY."
            )
        }
    }
}

/// The policy of a file without errors, and its flat text.
private func usable(_ file: String) throws -> (Policy, String) {
    let reading = try readPolicy(at: file)
    guard let policy = reading.policy, reading.failedExamples == 0 else { throw errors(in: reading, file) }
    return (policy, reading.flat)
}

/// The same for a file whose examples may fail, because its author wants to see the result while correcting them.
private func readable(_ file: String) throws -> (Policy, String) {
    let reading = try readPolicy(at: file)
    guard let policy = reading.policy else { throw errors(in: reading, file) }
    return (policy, reading.flat)
}

/// Prints the findings; returns the failure.
private func errors(in reading: PolicyReading, _ file: String) -> Failure {
    reading.findings.forEach { writeToStderr(words($0.lines)) }
    return Failure(
        .refused, "policy.errors", "政策文件 \(file) 有错误，见上。改正后再试。",
        en: "The policy file \(file) has errors, listed above. Correct them and try again.")
}
