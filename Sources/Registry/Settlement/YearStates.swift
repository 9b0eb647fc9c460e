import Integrity
import Kernel

/// Where a year stands: 开放、结算中、已结算.
package enum YearState: String, Sendable, CaseIterable, Codable {
    case open
    case closing
    case settled
}

/// Where a year stands for one person.
package enum PersonState: Sendable, Hashable {
    /// As it does for everybody.
    case year(YearState)
    /// Settled by itself, while the year is open.
    case alone
    /// Opened again by itself after it was settled, and not settled since.
    case openedAlone
    /// The year is settled, and nothing of the person was settled in it.
    case missed

    /// Whether what the person comes to is final.
    package var isSettled: Bool { year == .settled }

    /// The state of a year that comes to the same.
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
    /// 1, 2, 3 … of the year.
    let turn: Int
    let state: YearState
    /// Milliseconds since 1970.
    let decided: Int

    /// The value of the change of state that is recorded with it.
    var change: String { "\(turn) \(state.rawValue)" }
}

/// Where all years stand, by their changes.
///
/// What is settled names the turn of the year that it belongs to, so no clock decides what is frozen: it is, until the
/// year is opened in a later turn. Who is settled alone while the year is open belongs to the turn that comes next.
struct YearStates: Sendable {
    private let turns: [YearStateChange]
    /// The turn in which each year was last opened.
    private let openings: [Year: Int]

    /// `turns` by year and in their order.
    init(_ turns: [YearStateChange]) {
        self.turns = turns
        openings = turns.reduce(into: [:]) { if $1.state == .open { $0[$1.year] = $1.turn } }
    }

    /// Failure: `settlement.years` where a turn is missing.
    func check(_ states: CurrentStates) throws(Failure) {
        guard states.count(.year) == turns.count else { throw .yearsAltered }
        for (place, turn) in turns.enumerated() where place + 1 == turns.count || turns[place + 1].year != turn.year {
            guard states.value(.year, "\(turn.year)") == turn.change else { throw .yearsAltered }
        }
    }

    /// Whether nothing was ever settled.
    var isEmpty: Bool { turns.isEmpty }

    /// Whether what was settled in a turn of a year stands. Where it does not, the year or the person was opened again
    /// and another version is to be expected.
    func isFrozen(_ year: Year, _ turn: Int) -> Bool { turn > openings[year] ?? 0 }

    /// The turn that what is settled now belongs to.
    func turn(settling year: Year) -> Int { turns(of: year) + (state(of: year) == .open ? 1 : 0) }

    /// The turn of what was settled before turns were named: that after the last opening before it.
    func turn(of year: Year, at time: Int) -> Int {
        let opening = turns.last { $0.year == year && $0.state == .open && $0.decided < time }
        return (opening?.turn ?? 0) + 1
    }

    /// Whether a year was opened again and is not settled since: what was decided before may come out otherwise.
    func isReopened(_ year: Year) -> Bool { openings[year] ?? 0 > 1 && state(of: year) != .settled }

    /// Whether all of some year was ever settled.
    var hasSettled: Bool { turns.contains { $0.state == .settled } }

    /// Where a year stands for somebody of whom these are the newest versions that are settled in it.
    func state(of year: Year, _ newest: some Collection<SettledStanding>) -> PersonState {
        let isFrozen = newest.contains { self.isFrozen(year, $0.turn) }
        return switch state(of: year) {
        case .closing: .year(.closing)
        case .open: isFrozen ? .alone : .year(.open)
        case .settled: isFrozen ? .year(.settled) : newest.isEmpty ? .missed : .openedAlone
        }
    }

    func state(of year: Year) -> YearState { turns.last { $0.year == year }?.state ?? .open }

    /// How often the year's state has changed.
    func turns(of year: Year) -> Int { turns.last { $0.year == year }?.turn ?? 0 }

    /// The years that were ever settled or being settled, in their order.
    var all: [(year: Year, state: YearState)] {
        turns.reduce(into: [Year: YearState]()) { $0[$1.year] = $1.state }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
    }
}

extension Failure {
    fileprivate static let yearsAltered = Failure(
        .damaged, "settlement.years", "年度状态与变更记录不符：有结算或重新开放的记录被删除或换回旧的。请停止写入，从备份恢复。",
        en: "The states of the years are not those of the changes of state. Stop writing, restore a backup.")
}
