import Kernel
import Testbed
import Testing

@testable import Policy

func day(_ year: Int, _ month: Int, _ day: Int) -> Day { Day(year, month, day) ?? .first }

@Suite("The fold of entries into a standing")
struct FoldTests {
    private let year = Year(2022)

    /// A policy with caps by day, year, lifetime and number of items, once-rules and highest-only, over three years.
    private let capped: Policy

    init() throws {
        let limits = """
                once: { key: [credit], per: month, assumed: 一 }
                at-most:
                  - { hours: 8, per: day, assumed: 一 }
                  - { hours: 100, per: lifetime, assumed: 一 }
                  - { items: 9, per: period, assumed: 一 }

            """
        let text = Head.with("period: { year: 2022 }", "period: { every: 1, from: 2019-01-01 }")
            .replacing("    hours:\n", with: limits + "    hours:\n")
            .replacing("at-least: 90,", with: "at-least: 90, at-most: 70,")
        let award = """
              award:
                name: 奖
                clause: notice 三
                subject: professional
                credited-to: on
                facts:
                  title: { name: 名称, text: required }
                  level: { name: 级别, one-of: { high: 高, low: 低 } }
                  on: { name: 日期, date: any }
                work: { key: [title], level: level, assumed: 按最高级别计 }
                hours:
                  - by: { level: { high: 20, low: 5 } }
                sample: { title: 甲, level: high, on: 06-01 }

            """
        let reading = readPolicy(text + award, file: "capped.yaml")
        #expect(reading.findings.map(\.description) == [])
        capped = try #require(reading.policy)
    }

    /// A work that counts under another policy of the line does not count here and uses up no cap.
    @Test func aWorkCountedUnderAnotherPolicyDoesNotCountHere() {
        let award = { (number: Int, on: Day, work: String) in
            Entry(
                number: number, day: on, year: on.year, hours: CreditHours(20), subject: "professional", kind: "award",
                tags: ["level": "high"], work: work)
        }
        let mine = [award(1, day(2021, 6, 1), "乙"), award(2, day(2022, 6, 1), "甲"), award(3, day(2022, 7, 1), "丙")]
        let other = award(4, day(2022, 3, 1), "甲")
        let standing = capped.standing(in: year.period, entries: mine, beside: [other])
        #expect(standing.lines.map(\.earned) == [CreditHours(40)])
        #expect(standing.lines.map(\.counted) == [CreditHours(20)])
        let reason = Standing.Reason.lowerLevel(than: other.id)
        #expect(
            standing.uncounted == [Standing.Uncounted(entry: mine[1].id, hours: CreditHours(20), reason: reason)])
    }

    private func entries(_ count: Int, _ numbers: inout SeededNumbers) -> [Entry] {
        (1...count).map { number in
            let day = Year(2019).period.from.adding(days: Int.random(in: 0..<1461, using: &numbers))
            let subject = Bool.random(using: &numbers) ? "public" : "professional"
            if Int.random(in: 0..<4, using: &numbers) == 0 {
                return Entry(
                    number: number, day: day, year: day.year,
                    hours: CreditHours(Bool.random(using: &numbers) ? 5 : 20),
                    subject: "professional", kind: "award",
                    work: "award|" + ["甲", "乙", "丙"][Int.random(in: 0..<3, using: &numbers)])
            }
            let hours = CreditHours(hundredths: Int.random(in: 1...1500, using: &numbers))
            return Entry(
                number: number, day: day, year: day.year, hours: hours, subject: subject, kind: "course",
                tags: ["credit": String(Int.random(in: 1...6, using: &numbers))])
        }
    }

    @Test(arguments: 1...40)
    func theOrderOfEntriesHasNoEffect(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let entries = entries(Int.random(in: 1...60, using: &numbers), &numbers)
        for year in 2019...2022 {
            let standing = capped.standing(in: Year(year).period, entries: entries)
            for _ in 0..<5 {
                let shuffled = entries.shuffled(using: &numbers)
                #expect(capped.standing(in: Year(year).period, entries: shuffled) == standing)
            }
            #expect(capped.standing(in: Year(year).period, entries: entries.reversed()) == standing)
        }
    }

    @Test(arguments: 1...40)
    func countedAndUncountedHoursAddUp(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let entries = entries(60, &numbers)
        for year in 2019...2022 {
            let standing = capped.standing(in: Year(year).period, entries: entries)
            let line = standing.lines[0]
            let dropped = standing.uncounted.reduce(CreditHours.zero) { $0 + $1.hours }
            #expect(line.earned == line.counted + dropped)
            #expect(standing.uncounted.allSatisfy { $0.hours > .zero })
        }
    }

    @Test(arguments: 1...40)
    func capsAreNeverExceeded(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let entries = entries(60, &numbers)
        let courses = entries.filter { $0.kind == "course" }
        var lifetime = CreditHours.zero
        for year in 2019...2022 {
            let standing = capped.standing(in: Year(year).period, entries: entries)
            #expect(standing.lines[0].counted <= CreditHours(70))
            let counted = courses.filter { $0.year == Year(year) }.map { entry in
                (entry, entry.hours - dropped(entry, standing))
            }
            for (_, day) in Dictionary(grouping: counted, by: { $0.0.day }) { #expect(sum(day) <= CreditHours(8)) }
            #expect(counted.filter { $0.1 > .zero }.count <= 9)
            lifetime += sum(counted)
        }
        #expect(lifetime <= CreditHours(100))
    }

    private func sum(_ counted: [(Entry, CreditHours)]) -> CreditHours { counted.reduce(.zero) { $0 + $1.1 } }

    private func dropped(_ entry: Entry, _ standing: Standing) -> CreditHours {
        standing.uncounted.filter { $0.entry == entry.id }.reduce(.zero) { $0 + $1.hours }
    }

    /// A work claimed at two levels in two years counts at the higher level only, over both years together.
    @Test func theHighestLevelCountsAcrossPeriods() {
        let award = { (number: Int, year: Int, hours: Int) in
            Entry(
                number: number, day: Year(year).period.from, year: Year(year), hours: CreditHours(hours),
                subject: "professional", kind: "award", work: "award|甲")
        }
        let counted = { (entries: [Entry], year: Int) in
            capped.standing(in: Year(year).period, entries: entries).lines[0].counted.description
        }
        let rising = [award(1, 2020, 5), award(2, 2021, 20)]
        #expect(counted(rising, 2020) == "5" && counted(rising, 2021) == "15")
        let falling = [award(1, 2020, 20), award(2, 2021, 5)]
        #expect(counted(falling, 2020) == "20" && counted(falling, 2021) == "0")
        let thrice = [award(1, 2020, 5), award(2, 2021, 20), award(3, 2022, 20)]
        #expect(counted(thrice, 2022) == "0")
    }

    @Test(arguments: 1...30)
    func aWorkNeverCountsMoreThanItsHighestLevel(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        let awards = entries(60, &numbers).filter { $0.kind == "award" }
        for (_, claims) in Dictionary(grouping: awards, by: \.work) {
            let counted = (2019...2022).reduce(CreditHours.zero) { total, year in
                total + capped.standing(in: Year(year).period, entries: claims).lines[0].counted
            }
            #expect(counted == claims.map(\.hours).max())
        }
    }

    /// Holds for every number of authors and every rounding of the policy.
    @Test(arguments: ["down", "nearest", "up"], ["0.01", "0.5", "1"])
    func sharesNeverExceedTheWhole(round: String, step: String) throws {
        let text =
            Head.with(
                "hour: { round: down, to: 0.01, clause: notice 一 }",
                "hour: { round: \(round), to: \(step), assumed: 一 }") + """
                  paper:
                    name: 论文
                    clause: notice 三
                    subject: professional
                    credited-to: on
                    facts:
                      authors: { name: 作者数, integer: 1.. }
                      rank: { name: 排名, integer: 1.. }
                      on: { name: 日期, date: any }
                    hours:
                      - fixed: 125
                      - share: { among: authors }
                    sample: { authors: 1, rank: 1, on: 06-01 }
                  ranked:
                    name: 著作
                    clause: notice 三
                    subject: professional
                    credited-to: on
                    facts:
                      authors: { name: 作者数, integer: 1.. }
                      rank: { name: 排名, integer: 1.. }
                      on: { name: 日期, date: any }
                    hours:
                      - fixed: 125
                      - share: { among: authors, rank: rank, parts: [1/2, 1/3] }
                    sample: { authors: 1, rank: 1, on: 06-01 }

                """
        let reading = readPolicy(text, file: "shares.yaml")
        let policy = try #require(reading.policy, "\(reading.findings)")
        for count in 1...500 {
            let share = credited(policy, "paper", count, rank: 1)
            #expect(share * count <= 12500, "\(count) authors")
            // The third author represents all later ones.
            let first = credited(policy, "ranked", count, rank: 1)
            let second = count > 1 ? credited(policy, "ranked", count, rank: 2) : 0
            let others = count > 2 ? credited(policy, "ranked", count, rank: count) * (count - 2) : 0
            #expect(first + second + others <= 12500, "\(count) authors by rank")
        }
    }

    private func credited(_ policy: Policy, _ kind: String, _ authors: Int, rank: Int) -> Int {
        let facts: [String: Fact] = [
            "authors": .integer(authors), "rank": .integer(rank), "on": .day(Year(2022).period.from),
        ]
        guard case .credited(let credited) = policy.decide(Evidence(kind, facts)) else { return 0 }
        return credited.lines.reduce(0) { $0 + $1.hours.hundredths }
    }

    @Test func theSameEntriesGiveTheSameStanding() {
        var numbers = SeededNumbers(7)
        let entries = entries(50, &numbers)
        let standings = (0..<10).map { _ in capped.standing(in: year.period, entries: entries) }
        #expect(Set(standings).count == 1)
    }
}

@Suite("Periods and the facts of a person")
struct PeriodFactTests {
    /// Facts are evaluated on the period's last day, which may be outside of December.
    @Test func factsAreEvaluatedOnTheLastDayOfTheTerm() throws {
        let beijing = try Published.policy("beijing/default.yaml")
        let term = Period(from: day(2021, 3, 15), to: day(2024, 3, 14))
        let study = DatedFact("study", .text("approved"), Period(from: day(2021, 3, 15), to: day(2022, 3, 14)))
        let facts = [DatedFact("appointment", .text("工程师"), term)]
        #expect(beijing.standing(in: term, facts: facts, entries: []).lines[0].required == CreditHours(270))
        #expect(beijing.standing(in: term, facts: facts + [study], entries: []).lines[0].required == CreditHours(180))
    }

    @Test func addedMonthsEndOnTheLastDayOfShortMonths() {
        #expect(day(2022, 1, 31).adding(months: 1) == Day(2022, 2, 28))
        #expect(day(2023, 12, 31).adding(months: 2) == Day(2024, 2, 29))
        #expect(day(2022, 11, 15).adding(months: 14) == Day(2024, 1, 15))
        #expect(day(2022, 6, 1).adding(months: 0) == Day(2022, 6, 1))
    }
}
