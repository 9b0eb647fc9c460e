import App
import ArgumentParser
import Kernel
import People
import Portal

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log: who did what, when and from where.",
        subcommands: [Verify.self, List.self, Export.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Verify every chain of records and compare it with its stored end.",
            discussion: "Example: xueshi audit verify")
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.run { installation in
                let report = try await installation.audit.verify(progress: progress("audit"))
                return CommandOutput(
                    "audit", lines: report.faults.prefix(20).map(\.sentence),
                    ["records": report.records, "broken": report.broken, "chains": report.chains],
                    isBad: report.broken > 0)
            }
        }
    }

    /// Selects records.
    struct FilterOptions: ParsableArguments {
        @Option(help: "From this day on: 2022-06-01.", transform: readDay) var from: Day?
        @Option(help: "Through this day.", transform: readDay) var to: Day?
        @Option(help: "Of this account, by its number.") var account: Int?
        @Option(help: "Of this chain: account/17, system/root, program/serve, strangers.") var chain: String?
        @Option(help: "About this person, by number.") var person: Int?
        @Option(help: "Of this act: account.sign-in, person.merge …") var act: String?
        @Flag(help: "Only refused acts.") var refused = false

        func validate() throws {
            guard account == nil || chain == nil else { throw ValidationError("Give --account, or --chain.") }
            guard act.map({ AuditAct(rawValue: $0) != nil }) ?? true else {
                let known = AuditAct.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no act \(act ?? ""). There are: \(known).")
            }
        }

        var query: AuditQuery {
            var query = AuditQuery()
            query.from = from?.start
            query.to = to.map { Day(number: $0.number + 1).start }
            query.chain = chain ?? account.map { Actor.chain(of: $0) }
            (query.person, query.act, query.isRefused) = (person, act, refused ? true : nil)
            return query
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The newest records.",
            discussion: "Example: xueshi audit list --account 3 --from 2022-06-01")
        @OptionGroup var place: InstallationOptions
        @OptionGroup var words: FilterOptions
        @Option(help: "The most records.") var limit = 50

        func validate() throws { try bounded("--limit", limit, 1...10_000) }

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.searchAudit)
                let found = try await installation.audit.find(words.query, limit: limit)
                return CommandOutput("audit", lines: found.map(\.line), ["records": found.count])
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write records to a .csv or .xlsx.",
            discussion: "Example: xueshi audit export audit.csv --from 2022-01-01 --to 2022-06-30")
        @OptionGroup var place: InstallationOptions
        @OptionGroup var words: FilterOptions
        @Argument(help: "The .csv or .xlsx to write.") var output: String

        func validate() throws {
            guard [".xlsx", ".csv"].contains(where: output.hasSuffix) else {
                throw ValidationError("The file to write is a workbook or a list: name it ….xlsx or ….csv.")
            }
        }

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.exportAudit)
                let rows = try await AuditSheet(installation.audit).write(
                    words.query, to: output, progress: progress("audit"))
                return CommandOutput("audit", ["records": rows])
            }
        }
    }
}

extension AuditRecord {
    /// The record as a line for the terminal.
    fileprivate var line: String {
        [clock, "\(chain)#\(number)", role, address, act, "\(object.kind) \(object.id)", result, detailWords]
            .map { $0.trimmingPrefix { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}

extension AuditReport.Fault {
    fileprivate var sentence: String {
        switch self {
        case .broken(let chain, let number):
            words("\(chain) 的第 \(number) 条与链不符。", "\(chain): record \(number) does not match the chain.")
        case .cut(let chain, let after):
            words("\(chain) 在第 \(after) 条之后与链尾不符，可能被截断。", "\(chain): its end does not match after record \(after).")
        case .head(let chain): words("\(chain) 的链尾不见了，或被改动。", "\(chain): its end is missing or was altered.")
        case .vanished(let chain): words("\(chain) 的整条链不见了。", "\(chain): the whole chain is missing.")
        case .uneven: words("记录链的数目与登记的不符。", "The number of chains differs from the recorded one.")
        }
    }
}
