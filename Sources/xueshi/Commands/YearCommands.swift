import App
import ArgumentParser
import Foundation
import Kernel
import People
import Portal
import Registry

struct StandingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standing",
        abstract: words("某人的年度：逐笔列出，附条款和计算步骤", "A person's year, line by line, with clauses and steps."),
        discussion: words("示例：xueshi standing 1 --year 2022", "Example: xueshi standing 1 --year 2022"))
    @OptionGroup var place: InstallationOptions
    @Argument(
        help: .words("人员编号；写 - 则从标准输入读取证件号码", "The person's number, or - to read an ID number from standard input."))
    var person: String
    @Option(help: .words("年度", "The year."), transform: readYear) var year: Year

    func run() async throws {
        try await place.run { installation in
            let person = try await PersonArgument(person).find(installation)
            let reading = try await installation.registry.year(year, of: person)
            let outcomes = reading.standings.map(\.standing.outcome.rawValue).joined(separator: ",")
            var output = CommandOutput(
                "standing", lines: YearText(reading, year).lines.map { words($0) },
                [
                    "person": person, "year": year, "outcome": outcomes.isEmpty ? "none" : outcomes,
                    "counted": reading.standings.reduce(CreditHours.zero) { $0 + $1.counted },
                    "registered": reading.standings.reduce(CreditHours.zero) { $0 + $1.registered },
                ])
            // Only where something is waived, so that the line of all others stays as it is.
            let waived = reading.standings.count(where: \.isWaived)
            if waived > 0 { output.figures.append(("waived", "\(waived)")) }
            return output
        }
    }
}

struct CreditStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit-status",
        abstract: words("学时去哪了：某人每项学时的结果和下一步", "The status of a person's hours: result and next step of each item."),
        discussion: words("示例：xueshi credit-status 1 石材", "Example: xueshi credit-status 1 石材"))
    @OptionGroup var place: InstallationOptions
    @Argument(
        help: .words("人员编号；写 - 则从标准输入读取证件号码", "The person's number, or - to read an ID number from standard input."))
    var person: String
    @Argument(
        help: .words("认定形式或名称中的几个字；不写则列出全部", "Part of a kind or title; without it, all items.", valueName: "words"))
    var text = ""

    func run() async throws {
        try await place.run { installation in
            let person = try await PersonArgument(person).find(installation)
            let found = try await installation.creditStatuses.find(text, of: person)
            let lines = found.flatMap {
                [
                    words($0.words), words("  当前环节：", "  Now with:  ") + words($0.holder),
                    words("  下一步：", "  Next step: ") + words($0.act),
                ]
            }
            let counts = Dictionary(grouping: found, by: \.counting).mapValues(\.count)
            return CommandOutput(
                "credit-status", lines: lines,
                [
                    "person": person, "items": found.count, "counted": counts[.counted] ?? 0,
                    "partly": counts[.partly] ?? 0, "uncounted": counts[.uncounted] ?? 0,
                    "pending": counts[.pending] ?? 0,
                ])
        }
    }
}

struct SettleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: words("年度结算：固定全体人员的年度结果", "Settle a year: freeze everybody's standing."),
        discussion: words(
            """
            结算：    xueshi settle --year 2022
            核对：    xueshi settle --year 2022 --check
            重新结算：xueshi settle --year 2022 --reopen --reason 复核，然后 xueshi settle --year 2022
            只办一人（年度未结算时也可以）：xueshi settle --year 2022 --person 17
            """,
            """
            Example: xueshi settle --year 2022
            Check:   xueshi settle --year 2022 --check
            Again:   xueshi settle --year 2022 --reopen --reason WHY, then xueshi settle --year 2022
            One person's year, also while the year is open: xueshi settle --year 2022 --person 17
            """))
    @OptionGroup var place: InstallationOptions
    @Option(help: .words("年度", "The year."), transform: readYear) var year: Year
    @Option(help: .words("只办此人", "Only this person.")) var person: String?
    @Flag(
        help: .words("只核对存下的结果与重算的是否一致，不写入", "Write nothing; check that the stored standings equal the computed ones."))
    var check = false
    @Flag(help: .words("重新开放已结算的年度，或其中一人", "Reopen a settled year, or one person's.")) var reopen = false
    @Option(help: .words("重新开放的原因，记入办理记录", "The reason for reopening, for the record.")) var reason: String?

    func validate() throws {
        if reopen, check {
            throw ValidationError(
                words(
                    "--check 和 --reopen 不能同时使用：--check 不写入。",
                    "--check and --reopen exclude each other: --check writes nothing."))
        }
        if reason != nil, !reopen {
            throw ValidationError(words("--reason 须与 --reopen 同时使用。", "--reason goes with --reopen."))
        }
        if reopen { try stated(reason) }
    }

    func run() async throws {
        try await place.run { installation in
            let one = try await person.asyncMap { try await PersonArgument($0).find(installation) }
            if reopen { return try await open(one, installation) }
            return output(try await settle(one, installation))
        }
    }

    private func open(_ one: ID<Person>?, _ installation: Installation) async throws -> CommandOutput {
        if let one {
            try await installation.reopen(year, only: one, reason: reason ?? "")
            return CommandOutput("settle", ["year": year, "person": one.number, "state": "open"])
        }
        let changed = try await installation.registry.reopen(
            year, reason: reason ?? "", progress: progress("reopen"))
        return CommandOutput("settle", ["year": year, "state": "open", "standings-changed": changed])
    }

    private func settle(_ one: ID<Person>?, _ installation: Installation) async throws -> SettlementReport {
        if check { return try await installation.registry.check(year, person: one, progress: progress("settle")) }
        if let one { return try await installation.settle(year, only: one) }
        return try await installation.settle(year, progress: progress("settle"))
    }

    private func output(_ report: SettlementReport) -> CommandOutput {
        var lines = report.examples.map { words($0) }
        if report.differing > lines.count {
            lines.append(words("……共 \(report.differing) 处不同", "… \(report.differing) differences in all"))
        }
        if report.unplaced > 0 {
            lines.append(
                words(
                    "\(report.unplaced) 人在\(year)年度没有适用的政策：请核对单位、地区和任职日期。",
                    "People without a policy in \(year): \(report.unplaced). Check unit, region and dates."))
        }
        if !check { lines.append(words("新结算 \(report.written) 份。", "New settled standings: \(report.written).")) }
        return CommandOutput(
            "settle", lines: lines,
            [
                "people": report.people, "qualified": report.qualified, "short": report.short, "exempt": report.exempt,
                "waived": report.waived, "differing": report.differing,
            ], isBad: report.differing > 0)
    }
}

extension Optional {
    func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
        if let self { try await body(self) } else { nil }
    }
}
