import Database
import Kernel
import People
import Policy
import Signing
import Testbed
import Testing

@testable import Registry

@Suite struct PublishTests {
    /// One kind with a number of hours, and one requirement.
    static func policy(_ hours: Int, hoursRequirements: Int = 20) -> String {
        """
        policy: sample
        title: 示例政策
        jurisdiction: "370900"
        in-force: 2022-01-01
        sources:
          notice: { title: 示例通知, date: 2022-01-01 }
        period: { from: 2022-01-01, to: 2023-12-31 }
        hour: { minutes: 45, round: down, to: 0.01, clause: notice 一 }
        subjects:
          professional: { name: 专业科目 }
        requirements:
          - { count: all, at-least: \(hoursRequirements), clause: notice 一 }
        recognition:
          talk:
            name: 讲座
            clause: notice 二
            subject: professional
            credited-to: held-on
            facts:
              name: { name: 讲座名称, text: required }
              held-on: { name: 日期, date: any }
            hours:
              - fixed: \(hours)
            sample: { name: 示例讲座, held-on: 2022-06-01 }
        """
    }

    private func talk(_ name: String) -> Evidence {
        Evidence("talk", ["name": .text(name), "held-on": .day(Day(2023, 6, 1) ?? .first)])
    }

    @Test(arguments: Engine.allCases) func aDryRunReportsWhatThePublicationDoes(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let people = [try await city.add("甲"), try await city.add("乙"), try await city.add("丙")]
            for person in people.prefix(2) { _ = try await city.recognise(person, talk("讲座")) }

            let dryRun = try await city.registry.publish("sample", Self.policy(20), dryRun: true)
            #expect(figures(dryRun.version, dryRun.changed) == figures(2, 2))
            #expect(try await city.registry.ledger(of: people[0]).entries.count == 1)

            let real = try await city.registry.publish("sample", Self.policy(20), dryRun: false)
            #expect(figures(real.version, real.changed) == figures(2, 2))
            let entries = try await city.registry.ledger(of: people[0]).entries
            #expect(entries.map(\.hours.hundredths) == [1000, -1000, 2000])

            let again = try await city.registry.publish("sample", Self.policy(20), dryRun: false)
            #expect(again.isNew == false)
            #expect(again.changed == 0)
        }
    }

    @Test(arguments: Engine.allCases) func publishingNamesSettledYears(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let first = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            _ = try await city.add("甲")
            _ = try await city.registry.settle(Year(2022))
            let second = try await city.registry.publish("sample", Self.policy(20), dryRun: true)
            #expect(first.settled == [] && second.settled == [Year(2022)])
        }
    }

    /// A program that disagrees with a published text's examples still reads the text.
    @Test(arguments: Engine.allCases) func aPublishedTextIsReadDespiteFailingExamples(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let example = "examples:\n  - { name: 旧算法, given: { talk: {} }, expect: { professional: 99 } }\n"
            let text = Self.policy(10) + "\n" + example
            #expect(readPolicy(text, file: "sample").failedExamples == 1)
            _ = try await city.registry.publish("sample", text, dryRun: false)
            let person = try await city.add("甲")
            #expect(try await city.recognise(person, talk("讲座")).entries.map(\.hours) == [CreditHours(10)])
        }
    }

    /// Older hours exceed a cap that only the newer version has.
    @Test(arguments: Engine.allCases) func aNewCapReportsOlderHours(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let person = try await city.add("甲")
            _ = try await city.recognise(person, talk("一"))
            let capped = Self.policy(10).replacing(
                "at-least: 20,", with: "at-least: 20, at-most: { hours: 4, per: year },")
            _ = try await city.registry.publish("sample", capped, dryRun: false)
            let reading = try await city.registry.year(Year(2023), of: person)
            let item = try required(reading.standings.first)
            let told = item.entries.map { reading.explained($0, in: item) }
            #expect(told.flatMap(\.uncounted).map(\.words.chinese) == ["其中 6 学时不计：超出每年最多 4 学时的上限（一）"])
            #expect(told.map(\.counted) == [CreditHours(4)])
            #expect([item.registered, item.counted] == [CreditHours(10), CreditHours(4)])
        }
    }

    /// Another text is published during a dry run: the dry run keeps nothing, and each reports the changes under its
    /// own text.
    @Test(arguments: Engine.allCases) func aDryRunBesideAPublicationChangesNothing(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let people = [try await city.add("甲"), try await city.add("乙"), try await city.add("丙")]
            for person in people.prefix(2) { _ = try await city.recognise(person, talk("讲座")) }
            var hours = [1000]
            for version in 2...5 {
                let (tried, published) = (Self.policy(version * 20), Self.policy(version * 20 + 10))
                async let trying = city.registry.publish("sample", tried, dryRun: true)
                async let publishing = city.registry.publish("sample", published, dryRun: false)
                let (dryRun, real) = try await (trying, publishing)
                #expect(figures(real.version, real.changed) == figures(version, 2) && real.isNew)
                #expect(dryRun.changed == 2 && dryRun.isNew && dryRun.hash == sha256(tried.utf8))
                #expect([version, version + 1].contains(dryRun.version))

                let book = try await city.database.read { try city.registry.book($0) }
                #expect(book.current("sample")?.hash == sha256(published.utf8) && book.all.count == version)
                hours += [-(hours.last ?? 0), (version * 20 + 10) * 100]
                for person in people.prefix(2) {
                    let entries = try await city.registry.ledger(of: person).entries
                    #expect(entries.map(\.hours.hundredths) == hours)
                }
                #expect(try await city.registry.check(Year(2023)).differing == 0)
            }
            #expect(try await city.registry.audit(ChainHeads()).broken == 0)
        }
    }

    /// The effect of a dry run on the cache is undone.
    @Test(arguments: Engine.allCases) func aDryRunTextIsNotCached(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let cache = PolicyCache()
            let states = city.people.states
            for (hours, isDryRun) in [(10, true), (20, false), (30, true), (40, false)] {
                let flat = Self.policy(hours)
                let hash = try await city.database.write(dryRun: isDryRun) { transaction in
                    _ = try PolicyBookStore(transaction, states).publish("sample", flat, at: 1)
                    return try cache.book(transaction, states).current("sample")?.hash
                }
                #expect(hash == sha256(flat.utf8))
                let kept = try await city.database.read { try cache.book($0, states).current("sample")?.hash }
                #expect(kept == (isDryRun ? hours == 10 ? nil : sha256(Self.policy(hours - 10).utf8) : hash))
            }
        }
    }

    /// A policy with another meaning of a key is published with a notice; one with a clash is refused.
    @Test(arguments: Engine.allCases) func differencesFromOtherPoliciesAreReported(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            #expect(try await city.registry.publish("sample", Self.policy(10), dryRun: false).differences == [])
            let other = Self.policy(10).replacing("policy: sample", with: "policy: other")
            let clashing = other.replacing("text: required", with: "integer: 1..")
                .replacing("{ name: 示例讲座", with: "{ name: 3")
            let named = other.replacing("讲座名称", with: "题目")
            for isDryRun in [true, false] {
                let failure = await #expect(throws: Failure.self) {
                    try await city.registry.publish("other", clashing, dryRun: isDryRun)
                }
                #expect(failure?.code == "policy.catalogue")
                #expect(
                    failure?.words.chinese
                        == "政策 other 没有发布，它与已发布的政策对同一个键的填法不能并存。“讲座”（talk）的“讲座名称”（name）要填：整数，至少为 1。"
                        + "同一个键在“示例政策”要填：文字。没有一种填法两边都能用，请给本政策的这一项换一个键。")
            }
            #expect(try await city.database.read { try city.registry.book($0).current.map(\.key) } == ["sample"])
            let told = try await city.registry.publish("other", named, dryRun: false)
            #expect(told.isNew && told.differences.map(\.chinese).count == 1)
        }
    }

    @Test(arguments: Engine.allCases) func aSettledYearKeepsItsVersion(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let person = try await city.add("甲")
            _ = try await city.recognise(person, talk("一"))
            _ = try await city.registry.settle(Year(2023))
            let published = try await city.registry.publish("sample", Self.policy(20), dryRun: false)
            #expect(published.changed == 0)
            _ = try await city.recognise(person, talk("二"))
            let entries = try await city.registry.ledger(of: person).entries
            #expect(entries.map(\.hours.hundredths) == [1000, 1000])
            #expect(try await city.registry.check(Year(2023)).differing == 0)
            try await city.registry.reopen(Year(2023), reason: "适用新规定")
            #expect(try await city.registry.settle(Year(2023)).written == 1)
            #expect(try await city.counted(person, 2023) == CreditHours(40))
            let settled = try await city.registry.year(Year(2023), of: person).settled.last
            #expect(settled?.body.hasPrefix("standing 2\npolicy sample 2 ") == true)
            #expect(try await city.registry.check(Year(2023)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func anOlderTextIsRefused(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            for hours in [10, 20] {
                _ = try await city.registry.publish("sample", Self.policy(hours), dryRun: false)
            }
            let failure = await #expect(throws: Failure.self) {
                try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            }
            #expect(failure?.code == "policy.older")
            #expect(failure?.words.chinese.contains("请把 in-force: 改为恢复施行的日期后发布") == true)
        }
    }

    @Test(arguments: Engine.allCases) func anAlteredPublishedTextIsNotUsed(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            try await city.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO policy_version (number, key, version, hash, flat, published)
                    VALUES (1, 'sample', 1, \([UInt8](repeating: 0, count: 32)), \(Self.policy(10)), 0)
                    """)
            }
            let person = try await city.add("甲")
            let failure = await #expect(throws: Failure.self) { try await city.recognise(person, talk("一")) }
            #expect(failure?.code == "policy.damaged")
        }
    }

    /// A period of two years is frozen whole, not only in the year in which it ends.
    @Test(arguments: Engine.allCases) func aLongPeriodIsFrozenWhole(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let person = try await city.add("甲")
            let early = Evidence("talk", ["name": .text("一"), "held-on": .day(Day(2022, 6, 1) ?? .first)])
            _ = try await city.recognise(person, early)
            _ = try await city.registry.settle(Year(2023))
            _ = try await city.registry.publish("sample", Self.policy(20), dryRun: false)
            let entries = try await city.registry.ledger(of: person).entries
            #expect(entries.map(\.hours.hundredths) == [1000])
            #expect(try await city.registry.check(Year(2023)).differing == 0)
        }
    }

    /// No other policy decides in a settled year, even if it is nearer or newer.
    @Test(arguments: Engine.allCases) func aLaterPolicyDoesNotApplyInASettledYear(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", Self.policy(10), dryRun: false)
            let person = try await city.add("甲")
            _ = try await city.recognise(person, talk("一"))
            _ = try await city.registry.settle(Year(2023))
            let other = Self.policy(20).replacing("policy: sample", with: "policy: other")
                .replacing("in-force: 2022-01-01", with: "in-force: 2023-01-01")
            _ = try await city.registry.publish("other", other, dryRun: false)
            let entries = try await city.registry.ledger(of: person).entries
            #expect(entries.map(\.policyKey) == ["sample"])
            #expect(try await city.registry.check(Year(2023)).differing == 0)
        }
    }
}
