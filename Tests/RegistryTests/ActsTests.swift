import Database
import Documents
import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing
import Web

@testable import Registry

/// Acts on the city's hours are recorded with their actor, once for each list and year.
@Suite struct RecordedActsTests {
    private let officer = Actor.account(3, role: nil, organisation: nil, from: "192.0.2.7")

    private func acts(_ city: City) async throws -> [AuditRecord] {
        var query = AuditQuery()
        query.chain = "account/3"
        return try await AuditLog(city.database, city.people).find(query, limit: 100).reversed()
    }

    @Test(arguments: Engine.allCases) func aListIsRecordedOnce(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let registry = city.registry.acting(as: officer)
            let path = repository.path + "/Samples/people.csv"
            _ = try await SheetImport(registry).people(path, dryRun: true)
            #expect(try await acts(city).map(\.act) == ["list.rehearse"])
            let report = try await SheetImport(registry).people(path, dryRun: false)
            let records = try await acts(city)
            #expect(records.map(\.act) == ["list.rehearse", "list.begin", "list.import"])
            #expect(records[2].object == .list("people"))
            #expect(records[2].detailWords.contains("rows=\(report.rows)"), "\(records[2].detail)")
            #expect(!records.map(\.detail).joined().contains("9999"))
        }
    }

    @Test(arguments: Engine.allCases) func settlingAndReopeningAreRecorded(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let registry = city.registry.acting(as: officer)
            _ = try await registry.settle(Year(2022))
            try await registry.reopen(Year(2022), reason: "补录")
            #expect(try await acts(city).map(\.act) == ["year.begin", "year.settle", "year.reopen"])
            #expect(try await acts(city).allSatisfy { $0.object == .year(Year(2022)) })
            #expect(try await AuditLog(city.database, city.people).verify().broken == 0)
        }
    }

    @Test(arguments: Engine.allCases) func publishingIsRecordedIfThePolicyChanges(_ engine: Engine) async throws {
        try await withCity(engine, policies: ["taian/2022"]) { city in
            let registry = city.registry.acting(as: officer)
            let reading = try readPolicy(at: repository.path + "/Policies/taian/2022.yaml")
            let key = try required(reading.policy).key
            _ = try await registry.publish(key, reading.flat, dryRun: false)
            #expect(try await acts(city).isEmpty)
            let changed = reading.flat + "\n"
            _ = try await registry.publish(key, changed, dryRun: true)
            #expect(try await acts(city).isEmpty)
            _ = try await registry.publish(key, changed, dryRun: false)
            #expect(try await acts(city).map(\.act) == ["policy.publish"])
        }
    }
}
