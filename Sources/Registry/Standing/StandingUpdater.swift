import Database
import Kernel
import People
import Policy

/// Updates stored standings in the transaction that changes their input.
struct StandingUpdater {
    let transaction: Transaction
    let people: People
    let book: PolicyBook
    let now: Int

    private var store: StandingStore { StandingStore(transaction, people) }
    private var settlements: SettlementStore { SettlementStore(transaction, people) }

    /// Recomputes the standings of people. Where entries of these years change a settled standing, a new settled
    /// version is added. `changed` gets each stored standing that changed.
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

    /// Removes the standings of a person who is merged into another.
    func clear(_ person: ID<Person>) throws {
        for place in (try store.kept(from: person.number, through: person.number)[person.number] ?? [:]).keys {
            try store.drop(person, place: place)
        }
    }
}

/// A change of a stored standing.
struct StandingChange: Sendable {
    /// The text that was stored before; `nil` where there was none.
    let before: String?
    let after: ComputedStanding
}

extension [ID<Person>] {
    /// Groups of neighbouring numbers, at most 500 people each. One query reads a group.
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
