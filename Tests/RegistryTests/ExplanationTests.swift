import Database
import Documents
import Foundation
import Kernel
import People
import Policy
import Testbed
import Testing

@testable import Registry

/// The explanation of an entry matches the ledger.
@Suite struct ExplanationTests {
    /// For every entry of the sample lists, under the policies of all its years: the steps end in the entry's hours,
    /// and counted and uncounted hours add up to them.
    @Test(arguments: Engine.allCases) func theLastStepGivesTheHoursOfTheEntry(_ engine: Engine) async throws {
        let policies = (2018...2022).map { "taian/\($0)" }
        try await withCity(engine, policies: policies) { city in
            let (people, lists) = (repository.path + "/Samples/people.csv", SheetImport(city.registry))
            try await city.database.write { transaction in
                for code in ["370900", "370900-A1", "370902", "370911", "370921", "370923", "370982", "370983"] {
                    let region = Region(code: try required(RegionCode(code)), name: code)
                    _ = try RegionStore(transaction).put(region)
                }
            }
            #expect(try await lists.people(people, dryRun: false).created == 10)
            _ = try await lists.hours(repository.path + "/Samples/hours.csv", dryRun: false)
            var told = 0
            for (person, year) in (1...10).flatMap({ person in (2018...2022).map { (ID<Person>(person), $0) } }) {
                let reading = try await city.registry.year(Year(year), of: person)
                for item in reading.standings {
                    for entry in reading.explained(item) {
                        told += 1
                        let hours = try #require(entry.steps.last?.chinese.matches(of: #/([0-9.]+) 学时/#).last)
                        #expect(CreditHours(hours.1) == entry.hours, "\(entry.steps)")
                        let dropped = entry.uncounted.map(\.words.chinese).compactMap { words in
                            words.firstMatch(of: #/其中 ([0-9.]+) 学时不计/#).flatMap { CreditHours($0.1) }
                        }
                        #expect(dropped.count == entry.uncounted.count)
                        #expect(dropped.reduce(entry.counted, +) == entry.hours, "\(entry)")
                    }
                }
            }
            #expect(told > 20)
        }
    }
}
