import Database
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// The ledger and standings under rules that the published policies do not have.
@Suite struct OwnPolicyTests {
    /// A talk gives hours twice to one subject, and surplus is carried over for a year.
    private static let text = """
        policy: sample
        title: 示例政策
        jurisdiction: "370900"
        in-force: 2022-01-01
        sources: { notice: { title: 示例通知, date: 2022-01-01 } }
        period: { every: 1, from: 2022-01-01 }
        person: { leave: { name: 休假, one-of: { sick: 病假, none: 无 } } }
        exempt:
          - { when: { leave: sick }, says: 病假免修, clause: notice 四 }
        hour: { round: down, to: 0.01, clause: notice 一 }
        subjects: { professional: { name: 专业科目 } }
        requirements:
          - { count: all, at-least: 20, clause: notice 一 }
        carry-over:
          - { count: all, years: 1, clause: notice 三 }
        recognition:
          talk:
            name: 讲座
            clause: notice 二
            credited-to: held-on
            facts:
              name: { name: 讲座名称, text: required }
              held-on: { name: 日期, date: any }
            gives:
              - { subject: professional, hours: [{ fixed: 20 }] }
              - { subject: professional, hours: [{ fixed: 5 }] }
            sample: { name: 示例讲座, held-on: 2022-06-01 }
        """

    private func withTalk(_ engine: Engine, _ body: (City, ID<Person>) async throws -> Void) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.text, dryRun: false)
            let person = try await city.add("岳明远")
            let day = try #require(Day("2022-06-01"))
            _ = try await city.recognise(person, Evidence("talk", ["name": .text("讲座"), "held-on": .day(day)]))
            try await body(city, person)
        }
    }

    /// The hours of one item, one year and one subject are one entry.
    @Test(arguments: Engine.allCases) func hoursOfOneSubjectAreOneEntry(_ engine: Engine) async throws {
        try await withTalk(engine) { city, person in
            let entries = try await city.registry.ledger(of: person).entries
            #expect(entries.map(\.hours) == [CreditHours(25)])
        }
    }

    /// 5 hours of 2022 are carried over; they fill the shortfall of 2023, and the page says so.
    @Test(arguments: Engine.allCases) func carriedHoursAreShown(_ engine: Engine) async throws {
        try await withTalk(engine) { city, person in
            for (year, words) in [(2022, nil), (2023, "以前结转 5 学时，补足所差")] {
                let standings = try await city.registry.year(Year(year), of: person).standings
                #expect(standings.map { $0.carriedWords?.chinese } == [words])
            }
        }
    }

    @Test(arguments: Engine.allCases) func aPolicyAppliesFromItsFirstYear(_ engine: Engine) async throws {
        try await withTalk(engine) { city, _ in
            for (year, keys) in [(2021, []), (2022, ["sample"])] {
                let asking = try await city.database.read { try city.registry.policies(asking: Year(year), $0) }
                #expect(asking.map(\.key) == keys)
            }
        }
    }

    /// A fact of a person that rules use is a column of the list of people.
    @Test(arguments: Engine.allCases) func aFactOfAPersonIsAColumn(_ engine: Engine) async throws {
        try await withTalk(engine) { city, _ in
            let columns = try await city.database.read { try city.registry.book($0).personColumns }
            #expect(columns.map(\.name) == ["休假"])
            #expect(columns.map(\.choices) == [["病假", "无"]])
        }
    }

    /// The first of these is reported: the refusal of the own place, then of the nearest year, then a reason other than
    /// that the day is outside.
    @Test func theNearestRefusalIsReported() {
        let order = [
            Evaluator.RefusalDistance(isElsewhere: false, distance: 0, isOutside: false),
            Evaluator.RefusalDistance(isElsewhere: false, distance: 0, isOutside: true),
            Evaluator.RefusalDistance(isElsewhere: false, distance: 1, isOutside: false),
            Evaluator.RefusalDistance(isElsewhere: true, distance: 0, isOutside: false),
        ]
        for (place, one) in order.enumerated() {
            for (turn, other) in order.enumerated() { #expect((one < other) == (place < turn)) }
        }
    }

    /// Standings of a person are ordered by policy, then by period.
    @Test func standingsAreOrderedByPolicyAndPeriod() {
        let order = [("a", 2021), ("a", 2022), ("b", 2021)].map {
            StandingKey(key: $0, from: Year($1).period.from)
        }
        for (place, one) in order.enumerated() {
            for (turn, other) in order.enumerated() { #expect((one < other) == (place < turn)) }
        }
    }
}
