import Kernel
import People
import Policy

/// A person's standing under one policy in one period, with what it was made of.
package struct ComputedStanding: Sendable {
    package let person: ID<Person>
    package let version: PolicyVersion
    package let standing: Standing
    /// The un-reversed entries of the period, in the order of person and number.
    package let entries: [LedgerEntry]
    package let facts: [DatedFact]

    /// The calendar year in which the period ends: the one that it is settled with.
    package var year: Year { standing.period.to.year }

    /// Whether the person is short and not asked to be otherwise by somebody: 不作硬性要求.
    package var isWaived: Bool { standing.outcome == .short && !standing.waivers.isEmpty }

    /// What of an entry counts.
    package func counted(of entry: LedgerEntry) -> CreditHours {
        standing.uncounted.reduce(entry.hours) { $1.entry == entry.id ? $0 - $1.hours : $0 }
    }

    /// What was entered in the period, and what of it counts.
    package var registered: CreditHours { entries.reduce(.zero) { $0 + $1.hours } }
    package var counted: CreditHours { entries.reduce(.zero) { $0 + counted(of: $1) } }

    /// From which day on the policy asks nothing of the person any more whom it asked before in the period; `nil` where
    /// it asks at the end.
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
    package var endedWords: String? {
        ended.map { "自 \($0) 起，本政策不再适用于本人（单位或人员关系已变动）；在此以前登记的学时保留" }
    }

    /// What counts here of earlier periods, in words.
    package var carriedWords: String? { standing.carried > .zero ? "以前结转 \(standing.carried) 学时，补足所差" : nil }

    /// The standing as text: what is kept, settled and compared. Equal standings give equal bytes.
    package var body: String { StandingCodec.encode(StandingRecord(self)) }
}
