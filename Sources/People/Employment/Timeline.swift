import Kernel

/// What is true of a person one after the other, such as employments: what a new statement changes of it.
struct Timeline<Value: Equatable> {
    struct Item {
        let turn: Int
        let value: Value
        let during: Period
    }

    /// A row to add, and the row that it replaces.
    struct Step {
        let value: Value
        let during: Period
        let replaces: Int?
    }

    /// Those that hold, by first day.
    let held: [Item]

    /// The rows by which `value` holds from a day on; none where it is known. What was open ends the day before; what
    /// began the same day is replaced, since it was a mistake.
    func steps(to value: Value, during stated: Period) -> [Step] {
        let during = bounded(stated)
        if held.contains(where: { $0.value == value && $0.during == during }) { return [] }
        if let same = held.last(where: { $0.during.from == during.from }) {
            return [Step(value: value, during: during, replaces: same.turn)]
        }
        let open = held.last { $0.during.from < during.from && $0.during.to >= during.from }
        let ended = open.map { open in
            let before = Period(from: open.during.from, to: during.from.adding(days: -1))
            return Step(value: open.value, during: before, replaces: open.turn)
        }
        return [ended, Step(value: value, during: during, replaces: nil)].compactMap { $0 }
    }

    /// What is stated without an end lasts until the next that is known: an old list sent again undoes no later move.
    private func bounded(_ stated: Period) -> Period {
        let next = held.map(\.during.from).filter { $0 > stated.from }.min()
        return Period(from: stated.from, to: next.map { min(stated.to, $0.adding(days: -1)) } ?? stated.to)
    }
}
