import Foundation
import Jobs
import Kernel
import People
import Testing
import Web

@testable import Portal

/// Payloads of officers' jobs, in the current format and in the format before payloads had types.
@Suite struct OfficePayloadTests {
    private static let older = [
        "list": "hours", "rehearsing": "1", "replace": "1", "scope": "unit 3", "query": "year=2022&q=石", "year": "2022",
        "unit": "3", "format": "csv", "by-role": "bureau", "by-unit": "1", "by-address": "192.0.2.7",
    ]

    private func stored<Payload: JobPayload>(_ payload: Payload) throws -> Payload {
        try JSONDecoder().decode(Payload.self, from: JSONEncoder().encode(payload))
    }

    @Test func anOldPayloadIsReadAndStoredInTheNewForm() throws {
        let list = try stored(#require(ListPayload(older: Self.older)))
        #expect(list.list == "hours" && list.isDryRun && list.mayReduceHours && list.scope == "unit 3")
        #expect(list.origin.role == "bureau" && list.origin.unit == 1 && list.origin.address == "192.0.2.7")
        let roster = try stored(#require(RosterPayload(older: Self.older)))
        #expect(roster.query == "year=2022&q=石" && roster.scope == "unit 3")
        let year = try stored(#require(YearPayload(older: Self.older)))
        #expect(year.year == Year(2022) && year.isDryRun && year.scope == nil)
        let unit = try stored(#require(UnitPayload(older: Self.older)))
        #expect(unit.unit == ID<Organisation>(3) && unit.year == Year(2022) && unit.scope == "unit 3")
        let audit = try stored(#require(AuditPayload(older: Self.older)))
        #expect(audit.query == "year=2022&q=石" && audit.isCSV && audit.origin.unit == 1)
    }

    /// The import after a dry run: a missing confirmation is not assumed.
    @Test func aMissingConfirmationIsNotAssumed() throws {
        let list = try #require(ListPayload(older: ["list": "people", "scope": "", "rehearsing": "0"]))
        #expect(!list.isDryRun && !list.mayReduceHours && list.origin.unit == nil && list.origin.role.isEmpty)
    }

    /// A payload without a required list, year or unit is refused.
    @Test(arguments: ["list", "scope", "query", "year", "unit"]) func anIncompletePayloadIsRefused(_ name: String) {
        var values = Self.older
        values[name] = nil
        #expect((ListPayload(older: values) == nil) == ["list", "scope"].contains(name))
        #expect((RosterPayload(older: values) == nil) == ["query", "scope"].contains(name))
        #expect((YearPayload(older: values) == nil) == ["year"].contains(name))
        #expect((UnitPayload(older: values) == nil) == ["unit", "year", "scope"].contains(name))
    }
}
