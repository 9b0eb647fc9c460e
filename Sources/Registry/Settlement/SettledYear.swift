import Database
import Kernel
import People
import Policy

/// The newest settled version of a standing, as what is built on it reads it.
package struct SettledYear: Sendable {
    /// What counted towards one requirement.
    package struct RequirementHours: Sendable, Hashable {
        package let name: String
        package let hours: CreditHours

        package init(_ name: String, _ hours: CreditHours) { (self.name, self.hours) = (name, hours) }
    }

    /// What of it is printed on a certificate.
    package struct Printed: Sendable, Hashable {
        let result: String
        let lines: [RequirementHours]

        package init(_ result: String, _ lines: [RequirementHours]) { (self.result, self.lines) = (result, lines) }
    }

    package let person: ID<Person>
    /// Tells it from the person's other standings of the period.
    package let key: String
    /// 1, 2, 3 … of the standing.
    package let version: Int
    package let period: Period
    /// 合格、不合格、免修.
    package let result: String
    /// Whether it meets what was asked, or nothing was asked.
    package let qualifies: Bool
    /// The unit at the end of the period, or the last one before it.
    package let unit: Organisation?
    package let lines: [RequirementHours]
    /// Whether its year, or this person's, was opened again after it was settled: another version is to be expected.
    package let isReopened: Bool

    package var printed: Printed { Printed(result, lines) }

    /// The year that it was settled with.
    package var year: Year { period.to.year }
}

extension Registry {
    /// The newest settled versions of the standings of a year, or of all years, of those among these people who stand
    /// for themselves; in the order of person and policy.
    package func settledYears(
        _ year: Year?, from: Int, through: Int, _ transaction: Transaction
    ) throws -> [SettledYear] {
        let store = SettlementStore(transaction, people)
        let latest = try store.latest(from: from, through: through)
        let merged = try PersonStore(transaction, people).merged(from: from, through: through)
        let histories = try EmploymentStore(transaction, people).histories(from: from, through: through)
        let (years, book) = (try store.years(), try book(transaction))
        return try latest.sorted { $0.key < $1.key }.filter { !merged.contains($0.key) }.flatMap { person, settled in
            try settled.values.filter { year == nil || $0.year == year }.sorted {
                ($0.key, $0.year) < ($1.key, $1.year)
            }
            .map { standing in
                guard let period = standing.period, let outcome = Outcome(rawValue: standing.outcome),
                    let policy = book.all[standing.policy]?.policy
                else { throw Failure.settledDamaged(person) }
                return SettledYear(
                    person: ID(person), key: standing.key, version: standing.version, period: period,
                    result: outcome.name, qualifies: outcome != .short, unit: histories[person]?.unit(on: period.to),
                    lines: standing.lines(policy), isReopened: !years.isFrozen(standing.year, standing.turn))
            }
        }
    }

    /// Whether what was printed of this version of a settled standing is still so: it meets what was asked, and is the
    /// newest version, or the newest comes to the same. Of the newest version one row is read.
    package func isUnchanged(
        _ person: ID<Person>, key: String, from: Day, version: Int, printed: @autoclosure () -> SettledYear.Printed,
        _ transaction: Transaction
    ) throws -> Bool {
        let (store, place) = (SettlementStore(transaction, people), StandingKey(key: key, from: from))
        guard let newest = try store.newest(person, place) else { return false }
        guard let outcome = Outcome(rawValue: newest.outcome) else { throw Failure.settledDamaged(person.number) }
        if newest.version == version || outcome == .short { return outcome != .short }
        guard let standing = try store.versions(person).last(where: { $0.place == place }),
            let policy = try book(transaction).all[standing.policy]?.policy
        else { throw Failure.settledDamaged(person.number) }
        return SettledYear.Printed(outcome.name, standing.lines(policy)) == printed()
    }

    /// The first and the last number of at most so many people after one; `nil` after the last.
    package func range(
        after number: Int, limit: Int, _ transaction: Transaction
    ) throws -> ClosedRange<Int>? {
        let roots = try PersonStore(transaction, people).roots(after: number, limit: limit)
        guard let first = roots.first, let last = roots.last else { return nil }
        return first.number...last.number
    }
}

extension SettledStanding {
    /// What the body says to have counted, requirement by requirement.
    fileprivate func lines(_ policy: Policy) -> [SettledYear.RequirementHours] {
        (StandingCodec.decode(body)?.lines ?? []).filter {
            policy.hoursRequirements.indices.contains($0.hoursRequirement)
        }.map {
            SettledYear.RequirementHours(policy.name(of: $0), $0.counted)
        }
    }
}

extension Failure {
    fileprivate static func settledDamaged(_ person: Int) -> Failure {
        Failure(
            .damaged, "settlement.damaged", "人员 \(person) 的已结算记录无法读取。请停止写入，运行 settle --check 查看，并从备份恢复。",
            en:
                "What is settled of person \(person) cannot be read. Restore a backup."
        )
    }
}
