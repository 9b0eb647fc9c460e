import Database
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Registry

@Suite struct SettlementTests {

    @Test(arguments: Engine.allCases) func settlingAgainChangesNothing(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.full("岳明远")
            _ = try await city.add("汶小溪")
            let first = try await city.registry.settle(Year(2022))
            #expect(figures(first.people, first.qualified, first.short) == figures(2, 1, 1))
            #expect(figures(first.waived, first.written) == figures(1, 2))
            let second = try await city.registry.settle(Year(2022))
            #expect(second.written == 0)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func lateHoursAddANewVersion(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            let other = try await city.full("汶小溪")
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.recognise(person, SampleEvidence.course("迟到", 12))
            let mine = try await city.registry.year(Year(2022), of: person).settled
            #expect(mine.map(\.version) == [1, 2])
            #expect(mine.map(\.reason) == ["settle", "entries"])
            #expect(try await city.registry.year(Year(2022), of: other).settled.map(\.version) == [1])
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func aReopenedYearChangesAndIsSettledAgain(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            _ = try await city.registry.settle(Year(2022))
            try await city.registry.reopen(Year(2022), reason: "复核")
            _ = try await city.recognise(person, SampleEvidence.course("迟到", 12))
            #expect(try await city.registry.year(Year(2022), of: person).settled.map(\.version) == [1])
            #expect(try await city.registry.settle(Year(2022)).written == 1)
            #expect(try await city.registry.year(Year(2022), of: person).settled.map(\.version) == [1, 2])
        }
    }

    /// A process keeps the states of the years in memory, and still sees changes by another process.
    @Test(arguments: Engine.allCases) func yearStatesOfAnotherProcessAreSeen(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.full("岳明远")
            let people = People(
                keys: city.people.keys, system: city.people.system, headFolder: city.folder.path + "/ledger")
            let other = Registry(city.database, people)
            let state = { (registry: Registry) in
                try await city.database.read { try registry.years($0).map { "\($0.year) \($0.state)" } } as [String]
            }
            #expect(try await state(city.registry).isEmpty)
            _ = try await other.settle(Year(2022))
            #expect(try await state(city.registry) == ["2022 settled"])
            try await city.registry.reopen(Year(2022), reason: "复核")
            #expect(try await state(other) == ["2022 open"])
            #expect(try await state(city.registry) == ["2022 open"])
        }
    }

    @Test(arguments: Engine.allCases) func onlyASettledYearCanBeReopened(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let failure = await #expect(throws: Failure.self) {
                try await city.registry.reopen(Year(2022), reason: "x")
            }
            #expect(failure?.code == "settlement.open")
        }
    }

    @Test(arguments: Engine.allCases) func anAlteredStoredStandingIsDetected(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.full("岳明远")
            try await city.database.write { _ = try $0.execute("UPDATE standing SET body = 'outcome qualified'") }
            await forged("standing 1 taian-2022 2022-01-01") { _ = try await city.registry.check(Year(2022)) }
        }
    }

    /// Standings are computed before the transaction that writes them. Changes in between are included.
    @Test(arguments: Engine.allCases) func changesDuringSettlingAreIncluded(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.full("岳明远"), try await city.full("汶小溪")]
            let act = Settler.Act.settle(fresh: false)
            try await city.database.write { transaction in
                _ = try city.registry.put(.closing, Year(2022), "settle", from: [.open], transaction)
            }
            let prepared = try await city.database.read { transaction in
                try city.registry.settler(transaction, Year(2022), act).prepare(people)
            }
            _ = try await city.recognise(people[0], SampleEvidence.course("迟到", 12))
            try await city.database.write { transaction in
                var report = SettlementReport()
                try city.registry.settler(transaction, Year(2022), act).settle(people, prepared, &report)
            }
            let kept = try await city.registry.year(Year(2022), of: people[0]).standings.map(\.body)
            let settled = try await city.database.read { transaction in
                try people.map {
                    try SettlementStore(transaction, city.people).latest(from: $0.number, through: $0.number)
                }
            }
            #expect(settled[0][people[0].number]?.values.map(\.body) == kept)
            #expect(prepared[people[0].number]?.bodies != kept)
            #expect(settled[1][people[1].number]?.values.map(\.body) == prepared[people[1].number]?.bodies)
            #expect(try await city.registry.check(Year(2022)).differing == 0)
        }
    }

    /// Settling a settled year again does not rewrite it: differences are reported, and new people are added.
    @Test(arguments: Engine.allCases) func settlingASettledYearOnlyAddsNewPeople(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.full("汶小溪")
            #expect(try await city.registry.check(Year(2022)).differing == 1)
            #expect(try await city.registry.settle(Year(2022)).written == 1)
            let offices = try await city.unit("示例企业二", "370983")
            try await city.database.write { transaction in
                try transaction.execute("DELETE FROM standing WHERE person = \(person)")
            }
            try await city.move(person, to: offices, since: "2022-07-01")
            #expect(try await city.registry.year(Year(2022), of: person).settled.map(\.version) == [1])
        }
    }

    @Test(arguments: Engine.allCases) func alteredAndDeletedSettledRowsAreDetected(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.full("岳明远"), try await city.add("汶小溪")]
            _ = try await city.registry.settle(Year(2022))
            let triggers: [SQL] =
                engine == .sqlite
                ? ["DROP TRIGGER settled_no_update", "DROP TRIGGER settled_no_delete"]
                : ["DROP TRIGGER settled_append ON settled"]
            for trigger in triggers { try await city.database.write { _ = try $0.execute(trigger) } }
            try await city.database.write { transaction in
                try transaction.execute("DELETE FROM settled WHERE person = \(people[0])")
            }
            #expect(try await city.registry.check(Year(2022)).differing == 1)
            try await city.database.write { transaction in
                try transaction.execute("UPDATE settled SET outcome = 'qualified' WHERE person = \(people[1])")
            }
            await forged("settled 2 taian-2022 2022-01-01 1") { _ = try await city.registry.check(Year(2022)) }
        }
    }

    @Test(arguments: Engine.allCases) func aYearWithoutPolicyOrInTheFutureIsNotSettled(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let none = await #expect(throws: Failure.self) { try await city.registry.settle(Year(1999)) }
            #expect(none?.code == "settlement.no-policy")
            let check = await #expect(throws: Failure.self) { try await city.registry.check(Year(1999)) }
            #expect(check?.code == "settlement.no-policy")
            let early = await #expect(throws: Failure.self) { try await city.registry.settle(Year(2099)) }
            #expect(early?.code == "settlement.future")
        }
    }
}
