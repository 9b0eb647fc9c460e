import App
import ArgumentParser
import Foundation
import Kernel
import People
import Registry
import Web

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: words("学时账本，以及年度结果所依据的全部内容", "The ledger of all hours, and everything that standings depend on."),
        subcommands: [Verify.self, Replay.self, DecideAgain.self, Root.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: words(
                "核对每条链和每个有校验码的行，并与签名根对照",
                "Verify every chain and every authenticated row, and compare them with a signed root."),
            discussion: words(
                """
                示例：xueshi ledger verify
                与另存的签名根对照：xueshi ledger verify --since root.txt
                """,
                """
                Example: xueshi ledger verify
                With a root kept elsewhere: xueshi ledger verify --since root.txt
                """))
        @OptionGroup var place: InstallationOptions
        @Flag(
            help: .words(
                "签名根已无法找回：核对全部内容并重新签名", "The signed root is lost permanently: check everything and sign a new root."))
        var renewRoot = false
        @Option(
            help: .words(
                "ledger root 保存的签名根：核对此后只有新增，没有改动",
                "A root written by ledger root: prove that its data was only appended to."))
        var since: String?

        func run() async throws {
            try await place.run(rootMayBeLost: renewRoot) { installation in
                let start = ContinuousClock.now
                let root = try since.map { try SignedRoot(named: Self.text($0), installation.people.keys) }
                let check = try await installation.check(since: root, rootMayBeLost: renewRoot)
                if renewRoot, check.broken == 0 {
                    try await installation.writeRoot()
                    try await installation.audit.record(.renewRoot)
                }
                let seconds = (ContinuousClock.now - start).inSeconds
                return CommandOutput(
                    "ledger", lines: check.lines,
                    [
                        "chains": check.audit.chains, "entries": check.audit.entries, "rows": check.rows,
                        "broken": check.broken, "seconds": String(format: "%.2f", seconds),
                        "per-second": Int(Double(check.audit.entries) / seconds),
                    ],
                    isBad: check.broken > 0)
            }
        }

        private static func text(_ path: String) throws -> String {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw Failure(
                    .badInput, "ledger.no-root-file", "读不到 \(path)。请写明 ledger root 保存的文件。",
                    en: "\(path) cannot be read. Name a file that ledger root has written.")
            }
            return text
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: words(
                "按当时记录的依据，把每一笔学时重新认定一遍", "Repeat every decision behind credited hours, from its recorded basis."),
            discussion: words(
                """
                示例：xueshi ledger replay
                只算一个年度：xueshi ledger replay --year 2022
                """,
                """
                Example: xueshi ledger replay
                One year: xueshi ledger replay --year 2022
                """))
        @OptionGroup var place: InstallationOptions
        @Option(help: .words("只算这一年度的学时", "Only hours of this year."), transform: readYear) var year: Year?

        func run() async throws {
            try await place.run { installation in
                let start = ContinuousClock.now
                let report = try await installation.registry.replay(year, progress: progress("replay"))
                let seconds = (ContinuousClock.now - start).inSeconds
                return CommandOutput(
                    "ledger", lines: report.entries == 0 ? [nothing] : report.examples.map { words($0) },
                    [
                        "people": report.people, "entries": report.entries, "differing": report.differing,
                        "differing-by-engine": report.differingByEngine, "older": report.older,
                        "seconds": String(format: "%.2f", seconds), "per-second": Int(Double(report.entries) / seconds),
                    ],
                    isBad: report.differing > 0)
            }
        }

        private var nothing: String {
            let when = year.map { words("\($0)年度", " in \($0)") } ?? ""
            return words("\(when)没有登记的学时，没有可以重算的。", "There are no hours\(when), so no decision was repeated.")
        }
    }

    struct DecideAgain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide-again",
            abstract: words(
                "认定程序更正后，用现在的程序重新认定未结算的年度",
                "Decide unsettled years again with the current program, after a correction of the engine."),
            discussion: words(
                "示例：xueshi ledger decide-again --dry-run", "Example: xueshi ledger decide-again --dry-run"))
        @OptionGroup var place: InstallationOptions
        @Flag(help: .words("只报告会有多少份结果变化，不改动", "Report how many standings would change; change nothing."))
        var dryRun = false

        func run() async throws {
            try await place.run { installation in
                let changed = try await installation.registry.decideAgain(
                    dryRun: dryRun, progress: progress("decide-again"))
                return CommandOutput("ledger", ["changed": changed, "dry-run": dryRun])
            }
        }
    }

    struct Root: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "root",
            abstract: words("输出最新的签名根，由他人另行保管", "Write the newest signed root, to be kept elsewhere by somebody else."),
            discussion: words(
                """
                签名根覆盖到生成前十分钟为止的数据，并注明时间。要覆盖一次结算，请在十分钟后再生成一次，生成前会先核对全部内容：xueshi ledger root --renew root.txt
                示例：xueshi ledger root root.txt
                """,
                """
                A root covers data up to ten minutes before it was made, and states the time. To cover a settlement,
                make another root ten minutes later, which checks everything first:
                xueshi ledger root --renew root.txt
                Example: xueshi ledger root root.txt
                """))
        @OptionGroup var place: InstallationOptions
        @Flag(help: .words("先核对全部内容并重新签名", "Check everything and sign a new root first.")) var renew = false
        @Argument(help: .words("输出的文件；不写则直接显示", "The file to write; without it, the root is printed."))
        var output: String?

        func run() async throws {
            try await place.run { installation in
                let newest = renew ? nil : try installation.roots.root()
                let root = if let newest { newest } else { try await installation.renewRoot() }
                if let output { try write(Array((root.text + "\n").utf8), to: output) }
                return CommandOutput(
                    "ledger", lines: (output == nil ? [root.text] : []) + [root.covering],
                    ["root": root.name, "entries": root.entries, "made": Day(milliseconds: root.time)])
            }
        }
    }
}

extension SignedRoot {
    fileprivate var covering: String {
        let moment = ClockTime(through).text
        return words("覆盖到 \(moment) 为止写入的内容。", "Covers everything written until \(moment).")
    }
}

extension IntegrityReport {
    fileprivate var lines: [String] {
        var lines = audit.faults.prefix(20).map(\.sentence)
        lines += tables.flatMap(\.forged).prefix(40).map { row in
            words("\(row) 不是本系统写下的，或被改动过。", "\(row) was not written by this program, or was changed.")
        }
        lines += differences.map(\.sentence)
        if lacksChainHeads {
            lines.append(
                words(
                    "该签名根的链头没有留全，链按最新的签名根核对，行数按该签名根核对。",
                    "Not all heads of that root exist: chains were compared with the newest root, rows with it."
                ))
        }
        lines.append(
            root.map {
                words(
                    "对照 \(Day(milliseconds: $0.time)) 的签名根 \($0.name)。",
                    "Compared with the signed root \($0.name) of \(Day(milliseconds: $0.time)).")
            } ?? words("还没有签名根：年度结算时生成。", "There is no signed root yet: settling writes one."))
        return lines
    }
}

extension RootDifference {
    fileprivate var sentence: String {
        switch self {
        case .rows(let table, let known, let found):
            words(
                "\(table) 表与签名根不符：当时 \(known) 行，现在对应的 \(found) 行，有被删除、替换或补入的。",
                "\(table) differs from the root: \(known) rows then, \(found) of that time now.")
        case .states(let number):
            words("变更记录第 \(number) 条以前与签名根不符。", "The changes of state up to \(number) differ from the root.")
        }
    }
}

extension LedgerVerification.Fault {
    fileprivate var sentence: String {
        switch self {
        case .broken(let person, let number):
            words("人员 \(person) 的第 \(number) 笔与链不符。", "Person \(person): entry \(number) does not match the chain.")
        case .cut(let person, let after):
            words("人员 \(person) 的链在第 \(after) 笔之后被截断。", "Person \(person): the chain is cut after entry \(after).")
        case .vanished(let person): words("人员 \(person) 的链不见了。", "Person \(person): the chain is missing.")
        }
    }
}
