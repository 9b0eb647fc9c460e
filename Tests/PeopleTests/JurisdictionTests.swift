import Database
import Kernel
import Testbed
import Testing

@testable import People

/// A column, not the order of creation, determines which authority is responsible for a region.
@Suite struct JurisdictionTests {
    private let region = RegionCode("370902")

    @Test(arguments: Engine.allCases) func aRegionHasOneGeneralAuthority(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let code = try required(region)
            let general = try await city.office()
            #expect(general.jurisdiction == code)
            try await city.database.write { transaction in
                let store = OrganisationStore(transaction)
                let industry = try store.add(
                    "泰山区示例工信局", .authority, uscc: nil, nature: "government", region: code, upstream: nil)
                #expect(industry.jurisdiction == nil)
                #expect(try store.authority(of: code)?.number == general.number)
                // A region without its own authority belongs to the one above.
                #expect(try store.authority(of: required(RegionCode("370902-A1")))?.number == general.number)
                try store.putJurisdiction(code, of: industry.number)
                #expect(try store.authority(of: code)?.number == industry.number)
                #expect(try store.find(general.number)?.jurisdiction == nil)
                #expect(try store.find(industry.number)?.jurisdiction == code)
                // An upgrade does not change jurisdictions that were set.
                try store.putFirstJurisdictions()
                #expect(try store.authority(of: code)?.number == industry.number)
            }
        }
    }

    /// Organisations are cached in memory.
    @Test(arguments: Engine.allCases) func aCachedAuthorityHasItsPresentJurisdiction(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (code, general) = (try required(region), try await city.office())
            let industry = try await city.database.write { transaction in
                try OrganisationStore(transaction).add(
                    "泰山区示例工信局", .authority, uscc: nil, nature: "government", region: code, upstream: nil)
            }
            let cached = {
                try await city.database.read { transaction in
                    let all = try city.people.organisations(transaction)
                    return [general, industry].map { all[$0.number]?.jurisdiction }
                }
            }
            #expect(try await cached() == [code, nil])
            try await city.database.write { try OrganisationStore($0).putJurisdiction(code, of: industry.number) }
            #expect(try await cached() == [nil, code])
        }
    }

    /// With a database of an earlier version.
    @Test(arguments: Engine.allCases) func anUpgradeKeepsTheGeneralAuthority(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let code = try required(region)
            let first = try await city.office()
            try await city.database.write { transaction in
                let store = OrganisationStore(transaction)
                _ = try store.add(
                    "泰山区示例工信局", .authority, uscc: nil, nature: "government", region: code, upstream: nil)
                try transaction.update(
                    OrganisationSchema.table, key: [first.number], [("jurisdiction", nil as String?)])
                #expect(try store.authority(of: code) == nil)
                try store.putFirstJurisdictions()
                #expect(try store.authority(of: code)?.number == first.number)
            }
        }
    }
}
