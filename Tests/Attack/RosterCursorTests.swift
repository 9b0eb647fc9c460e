import Database
import Kernel
import Registry
import Testbed
import Testing
import Web

@testable import People
@testable import Portal

@Suite("Attack: the place in a list reveals nothing about other people")
struct RosterCursorTests {
    private func page(
        _ counties: Counties, _ scope: Scope, _ asked: String, after place: String = "", limit: Int = 50
    ) async throws -> RosterList.Found {
        var query = RosterQuery(Query(asked), newest: Year(2022))
        query.after = place
        let (sent, registry) = (query, counties.city.registry)
        return try await counties.city.database.read {
            try RosterList(registry: registry, scope: scope, query: sent).page(limit: limit, $0)
        }
    }

    private func number(_ turn: Int) throws -> IDNumber {
        let body = "999999199\(turn / 1000)0101" + String(String(1000 + turn % 1000).suffix(3))
        return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first)
    }

    /// If the row of a role's authority was deleted, the role has no scope instead of the whole city.
    @Test func aRoleWhoseAuthorityIsDeletedHasNoScope() throws {
        let scope = { (organisation: ID<Organisation>?) throws -> Scope in
            try Principal(account: ID(1), name: "", role: .bureau, organisation: organisation).scope()
        }
        #expect(try scope(nil) == .everybody)
        let failure = #expect(throws: Failure.self) { try scope(ID(999)) }
        #expect(failure?.code == "desk.no-scope")
    }

    /// Adds more people outside the scope with this level than one page reads.
    private func addStrangers(_ counties: Counties) async throws {
        let (people, quarry) = (counties.city.people, counties.quarry.number)
        let whole = Period(from: .first, to: .last)
        try await counties.city.database.write { transaction in
            let (persons, facts) = (PersonStore(transaction, people), EmploymentStore(transaction, people))
            for turn in 0..<(RosterList.scanLimit + 300) {
                let person = try persons.add("石工", number(turn), phone: nil)
                _ = try facts.put(
                    Employment(organisation: quarry, relation: "labour", during: whole), of: person)
                _ = try facts.put(DatedFact("title-level", .text("senior"), whole), of: person)
            }
        }
    }

    @Test func cursorsRevealNobodyOutsideTheScope() async throws {
        try await withCounties(.sqlite) { counties in
            try await addStrangers(counties)
            let (county, city) = (Scope.region(counties.taishan.region), Scope.everybody)
            let first = try await page(counties, county, "level=senior")
            #expect(first.hasReachedScanLimit && first.people.isEmpty)
            let place = try required(first.next)
            #expect(RosterCursor(place) == nil && place.utf8.count == 56, "\(place)")
            // It is valid only for this list, not for another user's or one with other filters.
            let second = try await page(counties, county, "level=senior", after: place)
            #expect(second.next == nil && !second.hasReachedScanLimit)
            for asked in ["level=senior", "level=senior&nature=none", "sort=name&level=senior"] {
                let other = try await page(counties, asked == "level=senior" ? city : county, asked, after: place)
                let begun = try await page(counties, asked == "level=senior" ? city : county, asked)
                #expect(other.people.map(\.line) == begun.people.map(\.line), "\(asked)")
            }
            // A freely chosen place is ignored.
            for place in ["0.200", "1.200", "200"] {
                let begun = try await page(counties, city, "level=senior", after: place, limit: 1)
                #expect(begun.people.map(\.line.person.number) == [1])
            }
        }
    }
}
