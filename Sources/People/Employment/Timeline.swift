import Kernel

/// A person's values that follow one another, such as employments, and the effect of a new statement.
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

    /// The valid items by first day.
    let held: [Item]

    /// The rows that make `value` valid from a day on; none if it is already known. The open value ends the day before;
    /// one that began the same day was a mistake and is replaced.
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

    /// A statement without an end lasts until the next known item, so that an old list does not undo a later move.
    private func bounded(_ stated: Period) -> Period {
        let next = held.map(\.during.from).filter { $0 > stated.from }.min()
        return Period(from: stated.from, to: next.map { min(stated.to, $0.adding(days: -1)) } ?? stated.to)
    }
}
