import Database
import Foundation
import Kernel
import Testbed
import Testing

@testable import People
@testable import Registry

/// Random numbers that depend only on the seed.
struct Lots: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
}

/// A list must not change people outside the officer's scope, in any table.
@Suite("Attack: a list changes people outside the scope")
struct ScopePropertyTests {
    private static let isLong = !(ProcessInfo.processInfo.environment["XUESHI_TEST_LONG"] ?? "").isEmpty
    private static var rounds: Range<Int> { 0..<(isLong ? 40 : 4) }

    /// The tables with rows of people, and the column with the person's number.
    private static let tables: [(name: String, column: Int)] = [
        ("person", 0), ("person_merge", 0), ("employment", 0), ("person_fact", 0), ("account", 2), ("evidence", 0),
        ("decision", 0), ("claim", 1), ("entry", 0), ("chain", 0), ("standing", 0), ("settled", 0), ("certificate", 1),
    ]
    /// Tables that record requests and acts and may name people outside the scope.
    private static let records: Set = ["upstream_request", "audit_record"]

    private func rows(_ city: City) async throws -> [Int: [String: [[Value]]]] {
        var rows: [Int: [String: [[Value]]]] = [:]
        for (table, column) in Self.tables {
            for row in try await city.database.allRows(of: table) {
                guard case .integer(let person) = row[column] else { continue }
                rows[person, default: [:]][table, default: []].append(row)
            }
        }
        return rows
    }

    /// Every table with rows that name a person is included.
    @Test func everyTableWithPeopleIsIncluded() throws {
        let schema = try String(contentsOfFile: repository.path + "/docs/schema/sqlite.sql", encoding: .utf8)
        let named = schema.matches(of: #/CREATE TABLE ([a-z_]+) \(([^;]*?)\n\)/#).filter {
            $0.2.contains("REFERENCES person (number)") || $0.2.contains(#/\n +person +INTEGER/#)
        }.map { String($0.1) }
        #expect(Set(named).subtracting(Self.records).isSubset(of: Self.tables.map(\.name)))
        #expect(named.count > 10)
    }

    @Test(arguments: Engine.allCases) func importsChangeNobodyOutsideTheScope(_ engine: Engine) async throws {
        for round in Self.rounds {
            try await withCounties(engine) { counties in
                var lots = Lots(round)
                try await fill(counties, &lots)
                for _ in 0..<6 {
                    let submitter = try await officer(counties, &lots)
                    let (city, before) = (counties.city, try await rows(counties.city))
                    let inside = try await inside(submitter, city)
                    let isHours = lots.next() % 2 == 0
                    let text = try isHours ? hours(&lots) : people(&lots)
                    let report = try await counties.send(
                        text, submitter, hours: isHours, dryRun: lots.next() % 4 == 0)
                    let after = try await rows(city)
                    for (person, was) in before where !inside.contains(person) {
                        #expect(after[person] == was, "seed \(round), person \(person): \(report.said)\n\(text)")
                    }
                    // New people must be in the officer's scope.
                    let now = try await self.inside(submitter, city)
                    for person in after.keys where before[person] == nil { #expect(now.contains(person)) }
                }
            }
        }
    }

    private func fill(_ counties: Counties, _ lots: inout Lots) async throws {
        let units = [counties.city.mill, counties.school, counties.quarry]
        for turn in 0..<12 {
            let (people, unit, id) = (counties.city.people, lots.pick(units), try Cast.number(turn))
            try await counties.city.database.write { transaction in
                let person = try PersonStore(transaction, people).add("人\(turn)", id, phone: nil)
                guard turn < 11 else { return }
                _ = try EmploymentStore(transaction, people).put(
                    Employment(organisation: unit.number, relation: "labour", during: Period(from: .first, to: .last)),
                    of: person)
            }
            if lots.next() % 3 == 0, turn < 11 {
                try await counties.city.move(
                    ID(turn + 1), to: lots.pick(units), since: "202\(1 + lots.next() % 2)-06-01")
            }
        }
        // Some people have two numbers that are merged.
        if lots.next() % 2 == 0 { try await counties.city.registry.merge(ID(1), into: ID(2), reason: "同一人") }
        _ = try await counties.send(hours(&lots, people: 0..<11), .operating, hours: true)
    }

    private func officer(_ counties: Counties, _ lots: inout Lots) async throws -> Submitter {
        switch lots.next() % 5 {
        case 0: try await counties.employer(counties.city.mill)
        case 1: try await counties.employer(counties.quarry)
        case 2: try await counties.authority(counties.taishan)
        case 3: try await counties.submitter(.below(counties.feicheng.number), of: counties.feicheng)
        default: try await counties.authority(counties.feicheng)
        }
    }

    private func inside(_ submitter: Submitter, _ city: City) async throws -> Set<Int> {
        let people = city.people
        return try await city.database.read { transaction in
            let writeScope = WriteScope(transaction, people, submitter)
            let last = try PersonStore(transaction, people).last()
            return Set(try (1...max(1, last)).filter { try writeScope.holds(ID<Person>($0)) })
        }
    }

    private func people(_ lots: inout Lots) throws -> String {
        var text = "姓名,身份证号,手机号,单位名称,单位性质,行政区划,任职起始日期,职称级别\n"
        let units = ["", "泰安示例机械有限公司", "泰山示例中学", "肥城示例石材有限公司", "新单位甲", "新单位乙"]
        for _ in 0..<6 {
            let cells = [
                lots.pick(["人", "假名", "另一名"]), try Cast.number(Int(lots.next() % 16)).text,
                lots.pick(["", "", "13800000001"]), lots.pick(units), lots.pick(["", "企业"]),
                lots.pick(["", "370902", "370983", "370900"]),
                lots.pick(["", "2010-01-01", "2021-07-01", "2023-01-01"]),
                lots.pick(["", "中级", "副高级"]),
            ]
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }

    private func hours(_ lots: inout Lots, people: Range<Int> = 0..<16) throws -> String {
        var text = "身份证号,认定形式,编号,题目,刊物级别,刊号,作者数,发表日期\n"
        for _ in 0..<8 {
            let turn = people.lowerBound + Int(lots.next() % UInt64(people.count))
            let item = lots.pick(["1", "2"])
            let cells = [
                try Cast.number(turn).text, "论文", item, "题目\(item)", "国内国家级", "CN 37-0001/T",
                lots.pick(["2", "3", "6"]), "2022-06-01",
            ]
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }
}
