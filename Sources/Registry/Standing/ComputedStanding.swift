import Kernel
import People
import Policy

/// A person's standing under one policy in one period, with its input.
package struct ComputedStanding: Sendable {
    package let person: ID<Person>
    package let version: PolicyVersion
    package let standing: Standing
    /// The unreversed entries of the period, by person and number.
    package let entries: [LedgerEntry]
    package let facts: [DatedFact]

    /// The calendar year in which the period ends, with which it is settled.
    package var year: Year { standing.period.to.year }

    /// Whether the person is short and has a waiver: 不作硬性要求.
    package var isWaived: Bool { standing.isWaived }

    /// The hours of an entry that count.
    package func counted(of entry: LedgerEntry) -> CreditHours {
        standing.uncounted.reduce(entry.hours) { $1.entry == entry.id ? $0 - $1.hours : $0 }
    }

    /// The hours that were entered in the period; `counted`: those that count.
    package var registered: CreditHours { entries.reduce(.zero) { $0 + $1.hours } }
    package var counted: CreditHours { entries.reduce(.zero) { $0 + counted(of: $1) } }

    /// The day from which the policy no longer applies to the person, after it applied earlier in the period; `nil`
    /// where it applies at the end, or never applied.
    package var ended: Day? {
        let (policy, period) = (version.policy, standing.period)
        guard !policy.asks(facts, on: period.to) else { return nil }
        let changes = facts.flatMap { fact in
            [fact.during.from] + (fact.during.to < period.to ? [fact.during.to.adding(days: 1)] : [])
        }
        var end: Day?
        for day in Set(changes.filter(period.contains) + [period.from]).sorted(by: >) {
            if policy.asks(facts, on: day) { return end }
            end = day
        }
        return nil
    }

    /// The same in words.
    package var endedWords: LocalizedText? {
        ended.map {
            LocalizedText(
                "自 \($0) 起，本政策不再适用于本人（单位或人员关系已变动）；在此以前登记的学时保留",
                en: "The policy no longer applies from \($0) (another unit or relation); the hours before stay")
        }
    }

    /// The hours carried from earlier periods that count here, in words.
    package var carriedWords: LocalizedText? {
        guard standing.carried > .zero else { return nil }
        return LocalizedText(
            "以前结转 \(standing.carried) 学时，补足所差",
            en: "\(standing.carried) hours carried over from earlier periods make up for what is short")
    }

    /// The standing as text, which is stored, settled and compared. Equal standings give equal bytes.
    package var body: String { StandingCodec.encode(StandingRecord(self)) }
}
