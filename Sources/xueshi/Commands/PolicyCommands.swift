import App
import ArgumentParser
import Kernel
import Policy
import Registry

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: words("政策：检查、查看、发布由通知写成的规则", "Policies: a notice as data."),
        subcommands: [Check.self, Show.self, Explain.self, Publish.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: words("检查政策文件，并运行其中的示例", "Find the errors in policy files, and run their examples."),
            discussion: words(
                "示例：xueshi policy check Policies/taian/2022.yaml",
                "Example: xueshi policy check Policies/taian/2022.yaml"))
        @Flag(help: .words("输出一个 JSON 文档", "Print one JSON document.")) var json = false
        @Argument(help: .words("政策文件，可写多个", "Policy files.")) var files: [String]

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
            commandName: "show", abstract: words("逐条显示政策", "A policy as text, clause by clause."),
            discussion: words(
                """
                示例：xueshi policy show Policies/taian/2022.yaml
                条文：xueshi policy show Policies/taian/2022.yaml --clause "notice 二(一)"
                """,
                """
                Example:               xueshi policy show Policies/taian/2022.yaml
                A clause as issued:    xueshi policy show Policies/taian/2022.yaml --clause "notice 二(一)"
                """))
        @Flag(help: .words("显示完整的 YAML，并入所引用的基础文件和原文", "The whole YAML, with its bases and texts."))
        var flat = false
        @Option(help: .words("条款，写法与文件中一样；显示这一条的原文", "A clause, written as in the file; prints its text."))
        var clause: String?
        @Flag(help: .words("输出一个 JSON 文档", "Print one JSON document.")) var json = false
        @Argument(help: .words("政策文件", "A policy file.")) var file: String

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
            return [words(cited.name, "\(clause): \(cited.source.title)")] + cited.lines
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: words("认定结果、计算步骤及条款", "A decision and its steps with clauses."),
            discussion: words(
                """
                文件中的示例：xueshi policy explain Policies/taian/2022.yaml --example 国家级刊物三名作者向下取
                某人的年度：  xueshi policy explain --person 1 --year 2022
                """,
                """
                An example of the file:  xueshi policy explain Policies/taian/2022.yaml --example 国家级刊物三名作者向下取
                A person's year:         xueshi policy explain --person 1 --year 2022
                """))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("政策文件，与 --example 同用", "A policy file, for --example.")) var file: String?
        @Option(help: .words("示例名称；不写则显示全部示例", "An example's name; without it, all examples.")) var example: String?
        @Option(help: .words("人员编号，或 -", "A person's number, or -.")) var person: String?
        @Option(help: .words("年度，与 --person 同用", "The year, for --person."), transform: readYear) var year: Year?

        func validate() throws {
            if person != nil, year == nil {
                throw ValidationError(words("--person 须与 --year 同时使用。", "--person needs --year."))
            }
            if person == nil, file == nil {
                throw ValidationError(
                    words("请写政策文件，或写 --person 和 --year。", "Name a policy FILE, or --person and --year."))
            }
        }

        func run() async throws {
            if let person, let year {
                return try await place.run { installation in
                    let found = try await PersonArgument(person).find(installation)
                    let reading = try await installation.registry.year(year, of: found)
                    return CommandOutput(
                        "policy", lines: YearText(reading, year).lines.map { words($0) },
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
                "policy", lines: chosen.flatMap { ExampleText(policy, $0).lines }.map { words($0) },
                ["examples": chosen.count])
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: words("发布政策的新版本，发布后不可改动", "Publish a policy as a new immutable version."),
            discussion: words(
                """
                先看有哪些变化：xueshi policy publish Policies/taian/2022.yaml --dry-run
                """,
                """
                See the changes first:  xueshi policy publish Policies/taian/2022.yaml --dry-run
                """))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("政策文件", "A policy file.")) var file: String
        @Flag(help: .words("只看会有哪些变化，不发布", "Report what would change; publish nothing.")) var dryRun = false

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
                "\(year)年度已经结算，仍按原来的版本；要改按这一版，先运行 xueshi settle --year \(year) --reopen --reason 原因，再结算。",
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
