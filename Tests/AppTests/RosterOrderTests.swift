import Database
import Kernel
import Registry
import Testbed
import Testing
import Web

@testable import People
@testable import Portal

@Suite struct RosterOrderTests {
    private func listed(_ number: Int, _ name: String, _ level: String) throws -> RosterList.Listed {
        let line = RosterEntry(
            person: ID(number), name: name, unit: ID(1), unitName: "泰安示例机械有限公司",
            region: try #require(RegionCode("370902")), nature: "",
            level: level)
        return (line, [])
    }

    /// The columns have the names of the filters, also for people without a unit or a title.
    @Test func missingUnitsAndTitlesAreNamedAsInTheFilters() throws {
        let line = RosterEntry(
            person: ID(1), name: "安然", unit: ID(1), unitName: "泰山区代管服务站", region: try #require(RegionCode("370902")),
            nature: "none", level: "")
        #expect(RosterRow.text(.nature, line, [], "") == "代管（无工作单位）")
        #expect(RosterRow.text(.level, line, [], "") == "无")
        #expect(RosterEntry.nature("enterprise") == "企业")
    }

    /// A row of figures of a region with others inside it counts the region's own units only.
    @Test func theRowOfARegionCountsItsOwnUnitsOnly() throws {
        let regions = try [("370900", "泰安市"), ("370902", "泰山区")].map {
            Region(code: try #require(RegionCode($0.0)), name: $0.1)
        }
        let names = regions.map { FigurePages.name(of: $0.code, among: regions) }
        #expect(names == ["泰安市本级", "泰山区"])
    }

    @Test(arguments: [
        (RosterOrder.number, [1, 2, 3, 4, 5]), (.name, [3, 2, 5, 1, 4]), (.level, [2, 3, 5, 1, 4]),
        (.missing, [1, 2, 3, 4, 5]),
    ])
    func peopleAreListedInTheRequestedOrder(_ order: RosterOrder, _ numbers: [Int]) throws {
        let people = try [
            listed(1, "岳明远", "none"), listed(2, "李娜", "full-senior"), listed(3, "安然", "senior"),
            listed(4, "张伟", ""), listed(5, "李娜", "junior"),
        ]
        #expect(order.sorted(people).map(\.line.person.number) == numbers)
    }

    /// A long list by name continues where the page before ended, people with one surname stand together, and merged
    /// people are left out.
    @Test(arguments: Engine.allCases, [1, 2, 3]) func aListByNameContinuesOnTheNextPage(
        _ engine: Engine, _ size: Int
    ) async throws {
        try await withCity(engine, policies: []) { city in
            let other = try await city.unit("泰安示例设计院", "370983")
            for name in ["王五", "李四", "王三", "岳明远", "安然"] { _ = try await city.add(name) }
            for name in ["李一", "王六"] { _ = try await city.add(name, at: other) }
            let (root, double) = (try await city.add("张伟"), try await city.add("李重"))
            try await city.registry.merge(double, into: root, reason: "同一人")
            #expect(try await names(city, .everybody, size) == ["安然", "岳明远", "张伟", "李一", "李四", "王三", "王五", "王六"])
            #expect(try await names(city, .unit(other.number), size) == ["李一", "王六"])
            #expect(try await names(city, .region(required(RegionCode("370983"))), size) == ["李一", "王六"])
        }
    }

    /// A cursor that the site did not issue starts at the beginning, so that it cannot be used to find strangers'
    /// names.
    @Test func aForgedCursorStartsAtTheBeginning() async throws {
        try await withCity(.sqlite, policies: []) { city in
            for name in ["安然", "李四", "王三"] { _ = try await city.add(name) }
            var query = RosterQuery(Query("sort=name"), newest: Year(2022))
            query.after = "0.2"
            let asked = query
            let found = try await city.database.read { transaction in
                try RosterList(registry: city.registry, scope: .everybody, query: asked).page(limit: 9, transaction)
            }
            #expect(found.people.map(\.line.name) == ["安然", "李四", "王三"])
        }
    }

    private func names(_ city: City, _ scope: Scope, _ size: Int) async throws -> [String] {
        var query = RosterQuery(Query("sort=name"), newest: Year(2022))
        var names: [String] = []
        repeat {
            let asked = query
            let found = try await city.database.read { transaction in
                try RosterList(registry: city.registry, scope: scope, query: asked).page(limit: size, transaction)
            }
            names += found.people.map(\.line.name)
            query.after = found.next ?? ""
        } while !query.after.isEmpty
        return names
    }
}
