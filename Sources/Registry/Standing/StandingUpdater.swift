import Database
import Kernel
import People
import Policy

/// Keeps standings true in the transaction that changes what they are made of.
struct StandingUpdater {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int

    private var store: StandingStore { StandingStore(transaction, people) }
    private var settlements: SettlementStore { SettlementStore(transaction, people) }

    /// Recomputes the standings of people. Where a settled one changed by entries of these years, a new settled version
    /// is made beside the old. `changed` is told of each that is kept otherwise now.
    func refresh(_ affected: [ID<Person>: Set<Year>], changed: (StandingChange) -> Void = { _ in }) throws {
        guard !affected.isEmpty else { return }
        let years = try settlements.years()
        for run in affected.keys.sorted().runs {
            guard let first = run.first?.number, let last = run.last?.number else { continue }
            let kept = try store.kept(from: first, through: last)
            let settled = try settlements.latest(from: first, through: last)
            for standingInput in try store.standingInputs(run) {
                let root = standingInput.root
                let old = settled[root.number] ?? [:]
                try refresh(
                    standingInput, affected[root] ?? [], kept[root.number] ?? [:], old,
                    SettledPeriods(old, years, book), changed)
            }
        }
    }

    private func refresh(
        _ standingInput: StandingInput, _ affected: Set<Year>, _ kept: [StandingKey: (year: Year, body: String)],
        _ settled: [StandingKey: SettledStanding], _ settledPeriods: SettledPeriods, _ changed: (StandingChange) -> Void
    ) throws {
        var current: [StandingKey: ComputedStanding] = [:]
        let years = standingInput.years.union(affected).union(kept.values.map(\.year)).union(settled.values.map(\.year))
        for year in years.sorted() {
            for item in standingInput.standings(touching: year, book, settledPeriods) { current[item.place] = item }
        }
        for (place, item) in current.sorted(by: { $0.key < $1.key }) {
            let text = StandingText(item)
            if kept[place]?.body != text.body {
                try store.put(text)
                changed(StandingChange(before: kept[place]?.body, after: item))
            }
            guard let old = settled[place], !old.says(text.body),
                settledPeriods.version(item.version.key, from: item.standing.period.from) != nil,
                item.standing.period.years.contains(where: affected.contains)
            else { continue }
            try settlements.add(text, version: old.version + 1, turn: old.turn, reason: "entries", at: now)
        }
        for place in kept.keys where current[place] == nil { try store.drop(standingInput.root, place: place) }
    }

    /// A person that stands for another has no standing of its own.
    func clear(_ person: ID<Person>) throws {
        for place in (try store.kept(from: person.number, through: person.number)[person.number] ?? [:]).keys {
            try store.drop(person, place: place)
        }
    }
}

/// A standing that is kept otherwise now.
struct StandingChange: Sendable {
    /// The text that was kept before; `nil` where none was.
    let before: String?
    let after: ComputedStanding
}

extension [ID<Person>] {
    /// Stretches of numbers that lie close together, at most so many people each: one query reads a stretch.
    var runs: [[ID<Person>]] {
        reduce(into: []) { runs, person in
            if let last = runs.last?.last, person.number - last.number <= 4, runs[runs.count - 1].count < 500 {
                runs[runs.count - 1].append(person)
            } else {
                runs.append([person])
            }
        }
    }
}
