import Kernel
import People
import Policy

extension Recogniser {
    /// Refuses new entries of an earlier year that would reduce the hours of a settled later year. This can
    /// happen with kinds that count once for life.
    ///
    /// Failure: `recognition.settled-later`.
    func refuseLoweringLaterSettled(_ entries: [LedgerEntry], _ personContext: PersonContext) throws {
        guard let first = entries.map(\.year).min(),
            personContext.settledPeriods.items.contains(where: { $0.period.from.year > first }),
            entries.contains(where: { book.all[$0.policy.number]?.policy.lifelongKinds.contains($0.kind) == true })
        else { return }
        let settlements = SettlementStore(transaction, people)
        let settled = try settlements.latest(from: personContext.root.number, through: personContext.root.number)[
            personContext.root.number]
        let standingInput = try StandingStore(transaction, people).standingInput(personContext.family)
        for (place, old) in (settled ?? [:]).sorted(by: { $0.key < $1.key }) where old.year > first {
            let now = standingInput.standings(touching: old.year, book, personContext.settledPeriods).first {
                $0.place == place
            }
            guard let now, let record = StandingCodec.decode(old.body) else { continue }
            for (before, after) in zip(record.lines, now.standing.lines) where after.counted < before.counted {
                throw Failure.settledLater(first, old.year, now.version.policy.name(of: after), before, after)
            }
        }
    }
}

extension Failure {
    fileprivate static func settledLater(
        _ year: Year, _ later: Year, _ name: String, _ before: Standing.RequirementResult,
        _ after: Standing.RequirementResult
    ) -> Failure {
        Failure(
            .refused, "recognition.settled-later",
            "登记后，已结算的\(later)年度\(name)会由 \(before.counted) 学时减为 \(after.counted) 学时：按规定只计一次的成果，已在该年度计入，没有登记。"
                + "确需改计在\(year)年度的，请主管部门先为本人重新开放\(later)年度",
            en: "It would reduce the hours of \(later), which is settled. Open that year again for the person first.")
    }
}
