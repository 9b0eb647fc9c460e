import App
import ArgumentParser
import Foundation
import Kernel
import People
import Portal
import Registry

struct StandingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standing", abstract: "A person's year, line by line, with clauses and steps.",
        discussion: "Example: xueshi standing 1 --year 2022")
    @OptionGroup var place: InstallationOptions
    @Argument(help: "The person's number, or - to read an ID number from standard input.") var person: String
    @Option(help: "The year.", transform: readYear) var year: Year

    func run() async throws {
        try await place.run { installation in
            let person = try await PersonArgument(person).find(installation)
            let reading = try await installation.registry.year(year, of: person)
            let outcomes = reading.standings.map(\.standing.outcome.rawValue).joined(separator: ",")
            return CommandOutput(
                "standing", lines: YearText(reading, year).lines,
                [
                    "person": person, "year": year, "outcome": outcomes.isEmpty ? "none" : outcomes,
                    "counted": reading.standings.reduce(CreditHours.zero) { $0 + $1.counted },
                    "registered": reading.standings.reduce(CreditHours.zero) { $0 + $1.registered },
                ])
        }
    }
}

struct CreditStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit-status", abstract: "The status of a person's hours: result and next step of each item.",
        discussion: "Example: xueshi credit-status 1 石材")
    @OptionGroup var place: InstallationOptions
    @Argument(help: "The person's number, or - to read an ID number from standard input.") var person: String
    @Argument(help: "Part of a kind or title; without it, all items.") var words = ""

    func run() async throws {
        try await place.run { installation in
            let person = try await PersonArgument(person).find(installation)
            let found = try await installation.creditStatuses.find(words, of: person)
            let lines = found.flatMap { ["\($0.words)", "  现在在：\($0.holder)", "  下一步：\($0.act)"] }
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
        commandName: "settle", abstract: "Settle a year: freeze everybody's standing.",
        discussion: """
            Example: xueshi settle --year 2022
            Check:   xueshi settle --year 2022 --check
            Again:   xueshi settle --year 2022 --reopen --reason 复核, then xueshi settle --year 2022
            One person's year, also while the year is open: xueshi settle --year 2022 --person 17
            """)
    @OptionGroup var place: InstallationOptions
    @Option(help: "The year.", transform: readYear) var year: Year
    @Option(help: "Only this person.") var person: String?
    @Flag(help: "Write nothing; check that the stored standings equal the computed ones.") var check = false
    @Flag(help: "Reopen a settled year, or one person's.") var reopen = false
    @Option(help: "The reason for reopening, for the record.") var reason: String?

    func validate() throws {
        if reopen, check { throw ValidationError("--check and --reopen exclude each other: --check writes nothing.") }
        if reason != nil, !reopen { throw ValidationError("--reason goes with --reopen.") }
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
        var lines = report.examples
        if report.differing > lines.count { lines.append("……共 \(report.differing) 处不同") }
        if report.unplaced > 0 {
            lines.append(
                words(
                    "\(report.unplaced) 人在 \(year) 年度没有适用的政策：请核对单位、地区和任职日期。",
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
