import Database
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// One paper, book or award, and the people who claim it.
@Suite struct WorkTests {
    @Test(arguments: Engine.allCases) func aCorrectedNumberOfAuthorsDecidesEveryClaimAgain(_ engine: Engine)
        async throws
    {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            for person in people {
                _ = try await city.recognise(person, Brought.paper("机理", authors: 3), reference: "L")
            }
            for person in people { #expect(try await city.counted(person).hundredths == 4166) }
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 4), reference: "L")
            for person in people { #expect(try await city.counted(person).hundredths == 3125) }
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func aShareIsNeverClaimedTwiceNorByTooMany(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪"), try await city.add("徂松岩")]
            for person in people.prefix(2) { _ = try await city.recognise(person, Brought.paper("机理", authors: 2)) }
            let third = try await city.recognise(people[2], Brought.paper("机理", authors: 2))
            #expect(third.refusal?.contains("人数超出") == true)
            let other = try await city.recognise(people[2], Brought.paper("机理", authors: 5))
            #expect(other.refusal?.contains("作者数 2") == true)
            let twice = try await city.recognise(people[0], Brought.paper("机理", authors: 2), reference: "again")
            #expect(twice.refusal?.contains("已由第 1 项登记") == true)
            let counted = [try await city.counted(people[0]), try await city.counted(people[1])]
            #expect(counted.map(\.hundredths) == [6250, 6250])
        }
    }

    @Test(arguments: Engine.allCases) func aCorrectionThatCannotBeTakenLeavesAllAsItWas(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            for person in people {
                _ = try await city.recognise(person, Brought.paper("机理", authors: 2), reference: "L")
            }
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(people[0], Brought.paper("机理", authors: 1), reference: "L")
            }
            #expect(failure?.code == "recognition.correction")
            for person in people { #expect(try await city.counted(person).hundredths == 6250) }
        }
    }

    @Test(arguments: Engine.allCases) func ofOneAwardTheHighestLevelCounts(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("徂松岩")
            _ = try await city.recognise(person, Brought.award("救治", "municipal"), reference: "1")
            let same = try await city.recognise(person, Brought.award("救治", "municipal"), reference: "2")
            #expect(same.refusal?.contains("同一级别") == true)
            let higher = try await city.recognise(person, Brought.award("救治", "provincial"), reference: "3")
            #expect(higher.entries.map(\.hours) == [CreditHours(125)])
            #expect(try await city.counted(person) == CreditHours(125))
        }
    }

    /// A rule that asks for no authors says nothing of how many there are.
    @Test(arguments: Engine.allCases) func aNumberOfAuthorsIsNotForgotten(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let authors = try await city.database.write { transaction in
                let works = WorkStore(transaction)
                try works.keep("机理")
                try works.put("机理", authors: 3)
                try works.keep("机理")
                return try works.authors(of: "机理")
            }
            #expect(authors == 3)
        }
    }

    @Test(arguments: Engine.allCases) func aWithdrawnClaimMakesRoom(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 1), reference: "L")
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 1, on: "2025-01-01"), reference: "L")
            let other = try await city.recognise(people[1], Brought.paper("机理", authors: 1))
            #expect(other.refusal == nil)
        }
    }

    /// A refusal stays one, whatever is decided again later: no hours without a claim.
    @Test(arguments: Engine.allCases) func aRefusedClaimIsNotCreditedByALaterDecision(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 3), reference: "L")
            let refused = try await city.recognise(people[1], Brought.paper("机理", authors: 4), reference: "L")
            #expect(refused.refusal != nil)
            let again = try await city.publish("taian/2022")
            #expect(again.changed == 0)
            #expect(try await city.counted(people[1]) == .zero)
        }
    }

    /// What was refused is decided anew when it is brought again: the other claimant has corrected the work.
    @Test(arguments: Engine.allCases) func doingWhatTheRefusalSaysHelps(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 3), reference: "L")
            _ = try await city.recognise(people[1], Brought.paper("机理", authors: 2), reference: "L")
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 2), reference: "L")
            let second = try await city.recognise(people[1], Brought.paper("机理", authors: 2), reference: "L")
            #expect(second.refusal == nil)
            for person in people { #expect(try await city.counted(person).hundredths == 6250) }
        }
    }

    /// Two numbers of one human are one author.
    @Test(arguments: Engine.allCases) func mergedClaimantsCountOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("岳明远二"), try await city.add("徂松岩")]
            for person in people.prefix(2) { _ = try await city.recognise(person, Brought.paper("机理", authors: 2)) }
            try await city.registry.merge(people[1], into: people[0], reason: "同一人")
            let coauthor = try await city.recognise(people[2], Brought.paper("机理", authors: 2))
            #expect(coauthor.refusal == nil)
        }
    }

    /// The hours of a settled year stand, so does the claim that they were made on.
    @Test(arguments: Engine.allCases) func aClaimStandsAsLongAsItsSettledHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            _ = try await city.recognise(people[0], Brought.paper("机理", authors: 1), reference: "L")
            _ = try await city.registry.settle(Year(2022))
            let offices = try await city.unit("示例机关", "370902", nature: "government")
            try await city.move(people[0], to: offices, since: "2022-01-01")
            let second = try await city.recognise(people[1], Brought.paper("机理", authors: 1))
            #expect(second.refusal?.contains("人数超出") == true)
        }
    }
}
