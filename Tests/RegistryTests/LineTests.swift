import Database
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// Each year has its policy, and evidence that counts once for life counts once among all of them.
@Suite struct LineTests {
    private static let (first, second) = ("2021-06-30", "2022-06-30")

    /// Two items of two years submitted in either order, with the counted hours in 2021 and in 2022.
    private static let pairs: [(String, [Evidence], [Int])] = [
        (
            "研究生课程",
            [SampleEvidence.graduateCourses("JY-1", on: first), SampleEvidence.graduateCourses("JY-1", on: second)],
            [150, 0]
        ),
        (
            "两份证书",
            [SampleEvidence.graduateCourses("JY-1", on: first), SampleEvidence.graduateCourses("JY-2", on: second)],
            [150, 150]
        ),
        (
            "升级",
            [SampleEvidence.award("救治", "municipal", on: first), SampleEvidence.award("救治", "provincial", on: second)],
            [75, 50]
        ),
        (
            "降级",
            [SampleEvidence.award("救治", "provincial", on: first), SampleEvidence.award("救治", "county", on: second)],
            [125, 0]
        ),
        (
            "一稿两投",
            [
                SampleEvidence.paper("机理", authors: 1, on: first, journal: "provincial"),
                SampleEvidence.paper("《机理》", authors: 1, on: second, number: "CN 37-0002/T", journal: "national"),
            ], [50, 0]
        ),
        (
            "每年一门",
            [SampleEvidence.course("甲", 30, on: second, year: 2021), SampleEvidence.course("甲", 30, on: second)],
            [30, 30]
        ),
    ]

    @Test(arguments: Engine.allCases) func onceForLifeAppliesAcrossAPolicyLine(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            for (place, (name, items, counted)) in Self.pairs.enumerated() {
                for turn in 0...1 {
                    let person = try await city.add("某\(["甲", "乙"][turn])\(place)")
                    for item in turn == 0 ? items : items.reversed() {
                        let evidence = item.alone(place * 2 + turn)
                        #expect(try await city.recognise(person, evidence).refusal == nil, "\(name)")
                    }
                    let found = [try await city.counted(person, 2021), try await city.counted(person, 2022)]
                    #expect(found == counted.map { CreditHours($0) }, "\(name) \(turn)")
                }
            }
            for year in [2021, 2022] {
                #expect(try await city.registry.check(Year(year)).differing == 0)
                #expect(try await city.registry.settle(Year(year)).differing == 0)
                #expect(try await city.registry.check(Year(year)).differing == 0)
            }
        }
    }

    /// After a reversal in one year the item counts in the next, in the same transaction; the page says why it did not.
    @Test(arguments: Engine.allCases) func aReversalInAYearCountsTheItemInTheNext(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(
                person, SampleEvidence.graduateCourses("JY-1", on: Self.second), reference: "二")
            #expect(try await city.counted(person, 2022) == CreditHours(150))
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.first), reference: "一")
            #expect(try await city.counted(person, 2022) == .zero)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
            let year = try await city.registry.year(Year(2022), of: person)
            let item = try required(year.standings.first)
            let entry = try required(item.entries.first)
            let told = try required(year.explained(entry, in: item).uncounted.first)
            #expect(told.words.chinese == "其中 150 学时不计：与2021年度第 2 笔重复，只计一次（二(三)1）")
            #expect(told.other?.year == Year(2021) && told.other?.isHere == false)
            _ = try await city.recognise(
                person, SampleEvidence.graduateCourses("JY-1", on: "2017-06-30"), reference: "一", reason: "日期有误")
            #expect(try await city.counted(person, 2022) == CreditHours(150))
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    /// A settled year stays: new evidence of an earlier year does not displace what counts once in it.
    @Test(arguments: Engine.allCases) func aLaterSettledYearIsUnchanged(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.second))
            _ = try await city.registry.settle(Year(2022))
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.first))
            }
            #expect(failure?.code == "recognition.settled-later")
            #expect(
                failure?.words.chinese
                    == "登记后，已结算的2022年度专业科目会由 150 学时减为 0 学时：按规定只计一次的成果，已在该年度计入，没有登记。"
                    + "确需改计在2021年度的，请主管部门先为本人重新开放2022年度")
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-2", on: Self.first))
            #expect(try await city.counted(person, 2021) == CreditHours(150))
            #expect(try await city.registry.check(Year(2022)).differing == 0)

            try await city.registry.reopen(Year(2022), only: person, ChainHeads(), reason: "改计")
            #expect(
                try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.first)).refusal == nil)
            #expect(try await city.registry.settle(Year(2022), only: person, ChainHeads()).differing == 0)
            #expect(try await city.counted(person, 2022) == .zero)
        }
    }

    /// A correction must be accepted. Its effect on a later settled year is reported there, and rewrites nothing.
    @Test(arguments: Engine.allCases) func aCorrectionIsReportedInALaterSettledYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-2", on: Self.first), reference: "一")
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.second))
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.recognise(person, SampleEvidence.graduateCourses("JY-1", on: Self.first), reference: "一")
            let check = try await city.registry.check(Year(2022))
            #expect(check.examples.map(\.chinese) == ["人员 \(person) taian-2022：已结算的结果与重算不同"])
            let year = try await city.registry.year(Year(2022), of: person)
            #expect(year.settled.map(\.version) == [1])
        }
    }

    /// The line is part of the flat text, which is published.
    @Test func thePolicyLineIsInherited() async throws {
        try await withCity(.sqlite) { city in
            let book = try await city.database.read { try city.registry.book($0) }
            #expect(book.current.map(\.policy.line) == ["taian", "taian"])
            let lone = try await city.registry.publishForTests("national/default")
            let all = try await city.database.read { try city.registry.book($0) }.all
            #expect(all[lone.number.number]?.policy.line == all[lone.number.number]?.policy.key)
        }
    }
}

extension Evidence {
    /// The same with a work that nobody else claims.
    fileprivate func alone(_ number: Int) -> Evidence {
        guard case .text(let journal)? = facts["number"] else { return self }
        let own = journal.replacing("-000", with: "-\(100 + number)")
        return Evidence(kind, facts.merging(["number": .text(own)]) { $1 })
    }
}
