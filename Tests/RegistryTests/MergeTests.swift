import Database
import Kernel
import People
import Policy
import Registry
import Testbed
import Testing

@Suite struct MergeTests {
    @Test(arguments: Engine.allCases) func aMergedStandingCountsAWorkOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (one, two) = (try await city.add("岳明远"), try await city.add("岳明远二"))
            _ = try await city.recognise(one, SampleEvidence.course("甲", 30, "public"))
            _ = try await city.recognise(two, SampleEvidence.course("甲", 30, "public"))
            _ = try await city.recognise(two, SampleEvidence.course("乙", 60))
            let before = (try await city.figures(one), try await city.figures(two))

            try await city.registry.merge(two, into: one, reason: "同一人")
            let merged = try await city.registry.year(Year(2022), of: two)
            #expect(merged.person.number == one)
            #expect(merged.standings.first?.standing.outcome == .qualified)
            #expect(merged.standings.first?.standing.uncounted.map(\.hours) == [CreditHours(30)])
            #expect(try await city.registry.check(Year(2022)).differing == 0)

            #expect(try await city.registry.unmerge(two, reason: "两人").from == one)
            let after = (try await city.figures(one), try await city.figures(two))
            #expect(before == after)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
            #expect(try await city.registry.audit(ChainHeads()).broken == 0)
        }
    }

    /// Three numbers are merged into one and unmerged in reverse: after each step everything is as it was before.
    @Test(arguments: Engine.allCases) func threeMergesAreUndoneInReverse(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            var people: [ID<Person>] = []
            for (name, level) in zip(["岳明远", "汶小溪", "徂松岩", "梁父石"], ["county", "municipal", "county", "provincial"]) {
                let person = try await city.add(name)
                _ = try await city.recognise(person, SampleEvidence.course("共同", 30, "public"), reference: "1")
                _ = try await city.recognise(person, SampleEvidence.course(name, 10), reference: "2")
                _ = try await city.recognise(person, SampleEvidence.award("救治", level), reference: "3")
                people.append(person)
            }
            _ = try await city.registry.settle(Year(2022))
            var states = [try await state(people, city)]
            for person in people.dropFirst() {
                try await city.registry.merge(person, into: people[0], reason: "同一人")
                let merged = try await state(people, city)
                #expect(!states.contains(merged))
                states.append(merged)
            }
            // The common course and the award count once, and each person's own course.
            let whole = try await city.registry.year(Year(2022), of: people[3])
            #expect(whole.standings.first?.standing.uncounted.count == 6)
            for person in people.dropFirst().reversed() {
                states.removeLast()
                #expect(try await city.registry.unmerge(person, reason: "两人").from == people[0])
                let unmerged = try await state(people, city)
                #expect(unmerged == states.last)
            }
        }
    }

    /// The stored and the settled figures of each person. The ledger is intact, and stored figures equal computed ones.
    private func state(_ people: [ID<Person>], _ city: City) async throws -> [String] {
        #expect(try await city.registry.check(Year(2022)).differing == 0)
        #expect(try await city.registry.audit(ChainHeads()).broken == 0)
        var state: [String] = []
        for person in people {
            state.append(try await city.figures(person))
            state.append(try await city.registry.year(Year(2022), of: person).settled.last?.body ?? "")
        }
        return state
    }

    @Test(arguments: Engine.allCases) func newClaimsAreComparedWithAllMergedNumbers(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (one, two) = (try await city.add("岳明远"), try await city.add("岳明远二"))
            _ = try await city.recognise(two, SampleEvidence.award("救治", "county"), reference: "1")
            try await city.registry.merge(two, into: one, reason: "同一人")
            let again = try await city.recognise(one, SampleEvidence.award("救治", "county"), reference: "2")
            #expect(again.refusal?.chinese.contains("同一级别") == true)
            guard case .unchanged = try await city.recognise(two, SampleEvidence.award("救治", "county"), reference: "1")
            else {
                Issue.record("known evidence of the merged person is not known")
                return
            }
        }
    }

    @Test(arguments: Engine.allCases) func chainsOfMergesAreRefused(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let people = [try await city.add("甲"), try await city.add("乙"), try await city.add("丙")]
            try await city.registry.merge(people[0], into: people[1], reason: "x")
            for (from, to) in [(1, 2), (2, 0), (0, 2), (2, 2)] {
                let failure = await #expect(throws: Failure.self) {
                    try await city.registry.merge(people[from], into: people[to], reason: "x")
                }
                #expect(failure?.code == "person.merge")
            }
        }
    }

    /// Both numbers may have an item with the same 编号 of one submitter; a list sent again changes nothing.
    @Test(arguments: Engine.allCases) func mergedNumbersKeepItemsOfTheSameReference(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (one, two) = (try await city.add("岳明远"), try await city.add("岳明远二"))
            _ = try await city.recognise(one, SampleEvidence.course("甲", 30), reference: "1")
            _ = try await city.recognise(two, SampleEvidence.course("乙", 30), reference: "1")
            try await city.registry.merge(two, into: one, reason: "同一人")
            for (person, course) in [(one, "甲"), (two, "乙")] {
                let again = try await city.recognise(person, SampleEvidence.course(course, 30), reference: "1")
                guard case .unchanged = again else { Issue.record("\(again)"); return }
            }
            #expect(try await city.counted(one) == CreditHours(60))
        }
    }

    /// After an unmerge each number has the items submitted for it, and a settled standing is restored too.
    @Test(arguments: Engine.allCases) func anUnmergeReturnsEachItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (one, two) = (try await city.add("岳明远"), try await city.add("岳明远二"))
            _ = try await city.recognise(two, SampleEvidence.course("公需", 30, "public"))
            _ = try await city.recognise(two, SampleEvidence.course("专业", 60))
            _ = try await city.registry.settle(Year(2022))
            try await city.registry.merge(two, into: one, reason: "同一人")
            _ = try await city.recognise(two, SampleEvidence.paper("机理", authors: 2))
            _ = try await city.registry.unmerge(two, reason: "两人")
            #expect(try await city.registry.ledger(of: one).entries.isEmpty)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
            let last = try await city.registry.year(Year(2022), of: one).settled.last
            #expect(last?.body.contains("outcome short") == true)
        }
    }

    /// A place in a work that was free while two numbers were merged is taken: the unmerged number is refused and
    /// informed, the first number keeps its claim.
    @Test(arguments: Engine.allCases) func aClaimWithoutPlaceAfterAnUnmergeIsRefused(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("岳明远二"), try await city.add("徂松岩")]
            for person in people.prefix(2) {
                _ = try await city.recognise(person, SampleEvidence.paper("机理", authors: 2), reference: "L")
            }
            try await city.registry.merge(people[1], into: people[0], reason: "同一人")
            _ = try await city.recognise(people[2], SampleEvidence.paper("机理", authors: 2), reference: "L")
            let lost = try await city.registry.unmerge(people[1], reason: "两人").lost
            let why = "该成果的作者数为 2，已有 2 人登记，人数超出（二(三)3）"
            #expect(lost.map(\.words.chinese) == ["人员 \(people[1]) 第 1 项“机理”不再计：\(why)"])
            for (person, hours) in [(people[0], 6250), (people[1], 0), (people[2], 6250)] {
                #expect(try await city.counted(person).hundredths == hours)
            }
            #expect(try await city.registry.year(Year(2022), of: people[1]).refusals.map(\.why.chinese) == [why])
            // A freed place goes to the person who submits the work again.
            _ = try await city.recognise(
                people[2], SampleEvidence.paper("机理", authors: 2, on: "2017-01-01"), reference: "L", reason: "日期有误")
            _ = try await city.recognise(people[1], SampleEvidence.paper("机理", authors: 2), reference: "L")
            #expect(try await city.counted(people[1]).hundredths == 6250)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }
}
