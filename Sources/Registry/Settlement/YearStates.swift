import Integrity
import Kernel

/// The state of a year: 开放、结算中、已结算.
package enum YearState: String, Sendable, CaseIterable, Codable {
    case open
    case closing
    case settled
}

/// The state of a year for one person.
package enum PersonState: Sendable, Hashable {
    /// The same as for everybody.
    case year(YearState)
    /// Settled for this person alone, while the year is open.
    case alone
    /// Opened again for this person alone, and not settled since.
    case openedAlone
    /// The year is settled, but not for this person.
    case missed

    /// Whether the person's standings are final.
    package var isSettled: Bool { year == .settled }

    /// The equivalent state of a year.
    package var year: YearState {
        switch self {
        case .year(let state): state
        case .alone: .settled
        case .openedAlone, .missed: .open
        }
    }
}

/// One change of a year's state.
struct YearStateChange: Sendable {
    let year: Year
    /// 1, 2, 3 … within the year.
    let turn: Int
    let state: YearState
    /// Milliseconds since 1970.
    let decided: Int

    /// The value of the change in the state log.
    var change: String { "\(turn) \(state.rawValue)" }
}

/// The states of all years, from their changes.
///
/// A settled version names its turn of the year, so no clock decides what is frozen: it is frozen until the year is
/// opened in a later turn. A version that is settled for one person while the year is open belongs to the next turn.
struct YearStates: Sendable {
    private let turns: [YearStateChange]
    /// The turn in which each year was last opened.
    private let openings: [Year: Int]

    /// `turns` by year and in their order.
    init(_ turns: [YearStateChange]) {
        self.turns = turns
        openings = turns.reduce(into: [:]) { if $1.state == .open { $0[$1.year] = $1.turn } }
    }

    /// Failure: `settlement.years` where a turn is missing or differs from the state log.
    func check(_ states: CurrentStates) throws(Failure) {
        guard states.count(.year) == turns.count else { throw .yearsAltered }
        for (place, turn) in turns.enumerated() where place + 1 == turns.count || turns[place + 1].year != turn.year {
            guard states.value(.year, "\(turn.year)") == turn.change else { throw .yearsAltered }
        }
    }

    /// Whether no year has a recorded state.
    var isEmpty: Bool { turns.isEmpty }

    /// Whether versions of this turn of a year are frozen. If not, the year was opened again, for all or for the
    /// person, and another version will follow.
    func isFrozen(_ year: Year, _ turn: Int) -> Bool { turn > openings[year] ?? 0 }

    /// The turn of a version that is settled now.
    func turn(settling year: Year) -> Int { turns(of: year) + (state(of: year) == .open ? 1 : 0) }

    /// The turn of a version from before turns were stored: the one after the last opening before it.
    func turn(of year: Year, at time: Int) -> Int {
        let opening = turns.last { $0.year == year && $0.state == .open && $0.decided < time }
        return (opening?.turn ?? 0) + 1
    }

    /// Whether a year was opened again and is not settled since. Then earlier decisions may have other results now.
    func isReopened(_ year: Year) -> Bool { openings[year] ?? 0 > 1 && state(of: year) != .settled }

    /// Whether any year was ever settled as a whole.
    var hasSettled: Bool { turns.contains { $0.state == .settled } }

    /// The state of a year for a person. `newest`: the person's newest settled versions in it.
    func state(of year: Year, _ newest: some Collection<SettledStanding>) -> PersonState {
        let isFrozen = newest.contains { self.isFrozen(year, $0.turn) }
        return switch state(of: year) {
        case .closing: .year(.closing)
        case .open: isFrozen ? .alone : .year(.open)
        case .settled: isFrozen ? .year(.settled) : newest.isEmpty ? .missed : .openedAlone
        }
    }

    func state(of year: Year) -> YearState { turns.last { $0.year == year }?.state ?? .open }

    /// The number of changes of the year's state.
    func turns(of year: Year) -> Int { turns.last { $0.year == year }?.turn ?? 0 }

    /// The years with a recorded state, in their order.
    var all: [(year: Year, state: YearState)] {
        turns.reduce(into: [Year: YearState]()) { $0[$1.year] = $1.state }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
    }
}

extension Failure {
    fileprivate static let yearsAltered = Failure(
        .damaged, "settlement.years", "年度状态与变更记录不符：有结算或重新开放的记录被删除或换回旧的。请停止写入，从备份恢复。",
        en: "The states of the years differ from the changes of state. Stop writing, restore a backup.")
}
