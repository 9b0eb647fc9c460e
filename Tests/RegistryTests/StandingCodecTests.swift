import Database
import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// The text of a standing: one file for each version of the format.
@Suite struct StandingCodecTests {
    private static let record = StandingRecord(
        policy: "taian-2022 3 bb6e142e539eb26e", period: Year(2022).period, outcome: .short, waivers: [0, 2],
        carried: CreditHours(hundredths: 250),
        lines: [
            Standing.RequirementResult(
                hoursRequirement: 0, year: nil, required: CreditHours(30), earned: CreditHours(45),
                counted: CreditHours(30)),
            Standing.RequirementResult(
                hoursRequirement: 1, year: Year(2021), required: CreditHours(60), earned: CreditHours(hundredths: 4166),
                counted: .zero),
        ],
        uncounted: [
            Standing.Uncounted(entry: id(2), hours: CreditHours(15), reason: .cap(1)),
            Standing.Uncounted(entry: id(3), hours: CreditHours(hundredths: 1), reason: .twice(of: id(1))),
            Standing.Uncounted(entry: id(4), hours: CreditHours(75), reason: .lowerLevel(than: id(2))),
            Standing.Uncounted(entry: id(5), hours: CreditHours(50), reason: .countedEarlier),
        ],
        entries: [id(1), id(2), EntryID(person: 9, number: 1)])

    private static func id(_ number: Int) -> EntryID { EntryID(person: 7, number: number) }

    private static func golden(_ version: Int) throws -> String {
        try String(
            contentsOfFile: repository.path + "/Tests/RegistryTests/Golden/standing-\(version).txt", encoding: .utf8)
    }

    @Test func theNewestVersionIsWrittenAndReadExactly() throws {
        let text = try Self.golden(2)
        #expect(StandingCodec.encode(Self.record) == text)
        #expect(StandingCodec.decode(text) == Self.record)
    }

    @Test func theFirstVersionIsStillRead() throws {
        let text = try Self.golden(1)
        let old = try required(StandingCodec.decode(text))
        #expect(old.uncounted.map(\.entry.number) == [2, 10_003, 4, 5])
        #expect(old.lines == Self.record.lines && old.waivers == [0, 2] && old.entries == Self.record.entries)
        #expect(try StandingCodec.same(text, Self.golden(2)))
        #expect(try StandingCodec.same(Self.golden(2), text))
        #expect(try StandingCodec.same(Self.golden(2).replacing("4166", with: "4167"), text) == false)
        #expect(StandingCodec.same(text.replacing("4166", with: "4167"), text) == false)
    }

    @Test(arguments: [1, 2]) func periodAndOutcomeAreReadFromEachVersion(_ version: Int) throws {
        let text = try Self.golden(version)
        let head = try required(StandingCodec.head(text))
        #expect(head.period == Year(2022).period)
        #expect(head.outcome == "short")
        let reversed = text.replacing("2022-01-01 2022-12-31", with: "2022-12-31 2022-01-01")
        #expect(StandingCodec.head(reversed) == nil && StandingCodec.decode(reversed) == nil)
        for count in 0..<80 { #expect(StandingCodec.head(String(text.prefix(count)))?.outcome != "qualified") }
        for text in ["", "\n", "a\nperiod 2022-01-01", "standing 2\npolicy", "a\nperiod 2022-01-01 2022-12-31\nout"] {
            #expect(StandingCodec.head(text) == nil, "\(text)")
        }
    }

    /// A text with a line that is cut, has a doubled word or another name is refused.
    @Test(arguments: [1, 2]) func invalidStandingTextsAreRefused(_ version: Int) throws {
        let lines = try Self.golden(version).split(separator: "\n").map { String($0) }
        for place in lines.indices {
            for wrong in ["x" + lines[place], lines[place] + " x", lines[place].replacing(" ", with: " x")] {
                var changed = lines
                changed[place] = wrong
                let isFree = lines[place].hasPrefix("policy ") && wrong.hasPrefix("policy ")
                #expect((StandingCodec.decode(changed.joined(separator: "\n")) == nil) != isFree, "\(wrong)")
            }
        }
        for text in ["", "standing 3\npolicy a", "\n\n\n\n\n"] { #expect(StandingCodec.decode(text) == nil) }
    }

    /// Three numbers of one person, of which the second joins last: settled standings still name the same entries.
    @Test(arguments: Engine.allCases)
    func aFurtherMergeKeepsTheEntriesOfSettledStandings(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            _ = try await city.recognise(people[0], SampleEvidence.course("甲", 30), reference: "1")
            for person in people {
                _ = try await city.recognise(person, SampleEvidence.course("乙", 20), reference: "2")
            }
            try await city.registry.merge(people[2], into: people[0], reason: "同一人")
            _ = try await city.registry.settle(Year(2022))
            let before = try await city.figures(people[0])
            #expect(before.contains("uncounted 3:1 2000 twice 1:2"))
            try await city.registry.merge(people[1], into: people[0], reason: "同一人")
            let after = try await city.figures(people[0])
            #expect(after.contains("uncounted 3:1 2000 twice 1:2"))
            #expect(after.contains("uncounted 2:1 2000 twice 1:2"))
            let reading = try await city.registry.year(Year(2022), of: people[0])
            let told = reading.standings.flatMap { item in item.entries.map { reading.explained($0, in: item) } }
            #expect(told.map(\.name.chinese).sorted() == ["人员 2 的第 1 笔", "人员 3 的第 1 笔", "第 1 笔", "第 2 笔"])
            #expect(told.flatMap(\.uncounted).count == 2)
            #expect(told.flatMap(\.uncounted).allSatisfy { $0.words.chinese.contains("与第 2 笔重复") })
        }
    }

    /// Rows from before the column of waivers, settled in the first version of the format.
    @Test(arguments: Engine.allCases) func rowsWithoutWaiversAreUpgraded(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            let other = try await city.add("汶小溪")
            _ = try await city.recognise(other, SampleEvidence.course("甲", 30), reference: "1")
            _ = try await city.registry.settle(Year(2022))
            let old = try await city.database.write { transaction in
                let rows = try transaction.rows("SELECT person, body FROM standing ORDER BY person") {
                    (person: try $0.int(0), body: try $0.text(1))
                }
                for row in rows {
                    let key: [any Bindable] = [row.person, "taian-2022", "2022-01-01"]
                    try transaction.update(
                        StandingSchema.table, key: key, [("body", Self.first(row.body)), ("waivers", Value.null)])
                }
                try StandingStore.addWaivers(transaction)
                return rows.map(\.body)
            }
            let now = try await city.database.read { transaction in
                try transaction.rows("SELECT body, waivers FROM standing ORDER BY person") {
                    (body: try $0.text(0), waivers: try $0.text(1))
                }
            }
            #expect(now.map(\.body) == old)
            #expect(now.map(\.waivers) == ["", "0"])
            #expect(try await city.registry.check(Year(2022)).differing == 0)
            let kept = try await city.database.read { transaction in
                try city.registry.kept(Year(2022), of: [person, other], transaction)
            }
            #expect(kept[other]?.first?.isWaived == true && kept[person]?.first?.isWaived == false)
        }
    }

    @Test(arguments: Engine.allCases) func anUnreadableStandingStopsTheUpgrade(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            let failure = await #expect(throws: Failure.self) {
                try await city.database.write { transaction in
                    let key: [any Bindable] = [person, "taian-2022", "2022-01-01"]
                    try transaction.update(StandingSchema.table, key: key, [("body", "x"), ("waivers", Value.null)])
                    try StandingStore.addWaivers(transaction)
                }
            }
            #expect(failure?.code == "standing.unreadable")
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    /// The text in version 1 of the format.
    private static func first(_ body: String) -> String {
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map { String($0) }
        let waivers = lines.first { $0.hasPrefix("waivers") }?.dropFirst(8).replacing(" ", with: ",") ?? ""
        return lines.filter { !$0.hasPrefix("waivers") }.map { line in
            line.hasPrefix("outcome") ? "\(line) waivers \(waivers)" : line == "entries" ? "entries " : line
        }.joined(separator: "\n")
    }
}
