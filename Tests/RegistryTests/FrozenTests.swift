import Database
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// Settled standings stay frozen until they are reopened, whatever the clock shows, for everybody and for one person.
@Suite struct FrozenTests {
    private static let year = Year(2022)

    private func wanting(_ hours: Int) -> String { PublishTests.policy(10, hoursRequirements: hours) }

    private func talk(_ name: String) -> Evidence {
        Evidence("talk", ["name": .text(name), "held-on": .day(Day(2023, 6, 1) ?? .first)])
    }

    /// The outcome of 2023, and how many versions of it are settled.
    private func outcome(_ city: City, _ person: ID<Person>) async throws -> String {
        let reading = try await city.registry.year(Year(2023), of: person)
        return reading.standings.map(\.standing.outcome.rawValue).joined() + " \(reading.settled.count)"
    }

    /// Settled, reopened and settled again while the clock goes back by a day at some step.
    @Test(arguments: Engine.allCases, [[0, -1, -1], [0, 0, -1], [0, -1, 0], [0, 0, 0]])
    func aJumpingClockKeepsSettledStandingsFrozen(_ engine: Engine, _ days: [Int]) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            _ = try await city.days(days[0]).registry.settle(Self.year)
            #expect(try await city.registry.settle(Self.year).written == 0)
            try await city.days(days[1]).registry.reopen(Self.year, reason: "复核")
            #expect(try await reopened(city))
            #expect(try await city.days(days[2]).registry.settle(Self.year).written == 1)
            #expect(try await !reopened(city))
            #expect(try await city.registry.settle(Self.year).written == 0)
            #expect(try await city.registry.year(Self.year, of: person).settled.map(\.version) == [1, 2])
            #expect(try await city.registry.check(Self.year).differing == 0)
        }
    }

    private func reopened(_ city: City) async throws -> Bool {
        try await city.database.read { transaction in
            let settled = try city.registry.settledYears(Self.year, from: 1, through: 1, transaction)
            return try #require(settled.first).isReopened
        }
    }

    /// Rows settled before they had a turn are frozen by the time of the reopening.
    @Test func rowsSettledBeforeTurnsStayFrozen() {
        let states: [YearState] = [.closing, .settled, .open, .closing, .settled]
        let turns = states.enumerated().map { place, state in
            YearStateChange(year: Self.year, turn: place + 1, state: state, decided: (place + 1) * 10)
        }
        for count in 0...turns.count {
            let some = Array(turns.prefix(count))
            let years = YearStates(some)
            for time in [15, 25, 35, 45, 55] {
                let opened = some.last { $0.state == .open }?.decided ?? 0
                #expect(years.isFrozen(Self.year, years.turn(of: Self.year, at: time)) == (time > opened))
            }
        }
    }

    @Test(arguments: Engine.allCases) func onePersonIsSettledWhileTheYearIsOpen(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", wanting(10), dryRun: false)
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            for person in people { _ = try await city.recognise(person, talk("讲座")) }
            let report = try await city.registry.settle(Year(2023), only: people[0], ChainHeads())
            #expect(figures(report.people, report.qualified, report.written) == figures(1, 1, 1))
            #expect(try await city.registry.settle(Year(2023), only: people[0], ChainHeads()).written == 0)

            let published = try await city.registry.publish("sample", wanting(30), dryRun: false)
            #expect(published.changed == 1)
            #expect(try await outcome(city, people[0]) == "qualified 1")
            #expect(try await outcome(city, people[1]) == "short 0")
            #expect(try await city.registry.check(Year(2023)).differing == 0)

            let whole = try await city.registry.settle(Year(2023))
            #expect(figures(whole.people, whole.qualified, whole.written) == figures(2, 1, 1))
            #expect(try await outcome(city, people[0]) == "qualified 1")
            #expect(try await city.registry.check(Year(2023)).differing == 0)
        }
    }

    @Test(arguments: Engine.allCases) func reopeningOnePersonAffectsNobodyElse(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", wanting(10), dryRun: false)
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            for person in people { _ = try await city.recognise(person, talk("讲座")) }
            _ = try await city.registry.settle(Year(2023))
            _ = try await city.registry.publish("sample", wanting(30), dryRun: false)
            #expect(try await outcome(city, people[0]) == "qualified 1")

            try await city.registry.reopen(Year(2023), only: people[0], ChainHeads(), reason: "复核")
            let told = try await city.registry.check(Year(2023)).examples.map(\.chinese)
            #expect(told == ["人员 1 sample：已单独重新开放，还没有再次结算。用 settle --person 结算"])
            #expect(try await city.registry.settle(Year(2023), only: people[0], ChainHeads()).written == 1)
            #expect(try await outcome(city, people[0]) == "short 3")
            #expect(try await outcome(city, people[1]) == "qualified 1")
            #expect(try await city.registry.check(Year(2023)).differing == 0)
        }
    }

    /// A reopened year is decided by the newest policy for everybody, and also for a person who is settled alone then.
    @Test(arguments: Engine.allCases) func aReopenedYearIsDecidedByTheNewestPolicy(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", PublishTests.policy(10, hoursRequirements: 10), dryRun: false)
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            for person in people { _ = try await city.recognise(person, talk("讲座")) }
            _ = try await city.registry.settle(Year(2023))
            let published = try await city.registry.publish(
                "sample", PublishTests.policy(5, hoursRequirements: 10), dryRun: false)
            #expect(published.changed == 0)
            #expect(try await city.registry.reopen(Year(2023), reason: "更正") == 2)
            #expect(try await outcome(city, people[0]) == "short 1")
            #expect(try await city.registry.settle(Year(2023), only: people[0], ChainHeads()).written == 1)
            #expect(try await city.registry.settle(Year(2023)).written == 1)
            for person in people { #expect(try await outcome(city, person) == "short 2") }
        }
    }

    /// If reopening a year was interrupted before everybody was decided, settling one person decides that person.
    @Test(arguments: Engine.allCases) func anInterruptedReopeningIsCompletedBySettling(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await city.registry.publish("sample", PublishTests.policy(10, hoursRequirements: 10), dryRun: false)
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, talk("讲座"))
            _ = try await city.registry.settle(Year(2023))
            _ = try await city.registry.publish("sample", PublishTests.policy(5, hoursRequirements: 10), dryRun: false)
            _ = try await city.database.write { transaction in
                try city.registry.put(.open, Year(2023), "更正", from: [.settled], transaction)
            }
            let settled = try await city.registry.settle(Year(2023), only: person, ChainHeads())
            #expect(settled.qualified == 0 && settled.differing == 0)
            #expect(try await outcome(city, person) == "short 2")
        }
    }

    /// The state of the year for one person, and the people left open.
    @Test(arguments: Engine.allCases) func theStateOfThePersonsYearIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            #expect(try await state(city, person) == .year(.open))
            _ = try await city.registry.settle(Self.year, only: person, ChainHeads())
            #expect(try await state(city, person) == .alone)
            _ = try await city.registry.settle(Self.year)
            #expect(try await state(city, person) == .year(.settled))
            try await city.registry.reopen(Self.year, only: person, ChainHeads(), reason: "复核")
            #expect(try await state(city, person) == .openedAlone)
            let opened = try await city.database.read { try city.registry.openedAlone($0) }
            #expect(opened.map(\.people) == [[person]])
            let words = try await city.registry.year(Self.year, of: person).settled.map(\.words.chinese).last ?? ""
            #expect(words.hasSuffix("，为本人重新开放：复核"))
            _ = try await city.registry.settle(Self.year, only: person, ChainHeads())
            #expect(try await state(city, person) == .year(.settled))
            #expect(try await city.database.read { try city.registry.openedAlone($0) }.map(\.people) == [[]])
            let late = try await city.full("汶小溪")
            #expect(try await state(city, late) == .missed)
        }
    }

    /// A person who left the policy's scope in a settled year earns hours for days before the move and none after it.
    @Test(arguments: Engine.allCases) func peopleWhoLeftEarnNothingLaterInASettledYear(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            _ = try await city.registry.settle(Self.year)
            try await city.move(person, to: try await city.unit("示例企业二", "110000"), since: "2022-07-01")
            let late = try await city.recognise(person, SampleEvidence.course("秋季课", 20, on: "2022-09-01"))
            #expect(late.refusal?.chinese.contains("没有找到这一天适用于本人的政策") == true, "\(late.refusal?.chinese ?? "")")
            #expect(try await city.recognise(person, SampleEvidence.course("春季课", 20, on: "2022-03-01")).refusal == nil)
        }
    }

    private func state(_ city: City, _ person: ID<Person>) async throws -> PersonState {
        try await city.registry.year(Self.year, of: person).state
    }

    @Test(arguments: Engine.allCases) func anUnsettledPersonCannotBeReopened(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            let failure = await #expect(throws: Failure.self) {
                try await city.registry.reopen(Self.year, only: person, ChainHeads(), reason: "复核")
            }
            #expect(failure?.code == "settlement.person-open")
        }
    }

    /// Settling one person checks only this person's chain: another's is broken, and later this one's.
    @Test(arguments: Engine.allCases) func settlingOnePersonChecksOnlyTheirChain(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (person, other) = (try await city.full("岳明远"), try await city.full("汶小溪"))
            _ = try await city.registry.settle(Self.year, only: other, ChainHeads())
            let guards: SQL = engine == .sqlite ? "DROP TRIGGER entry_no_update" : "DROP TRIGGER entry_append ON entry"
            try await city.database.write { transaction in
                try transaction.execute(guards)
                try transaction.execute("UPDATE entry SET hours = hours + 1 WHERE person = \(other)")
            }
            #expect(try await city.registry.settle(Self.year, only: person, ChainHeads()).written == 1)
            let failure = await #expect(throws: Failure.self) {
                try await city.registry.settle(Self.year, only: other, ChainHeads())
            }
            #expect(failure?.code == "ledger.broken")
            let opening = await #expect(throws: Failure.self) {
                try await city.registry.reopen(Self.year, only: other, ChainHeads(), reason: "复核")
            }
            #expect(opening?.code == "ledger.broken")
        }
    }
}
