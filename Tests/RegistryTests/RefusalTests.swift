import Database
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// Evidence that is credited nowhere, as the person's page shows it.
@Suite struct RefusalTests {
    /// Refused evidence, and the year whose page shows it. The clock stands in 2026.
    private static let years: [(String, Evidence, Int)] = [
        ("所属年度和合格日期都在 2022 年", SampleEvidence.course("甲", 30, exam: "failed"), 2022),
        ("所属年度 2021，合格日期在 2022 年", SampleEvidence.course("乙", 30, year: 2021, exam: "failed"), 2021),
        ("所属年度没有政策，按日期", SampleEvidence.course("丙", 30, year: 1999), 2022),
        ("发表在没有政策的年度，按日期", SampleEvidence.paper("丁", authors: 1, on: "1999-03-01"), 1999),
        ("没有日期，按报来的日期", Evidence("paper", ["title": .text("戊")]), 2026),
    ]

    @Test(arguments: Engine.allCases) func aRefusalIsShownInItsYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            for (name, evidence, _) in Self.years {
                #expect(try await city.recognise(person, evidence).refusal != nil, "\(name)")
            }
            let reading = try await city.registry.year(Year(2022), of: person)
            #expect(reading.refusals.map(\.year) == Self.years.map { Year($0.2) })
            #expect(reading.refusals(in: Year(2022)).map(\.title) == ["甲", "丙"])
            #expect(reading.refusals(in: Year(2035)).isEmpty)
            #expect(reading.years(through: Year(2026)) == [2022, 2021].map { Year($0) })
            #expect(reading.pages(through: Year(2026)) == [2026, 2022, 2021, 1999].map { Year($0) })
        }
    }

    /// Two refusals of one kind and reason are distinguished by title, day and submitter.
    @Test(arguments: Engine.allCases) func aRefusalShowsTitleDayAndSubmitter(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let sources: [EvidenceSource] = [.organisation(city.mill.number), .platform("甲平台"), .operator, .bureau]
            for (place, source) in sources.enumerated() {
                let evidence = SampleEvidence.course("第\(place)门", 30, on: "2022-06-0\(place + 1)", exam: "failed")
                _ = try await city.registry.recognise(Submission(person: person, source: source, evidence: evidence))
            }
            let today = Day(milliseconds: city.people.system.now())
            let told = try await city.registry.year(Year(2022), of: person).refusals
            #expect(told.map(\.title) == ["第0门", "第1门", "第2门", "第3门"])
            #expect(told.map { $0.day?.description } == (1...4).map { "2022-06-0\($0)" })
            #expect(
                told.map(\.submittedBy.chinese)
                    == ["泰安示例机械有限公司", "甲平台", "系统管理员", "市人社局"].map { "\($0) \(today) 报送" })
            // The operator imports lists of others, so it is not named.
            #expect(told.map(\.sourceName) == ["泰安示例机械有限公司", "甲平台", "", "市人社局"])
        }
    }

    /// A refusal links to the person's own earlier item, of any year and number, and never to another person's work.
    @Test(arguments: Engine.allCases) func aRefusalLinksToTheOwnEarlierItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("岳明远二"), try await city.add("徂松岩")]
            _ = try await city.recognise(people[0], SampleEvidence.course("甲", 30), reference: "0")
            _ = try await city.recognise(
                people[0], SampleEvidence.paper("机理", authors: 1, on: "2021-06-01"), reference: "1")
            let again = SampleEvidence.paper("机理", authors: 1)
            for person in people { #expect(try await city.recognise(person, again, reference: "2").refusal != nil) }
            let words = { (person: ID<Person>, year: Int) in
                try await city.registry.year(Year(year), of: person).refusals.map { $0.same?.words.chinese }
            }
            #expect(try await words(people[0], 2022) == ["2021年度第 2 笔"])
            #expect(try await words(people[0], 2021) == ["第 2 笔"])
            #expect(try await words(people[2], 2022) == [nil])
            // The entry that caused the refusal now belongs to another year.
            _ = try await city.recognise(
                people[0], SampleEvidence.paper("机理", authors: 1, on: "2017-01-01"), reference: "1", reason: "日期有误")
            #expect(try await city.counted(people[0]) == CreditHours(155))
            #expect(try await words(people[0], 2022) == [nil])
        }
    }
}
