import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Database
@testable import Registry

/// Hours are explained from their recorded basis, and a replay gives the same hours.
@Suite struct ReplayTests {
    private static let year = Year(2022)

    /// Corrections, a shared work, a merge, a move, another policy version, a settled year and later hours.
    private func busy(_ city: City) async throws {
        let people = [try await city.full("岳明远"), try await city.full("汶小溪"), try await city.add("徂松岩")]
        for person in people {
            _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 4), reference: "w")
        }
        _ = try await city.recognise(people[0], SampleEvidence.paper("机理", authors: 3), reference: "w")
        _ = try await city.recognise(people[2], SampleEvidence.course("公需", 20, "public"), reference: "p")
        _ = try await city.recognise(people[2], SampleEvidence.course("公需", 25, "public"), reference: "p")
        _ = try await city.recognise(people[2], SampleEvidence.award("救治", "county"))
        try await city.registry.merge(people[2], into: people[1], reason: "同一人")
        let other = try await city.unit("示例企业二", "110000")
        try await city.move(people[0], to: other, since: "2022-07-01")
        _ = try await city.registry.settle(Self.year)
        _ = try await city.recognise(people[1], SampleEvidence.course("迟到", 12))
        _ = try await city.registry.unmerge(people[2], reason: "不是同一人")
    }

    @Test(arguments: Engine.allCases) func replayingGivesTheSameDecisions(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await busy(city)
            let report = try await city.registry.replay(nil)
            #expect(report.entries > 8)
            #expect(figures(report.people, report.older) == figures(3, 0))
            #expect(figures(report.differing, report.differingByEngine) == figures(0, 0), "\(report.examples)")
            let none = try await city.registry.replay(Year(2021))
            #expect(none.entries == 0)
            let record = try await AuditLog(city.database, city.people).find(AuditQuery(), limit: 2)
            #expect(record.map(\.act) == ["ledger.replay", "ledger.replay"])
            #expect(record.first?.object == .year(Year(2021)))
        }
    }

    /// The steps that a page shows for the hours of one entry.
    private func steps(_ city: City, _ person: ID<Person>) async throws -> [String] {
        let reading = try await city.registry.year(Self.year, of: person)
        return reading.standings.flatMap { item in
            item.entries.flatMap { reading.explained($0, in: item).steps.map(\.chinese) }
        }
    }

    /// Changes the basis of one decision, as somebody with the keys or a faulty engine could.
    private func rewrite(
        _ city: City, _ engine: Engine, _ change: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        try await city.database.write { transaction in
            for table in ["decision", "evidence"] {
                try transaction.command(
                    engine == .sqlite
                        ? "DROP TRIGGER \(table)_no_update" : "DROP TRIGGER \(table)_append ON \(table)")
            }
            try change(transaction)
        }
    }

    @Test(arguments: Engine.allCases) func aDifferingReplayIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            #expect(try await steps(city, person) == ["线上课程：课程学时 30，计 30 学时（二(二)）", "2022年度专业科目计 30 学时"])
            var facts = SampleEvidence.course("甲", 30).facts
            facts["credit"] = .hours(CreditHours(31))
            let text = FactText.encode(facts)
            try await rewrite(city, engine) { transaction in
                try transaction.update(RecognitionSchema.evidence, key: [person, 1, 1], [("facts", text)])
            }
            let report = try await city.registry.replay(Self.year)
            #expect(figures(report.entries, report.differing, report.differingByEngine) == figures(1, 1, 0))
            let words = "按登记时的材料和政策重算为 31 学时，与登记的不符。请联系主管部门核对"
            #expect(report.examples.map(\.chinese) == ["人员 1 第 1 笔，登记 30 学时：\(words)"])
            #expect(try await steps(city, person) == [words])
        }
    }

    @Test(arguments: Engine.allCases)
    func decisionsOfAnOlderEngineAreCountedAndRepeated(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            var facts = SampleEvidence.course("甲", 30).facts
            facts["credit"] = .hours(CreditHours(31))
            let text = FactText.encode(facts)
            try await rewrite(city, engine) { transaction in
                try transaction.update(RecognitionSchema.evidence, key: [person, 1, 1], [("facts", text)])
                let basis = try transaction.first("SELECT basis FROM decision") { try $0.text(0) } ?? ""
                try transaction.update(
                    RecognitionSchema.decision, key: [person, 1],
                    [("basis", basis.replacing("engine \(Policy.engine)", with: "engine 0"))])
            }
            let report = try await city.registry.replay(nil)
            #expect(figures(report.differing, report.differingByEngine) == figures(0, 1))
            #expect(
                try await steps(city, person)
                    == ["登记以后认定程序有更新，按现在的程序重算为 31 学时。登记没有更改，需要更改的由主管部门统一办理"])
            #expect(try await city.registry.decideAgain(dryRun: true) == 1)
            #expect(try await city.counted(person) == CreditHours(30))
            #expect(try await city.registry.decideAgain(dryRun: false) == 1)
            #expect(try await city.counted(person) == CreditHours(31))
            let after = try await city.registry.replay(nil)
            #expect(figures(after.differing, after.differingByEngine) == figures(0, 0))
        }
    }

    /// Older decisions with an incomplete basis are replayed under their own policy.
    @Test(arguments: Engine.allCases) func olderDecisionsAreReplayedUnderTheirPolicy(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await busy(city)
            try await rewrite(city, engine) { transaction in
                let places = try transaction.rows("SELECT person, number FROM decision") {
                    [try $0.int(0), try $0.int(1)]
                }
                for place in places {
                    try transaction.update(RecognitionSchema.decision, key: place, [("basis", Value.null)])
                }
            }
            let report = try await city.registry.replay(nil)
            #expect(report.older == report.entries)
            #expect(figures(report.differing, report.differingByEngine) == figures(0, 0), "\(report.examples)")
        }
    }

    @Test(arguments: Engine.allCases) func anUnreadableBasisIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            try await rewrite(city, engine) { transaction in
                try transaction.update(RecognitionSchema.decision, key: [person, 1], [("basis", "basis 9")])
            }
            #expect(try await city.registry.replay(nil).differing == 1)
        }
    }
}

/// Every version of the format stays readable.
@Suite struct BasisTextTests {
    private static let rest = """
        basis 1
        engine 1
        policies 2 1
        post 370902 1 1800-01-01 2022-06-30
        post 370900-A1 7 2022-07-01 9999-12-31
        frozen 1 2021-01-01 2021-12-31
        claim 3 1 0 paper|cn37-0001/t|a title
        claim - 0 4 award|progress|救治
        """
    private static let facts = """
        employer=tenterprise 1800-01-01/9999-12-31
        title-since=d2020-01-01 2020-01-01/9999-12-31
        note=ta = b\\nc 2022-01-01/2022-12-31
        """

    @Test func versionOneOfTheBasisIsReadAndWrittenExactly() async throws {
        try await withCity(.sqlite) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            let facts = try required(DecisionBasisText.read(facts: Self.facts))
            let (basis, claims) = try required(DecisionBasisText.read(facts, Self.rest, book))
            #expect(basis.candidates.map(\.key) == ["taian-2022", "taian-2021"])
            #expect(basis.region(on: try required(Day("2022-07-01")))?.text == "370900-A1")
            #expect(basis.facts.last?.value == .text("a = b\nc"))
            #expect(claims.map(\.authors) == [3, nil])
            let again = DecisionBasisText(basis)
            #expect(again.facts == Self.facts)
            #expect(again.rest(claims) == Self.rest)
        }
    }

    @Test func invalidBasisTextsAreRefused() async throws {
        try await withCity(.sqlite) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            let lines = Self.rest.split(separator: "\n").map { String($0) }
            let bad = [
                "basis 2", "engine x", "policies 9", "post 3709 1 1800-01-01 0001-01-02",
                "post 370900-A1 3 2022-06-02 2022-06-01", "frozen 9 a b", "claim 1",
                "x",
            ]
            for line in bad {
                let place = lines.firstIndex { $0.split(separator: " ").first == line.split(separator: " ").first }
                var changed = lines
                if let place { changed[place] = line } else { changed.append(line) }
                #expect(DecisionBasisText.read([], changed.joined(separator: "\n"), book) == nil, "\(line)")
            }
            for facts in ["a", "a=t", "a=tb 2022-01-01", "=tb c/d", "a=tb 2022-01-02/2022-01-01"] {
                #expect(DecisionBasisText.read(facts: facts) == nil, "\(facts)")
            }
        }
    }
}
