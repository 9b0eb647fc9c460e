import Database
import Kernel
import People
import Policy

/// The newest settled version of a standing, for other modules.
package struct SettledYear: Sendable {
    /// The hours that counted towards one requirement.
    package struct RequirementHours: Sendable, Hashable {
        package let name: String
        package let hours: CreditHours

        package init(_ name: String, _ hours: CreditHours) { (self.name, self.hours) = (name, hours) }
    }

    /// The part that is printed on a certificate.
    package struct Printed: Sendable, Hashable {
        let result: String
        let lines: [RequirementHours]

        package init(_ result: String, _ lines: [RequirementHours]) { (self.result, self.lines) = (result, lines) }
    }

    package let person: ID<Person>
    /// Distinguishes it from the person's other standings of the period.
    package let key: String
    /// 1, 2, 3 … of the standing.
    package let version: Int
    package let period: Period
    /// 合格、不合格、免修.
    package let result: String
    /// Whether the requirements are met, or there were none.
    package let qualifies: Bool
    /// The unit at the end of the period, or the last one before it.
    package let unit: Organisation?
    package let lines: [RequirementHours]
    /// Whether the year was opened again, for all or for this person. Then another version will follow.
    package let isReopened: Bool

    package var printed: Printed { Printed(result, lines) }

    /// The year that it was settled with.
    package var year: Year { period.to.year }
}

extension Registry {
    /// The newest settled versions of the standings of a year, or of all years, by person and policy. People who are
    /// merged into others are left out. Failure: `settlement.damaged`.
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

    /// Whether the printed facts of a settled version are still valid: the newest version is not short, and it is this
    /// version or has the same printed facts. If it is this version, one row is read. Failure: `settlement.damaged`.
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

    /// The first and the last number of the next people after `number`, at most `limit`; `nil` after the last.
    package func range(
        after number: Int, limit: Int, _ transaction: Transaction
    ) throws -> ClosedRange<Int>? {
        let roots = try PersonStore(transaction, people).roots(after: number, limit: limit)
        guard let first = roots.first, let last = roots.last else { return nil }
        return first.number...last.number
    }
}

extension SettledStanding {
    /// The counted hours of each requirement, from the body.
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
                "The settled standings of person \(person) cannot be read. Restore a backup."
        )
    }
}
