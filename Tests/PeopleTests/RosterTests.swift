import Database
import Kernel
import Registry
import Testbed
import Testing

@testable import People

/// Which people each scope lists.
@Suite struct RosterTests {
    private func names(_ city: City, _ read: @escaping @Sendable (RosterStore) throws -> [RosterEntry]) async throws
        -> [String]
    {
        let today = city.people.system.today
        return try await city.database.read { try read(RosterStore($0, today: today)).map(\.name) }
    }

    /// One at the mill, one in another county, one who moved away, one who was merged, one who has left.
    private func fill(_ city: City) async throws -> (office: Organisation, school: Organisation) {
        let office = try await city.database.write { transaction in
            try OrganisationStore(transaction).add(
                "泰安示例机械行业主管部门", .authority, uscc: nil, nature: "government", region: required(RegionCode("370900")),
                upstream: nil)
        }
        let school = try await city.database.write { transaction in
            try OrganisationStore(transaction).add(
                "肥城示例中学", .employer, uscc: nil, nature: "institution", region: required(RegionCode("370983")),
                upstream: office.number)
        }
        _ = try await city.add("岳明远")
        _ = try await city.add("汶小溪", at: school)
        let mover = try await city.add("徂松岩")
        try await city.move(mover, to: school, since: "2022-03-01")
        let double = try await city.add("梁父石")
        let root = try await city.add("石敢当")
        try await city.registry.merge(double, into: root, reason: "同一人")
        return (office, school)
    }

    @Test(arguments: Engine.allCases) func aScopeListsOnlyItsOwnPeople(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let (office, school) = try await fill(city)
            func all(_ scope: Scope, _ filter: RosterFilter = RosterFilter()) async throws -> [String] {
                try await names(city) { try $0.page(scope, filter, after: nil, limit: 10) }
            }
            #expect(try await all(.everybody) == ["岳明远", "石敢当", "汶小溪", "徂松岩"])
            #expect(try await all(.region(required(RegionCode("370900")))).count == 4)
            #expect(try await all(.region(required(RegionCode("370902")))) == ["岳明远", "石敢当"])
            #expect(try await all(.below(office.number)) == ["汶小溪", "徂松岩"])
            #expect(try await all(.unit(school.number)) == ["汶小溪", "徂松岩"])
            #expect(try await all(.region(required(RegionCode("110000")))) == [])
            var schools = RosterFilter()
            schools.nature = "institution"
            #expect(try await all(.everybody, schools) == ["汶小溪", "徂松岩"])
            var elsewhere = RosterFilter()
            elsewhere.unit = school.number
            #expect(try await all(.region(required(RegionCode("370902"))), elsewhere) == [])
        }
    }

    /// As the API's document states.
    @Test func aCursorIsTwoNumbers() {
        #expect(RosterCursor("12.345") == RosterCursor(unit: 12, person: 345))
        for text in ["", "1", "1..2", ".1.2", "1.2.", "+1.2", "-1.2", "1.1234567890", "１.2"] {
            #expect(RosterCursor(text) == nil, "\(text)")
        }
    }

    /// With any page size, all pages together list everybody once.
    @Test(arguments: Engine.allCases, [1, 2, 3])
    func pagesTogetherListEverybodyOnce(_ engine: Engine, _ size: Int) async throws {
        try await withCity(engine, policies: []) { city in
            _ = try await fill(city)
            let today = city.people.system.today
            var (all, place): ([String], RosterCursor?) = ([], nil)
            while true {
                let after = place
                let page = try await city.database.read {
                    try RosterStore($0, today: today).page(.everybody, RosterFilter(), after: after, limit: size)
                }
                all += page.map(\.name)
                guard page.count == size, let last = page.last else { break }
                place = RosterCursor(last.place.description)
                #expect(place == last.place)
            }
            #expect(all == ["岳明远", "石敢当", "汶小溪", "徂松岩"])
        }
    }

    /// People found by an index are shown only if they are in the scope, at their current unit.
    @Test(arguments: Engine.allCases) func peopleFoundByAnIndexAreLimitedToTheScope(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let (office, school) = try await fill(city)
            let people = city.people
            let all = try await city.database.read { try PersonStore($0, people).names(from: 1, through: 99) }
            let numbers = all.keys.sorted().map { ID<Person>($0) }
            func found(_ scope: Scope) async throws -> [String] {
                try await names(city) { try $0.lines(of: numbers, scope, RosterFilter()) }
            }
            #expect(try await found(.everybody) == ["岳明远", "汶小溪", "徂松岩", "石敢当"])
            #expect(try await found(.below(office.number)) == ["汶小溪", "徂松岩"])
            #expect(try await found(.unit(school.number)) == ["汶小溪", "徂松岩"])
            #expect(try await names(city) { try $0.lines(of: [], .everybody, RosterFilter()) } == [])
        }
    }

    @Test(arguments: Engine.allCases) func theLevelFilterUsesTodaysTitles(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let people = city.people
            let (now, once) = (try await city.add("岳明远"), try await city.add("汶小溪"))
            try await city.database.write { transaction in
                let store = EmploymentStore(transaction, people)
                let begin = Day(2010, 1, 1) ?? .first
                let ended = Period(from: begin, to: Day(2015, 1, 1) ?? .first)
                _ = try store.put(DatedFact("title-level", .text("senior"), Period(from: begin, to: .last)), of: now)
                _ = try store.put(DatedFact("title-level", .text("senior"), ended), of: once)
            }
            let today = people.system.today
            let found = try await city.database.read {
                try RosterStore($0, today: today).holders(of: "senior", after: 0, limit: 9)
            }
            #expect(found == [now])
        }
    }

    @Test(arguments: Engine.allCases) func peopleAreFoundByTheBeginningOfTheName(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let (_, school) = try await fill(city)
            #expect(try await names(city) { try $0.named("岳", .everybody, limit: 9) } == ["岳明远"])
            #expect(try await names(city) { try $0.named("明", .everybody, limit: 9) } == [])
            #expect(try await names(city) { try $0.named("岳", .unit(school.number), limit: 9) } == [])
            let inside = try await names(city) {
                try $0.named(containing: "松", at: school.number, .everybody, limit: 9)
            }
            #expect(inside == ["徂松岩"])
            let wild = try await names(city) { try $0.named(containing: "%", at: school.number, .everybody, limit: 9) }
            #expect(wild == [])
            let units = try await city.database.read {
                try RosterStore($0, today: city.people.system.today).units(containing: "示例", .everybody, limit: 9)
            }
            #expect(units.map(\.1) == ["泰安示例机械有限公司", "肥城示例中学"])
        }
    }
}
