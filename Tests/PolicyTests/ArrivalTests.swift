import Kernel
import Testbed
import Testing

@testable import Policy

/// The order of arrival numbers the entries and has no effect on the result.
@Suite("The order of arrival has no effect")
struct ArrivalTests {
    /// Evidence with many ties: the same day, with different hours, subjects, spellings, levels and years.
    private static func evidence(_ numbers: inout SeededNumbers) -> Evidence {
        let pick = { (values: [String], numbers: inout SeededNumbers) in values.randomElement(using: &numbers) ?? "" }
        let day = Fact.day(Day(pick(["2021-06-01", "2021-06-02", "2022-06-01", "2022-06-02"], &numbers)) ?? .first)
        let hours = Fact.hours(CreditHours(Int.random(in: 1...4, using: &numbers) * 10))
        let subject = Fact.text(pick(["public", "professional"], &numbers))
        let title = Fact.text(pick(["甲", "《甲》", "乙 A", "乙Ａ"], &numbers))
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0:
            let year = Fact.integer(Int.random(in: 2021...2022, using: &numbers))
            return Evidence(
                "online-course",
                [
                    "course": title, "provider": .text("平台"), "subject": subject, "year": year, "credit": hours,
                    "exam": .text("passed"), "passed-on": .day(Day(2022, 6, 1) ?? .first),
                ])
        case 1:
            return Evidence(
                "training",
                [
                    "course": title, "provider": .text("基地"), "subject": subject, "days": .integer(3), "credit": hours,
                    "ended-on": day,
                ])
        case 2:
            let level = Fact.text(pick(["county", "municipal", "provincial"], &numbers))
            return Evidence(
                "award",
                [
                    "prize": .text("progress"), "level": level, "project": title, "certificate": .text("KJ"),
                    "awarded-on": day,
                ])
        case 3:
            return Evidence(
                "paper",
                [
                    "title": title, "number": .text(pick(["CN 37-0001/T", "CN37-0002/T"], &numbers)),
                    "journal": .text(pick(["national", "provincial"], &numbers)), "authors": .integer(1),
                    "publication-date": day,
                ])
        case 4:
            return Evidence(
                "book",
                [
                    "title": title, "type": .text("work"), "number": .text(pick(["978-7", "978-8"], &numbers)),
                    "role": .text(pick(["chief", "board"], &numbers)), "publication-date": day,
                ])
        default:
            return Evidence(
                "graduate-courses", ["school": .text("学院"), "certificate": title, "completed-on": day])
        }
    }

    private struct Figures: Hashable {
        let outcome: Outcome
        let lines: [Standing.RequirementResult]
        let uncounted: [Int]

        init(_ standing: Standing) {
            (outcome, lines) = (standing.outcome, standing.lines)
            uncounted = standing.uncounted.map(\.hours.hundredths).sorted()
        }
    }

    /// The standings of two years of one line, with the items in this order of arrival.
    private func figures(_ items: [Evidence], _ policies: [Policy]) -> [Figures] {
        var entries = policies.map { _ in [Entry]() }
        for item in items {
            for (place, policy) in policies.enumerated() {
                guard case .credited(let credited) = policy.decide(item) else { continue }
                for line in credited.lines {
                    let number = entries.reduce(1) { $0 + $1.count }
                    entries[place].append(policy.entry(line, of: credited, item, number: number))
                }
            }
        }
        return policies.indices.map { place in
            let year = policies[place].firstYear
            return Figures(
                policies[place].standing(in: year.period, entries: entries[place], beside: entries[1 - place]))
        }
    }

    @Test func theOrderOfEvidenceHasNoEffect() throws {
        let policies = [try Published.policy("taian/2021.yaml"), try Published.policy("taian/2022.yaml")]
        for seed in 1...UInt64(Mutator.count(60, long: 3000)) {
            var numbers = SeededNumbers(seed)
            let items = (0..<Int.random(in: 2...14, using: &numbers)).map { _ in Self.evidence(&numbers) }
            let first = figures(items, policies)
            for _ in 0..<6 { #expect(figures(items.shuffled(using: &numbers), policies) == first, "seed \(seed)") }
        }
    }

    /// Each thing counts at most once in both years together, for any evidence.
    @Test func anItemCountsOnceInAPolicyLine() throws {
        let policies = [try Published.policy("taian/2021.yaml"), try Published.policy("taian/2022.yaml")]
        for seed in 1...UInt64(Mutator.count(60, long: 3000)) {
            var numbers = SeededNumbers(seed)
            let items = (0..<12).map { _ in Self.evidence(&numbers) }.filter { $0.kind != "training" }
            let counted = figures(items, policies).reduce(CreditHours.zero) { $0 + ($1.lines.last?.counted ?? .zero) }
            // Two courses per year, two awards, papers, books and certificates of the values drawn above.
            #expect(counted <= CreditHours(4 * 40 + 2 * 125 + 2 * 125 + 2 * 100 + 2 * 150), "seed \(seed)")
        }
    }
}
