import App
import ArgumentParser
import Kernel
import People
import Portal

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: words("办理记录：何人、何时、从何处、办了什么", "The audit log: who did what, when and from where."),
        subcommands: [Verify.self, List.self, Export.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: words("核对每条记录链，并与存下的链尾对照", "Verify every chain of records and compare it with its stored end."),
            discussion: words("示例：xueshi audit verify", "Example: xueshi audit verify"))
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
        @Option(help: .words("从这一天起，如 2022-06-01", "From this day on: 2022-06-01."), transform: readDay) var from: Day?
        @Option(help: .words("到这一天为止（含当天）", "Through this day."), transform: readDay) var to: Day?
        @Option(help: .words("只看这个账号（编号）", "Of this account, by its number.")) var account: Int?
        @Option(
            help: .words(
                "只看这条链：account/17、system/root、program/serve、strangers",
                "Of this chain: account/17, system/root, program/serve, strangers.")) var chain: String?
        @Option(help: .words("只看与此人有关的（人员编号）", "About this person, by number.")) var person: Int?
        @Option(help: .words("只看这一事项：account.sign-in、person.merge 等", "Of this act: account.sign-in, person.merge …"))
        var act: String?
        @Flag(help: .words("只看被拒绝的", "Only refused acts.")) var refused = false

        func validate() throws {
            guard account == nil || chain == nil else {
                throw ValidationError(words("--account 和 --chain 只写一个。", "Give --account, or --chain."))
            }
            guard act.map({ AuditAct(rawValue: $0) != nil }) ?? true else {
                let known = AuditAct.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    words("没有事项 \(act ?? "")，可写：\(known)。", "There is no act \(act ?? ""). There are: \(known)."))
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
            commandName: "list", abstract: words("最近的记录", "The newest records."),
            discussion: words(
                "示例：xueshi audit list --account 3 --from 2022-06-01",
                "Example: xueshi audit list --account 3 --from 2022-06-01"))
        @OptionGroup var place: InstallationOptions
        @OptionGroup var filter: FilterOptions
        @Option(help: .words("最多列出的条数", "The most records.")) var limit = 50

        func validate() throws { try bounded("--limit", limit, 1...10_000) }

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.searchAudit)
                let found = try await installation.audit.find(filter.query, limit: limit)
                return CommandOutput("audit", lines: found.map(\.line), ["records": found.count])
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: words("把记录导出为 .csv 或 .xlsx", "Write records to a .csv or .xlsx."),
            discussion: words(
                "示例：xueshi audit export audit.csv --from 2022-01-01 --to 2022-06-30",
                "Example: xueshi audit export audit.csv --from 2022-01-01 --to 2022-06-30"))
        @OptionGroup var place: InstallationOptions
        @OptionGroup var filter: FilterOptions
        @Argument(help: .words("输出的 .csv 或 .xlsx 文件", "The .csv or .xlsx to write.")) var output: String

        func validate() throws { try workbookOrList(output) }

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.exportAudit)
                let rows = try await AuditSheet(installation.audit).write(
                    filter.query, to: output, progress: progress("audit"))
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
