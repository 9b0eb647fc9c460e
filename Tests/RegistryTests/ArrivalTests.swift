import Database
import Kernel
import People
import Registry
import Testbed
import Testing

/// The same items in any order give the same standings of all years, and stored standings equal recomputed ones.
@Suite struct ArrivalTests {
    /// One course in two lists, on two dates and in two subjects; a paper with two dates and in two journals; an award
    /// at three levels in two years; courses of graduates twice.
    private static func items(_ turn: Int) -> [Evidence] {
        let (number, other) = ("CN 37-\(1000 + turn)/T", "CN 37-\(3000 + turn)/T")
        return [
            SampleEvidence.course("甲", 20, "public"), SampleEvidence.course("《甲》", 30, "public"),
            SampleEvidence.course("甲", 30),
            SampleEvidence.course("乙", 45, "public", on: "2022-07-01"), SampleEvidence.course("乙", 24, "public"),
            SampleEvidence.paper("机理", authors: 1, on: "2022-02-01", number: number),
            SampleEvidence.paper("机理", authors: 1, on: "2021-12-01", number: number),
            SampleEvidence.paper("机理", authors: 1, on: "2022-03-01", number: other, journal: "foreign"),
            SampleEvidence.award("救治", "county", on: "2022-05-10"),
            SampleEvidence.award("救治", "provincial", on: "2022-09-09"),
            SampleEvidence.award("救治", "municipal", on: "2021-09-09"),
            SampleEvidence.graduateCourses("JY-1", on: "2021-06-30"),
            SampleEvidence.graduateCourses("JY-1", on: "2022-06-30"),
        ]
    }

    @Test(arguments: Engine.allCases) func theOrderOfSubmissionsHasNoEffect(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            var found: Set<[String]> = []
            var lots = Mutator(seed: 11, words: [])
            for turn in 0..<Mutator.count(8, long: 200) {
                let person = try await city.database.write { [people = city.people, mill = city.mill] transaction in
                    let person = try PersonStore(transaction, people).add("乱序", Cast.number(turn), phone: nil)
                    _ = try EmploymentStore(transaction, people).put(
                        Employment(
                            organisation: mill.number, relation: "labour", during: Period(from: .first, to: .last)),
                        of: person)
                    return person
                }
                let items = Self.items(turn)
                var order = Array(items.indices)
                for place in order.indices.dropFirst() { order.swapAt(place, lots.below(place + 1)) }
                for index in order { _ = try await city.recognise(person, items[index], reference: "\(index)") }
                found.insert(try await figures(of: person, city))
            }
            #expect(found.count == 1, "\(found)")
            for year in [2021, 2022] { #expect(try await city.registry.check(Year(year)).differing == 0) }
        }
    }

    /// Both years without the numbers of entries: outcome, lines, and uncounted hours.
    private func figures(of person: ID<Person>, _ city: City) async throws -> [String] {
        var figures: [String] = []
        for year in [2021, 2022] {
            let rows = try await city.figures(person, year).split(separator: "\n")
            figures += rows.filter { !$0.hasPrefix("uncounted") }.map(String.init)
            let uncounted = rows.filter { $0.hasPrefix("uncounted") }.map { $0.split(separator: " ")[2] }
            figures += uncounted.map { "\(year) uncounted \($0)" }.sorted()
        }
        return figures
    }
}
