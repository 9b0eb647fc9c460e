import Database
import Kernel
import People
import Registry
import Testbed
import Testing

/// Recognition of submissions, on both engines.
@Suite struct RecognitionTests {
    @Test(arguments: Engine.allCases) func theSameEvidenceIsCreditedOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let first = try await city.recognise(person, SampleEvidence.course("甲", 30))
            #expect(first.entries.map(\.hours) == [CreditHours(30)])
            let again = try await city.recognise(person, SampleEvidence.course("甲", 30))
            guard case .unchanged = again else { Issue.record("\(again)"); return }
            #expect(try await city.registry.ledger(of: person).entries.count == 1)
        }
    }

    @Test(arguments: Engine.allCases) func aCorrectionReversesAndAddsEntries(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 24), reference: "1")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            let ledger = try await city.registry.ledger(of: person)
            let entries = ledger.entries
            #expect(entries.map(ledger.title) == ["甲", "甲", "甲", "甲", "甲"])
            #expect(entries.map(\.hours.hundredths) == [3000, -3000, 2400, -2400, 3000])
            #expect(entries.map(\.reverses) == [nil, 1, nil, 3, nil])
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }

    @Test(arguments: Engine.allCases) func aCorrectionThatIsNotCreditedReversesTheHours(_ engine: Engine)
        async throws
    {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30), reference: "1")
            let failed = try await city.recognise(
                person, SampleEvidence.course("甲", 30, exam: "failed"), reference: "1")
            #expect(failed.refusal?.chinese.contains("考试合格") == true)
            #expect(try await city.counted(person) == .zero)
        }
    }

    @Test(arguments: Engine.allCases) func theSchemaForbidsASecondUnreversedEntry(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30))
            let double: SQL = """
                INSERT INTO entry (person, number, reverses, follows, evidence, decision, policy, policy_key, day, year,
                                   subject, hours, kind, tags, work, entered, hash)
                SELECT person, 2, reverses, follows, evidence, decision, policy, policy_key, day, year,
                       subject, hours, kind, tags, work, entered, hash FROM entry
                """
            let violation = await #expect(throws: Violation.self) {
                try await city.database.write { try $0.execute(double) }
            }
            #expect(violation?.rule == .unique)
            for change in ["UPDATE entry SET hours = 9000", "DELETE FROM entry"] as [SQL] {
                let refused = await #expect(throws: Violation.self) {
                    try await city.database.write { try $0.execute(change) }
                }
                #expect(refused?.rule == .appendOnly)
            }
        }
    }

    @Test(arguments: Engine.allCases) func aPersonWithoutPolicyGetsAReason(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let bureau = try await city.unit("北京示例研究所", "110000")
            let person = try await city.add("汶小溪", at: bureau)
            let response = try await city.recognise(person, SampleEvidence.course("甲", 30))
            #expect(response.refusal?.chinese.contains("没有找到这一天适用于本人的政策") == true)
            #expect(try await city.registry.year(Year(2022), of: person).standings.isEmpty)
            let report = try await city.registry.settle(Year(2022))
            #expect(report.unplaced == 1)
            #expect(report.people == 0)
        }
    }

    @Test(arguments: Engine.allCases) func unreadableEvidenceIsAFailure(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("甲", 30))
            try await city.database.write { transaction in
                try transaction.insert(
                    [person, 1, 2, "test", "x", "online-course", "no facts", "", 0],
                    into: required(Registry.table("evidence")))
            }
            let failure = await #expect(throws: Failure.self) { try await city.registry.ledger(of: person) }
            #expect(failure?.code == "evidence.damaged")
        }
    }

    @Test(arguments: Engine.allCases) func evidenceOfTheFutureIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(person, SampleEvidence.course("甲", 30, on: "2099-01-01"))
            }
            #expect(failure?.code == "recognition.future")
        }
    }

    /// A text keeps its line breaks of any kind.
    @Test(arguments: Engine.allCases) func storedTextsKeepTheirLineBreaks(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let title = "第一行\r\n第二行\\n\n=x"
            _ = try await city.recognise(person, SampleEvidence.course(title, 30))
            let held = try await city.registry.year(Year(2022), of: person)
            let entry = try required(held.standings.first?.entries.first)
            #expect(held.evidence(of: entry)?.evidence.facts["course"] == .text(title))
        }
    }

    @Test(arguments: Engine.allCases) func anUnknownPersonIsRefused(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(ID(99), SampleEvidence.course("甲", 30))
            }
            #expect(failure?.code == "person.unknown")
        }
    }

    /// An accountant is under the accountants' policy and the city's policy at once.
    @Test(arguments: Engine.allCases) func aPersonIsUnderTheProfessionsAndTheCitysPolicy(_ engine: Engine) async throws
    {
        try await withCity(engine, policies: ["taian/2022", "accountants/national"]) { city in
            let (person, people) = (try await city.add("傅云亭"), city.people)
            #expect(try await city.registry.year(Year(2022), of: person).standings.map(\.version.key) == ["taian-2022"])
            try await city.database.write { transaction in
                let facts = [
                    DatedFact("profession", .text("会计")), DatedFact("qualified-on", .day(Day(2015, 5, 1) ?? .first)),
                ]
                for fact in facts { _ = try EmploymentStore(transaction, people).put(fact, of: person) }
            }
            let keys = try await city.registry.year(Year(2022), of: person).standings.map(\.version.key)
            #expect(keys == ["taian-2022", "accountants-national"])
        }
    }

    /// A course of 2021 made up in 2022 counts in 2021, under that year's policy.
    @Test(arguments: Engine.allCases) func aMakeUpCourseCountsInItsYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("云步桥")
            let made = try await city.recognise(person, SampleEvidence.course("甲", 30, on: "2022-05-05", year: 2021))
            #expect(made.entries.map(\.year) == [Year(2021)])
            #expect(made.entries.map(\.policyKey) == ["taian-2021"])
        }
    }

    @Test(arguments: Engine.allCases) func concurrentSubmissionsLoseNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<12 {
                    group.addTask { _ = try await city.recognise(person, SampleEvidence.course("课程 \(index % 6)", 5)) }
                }
                try await group.waitForAll()
            }
            let entries = try await city.registry.ledger(of: person).entries
            #expect(entries.map(\.number) == Array(1...6))
            #expect(try await city.counted(person) == CreditHours(30))
            #expect(try await city.registry.audit(ChainHeads()).broken == 0)
        }
    }
}
