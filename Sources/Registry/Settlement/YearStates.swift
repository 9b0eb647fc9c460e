import Integrity
import Kernel

/// Where a year stands: 开放、结算中、已结算.
package enum YearState: String, Sendable {
    case open
    case closing
    case settled
}

/// One change of a year's state.
struct YearTurn: Sendable {
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
struct YearStates: Sendable {
    private let turns: [YearTurn]
    /// The years that are settled or being settled, each with when it was last opened again (0 for never): what was
    /// settled after that is frozen.
    let frozen: [Year: Int]
    /// When each year was last opened again.
    let openings: [Year: Int]

    /// `turns` by year and in their order. Failure: `settlement.years` where one is missing.
    init(_ turns: [YearTurn], _ states: States) throws(Failure) {
        guard states.count(.year) == turns.count else { throw .yearsAltered }
        for (place, turn) in turns.enumerated() where place + 1 == turns.count || turns[place + 1].year != turn.year {
            guard states.value(.year, "\(turn.year)") == turn.change else { throw .yearsAltered }
        }
        var (opened, frozen): ([Year: Int], [Year: Int]) = ([:], [:])
        for turn in turns {
            if turn.state == .open {
                opened[turn.year] = turn.decided
                frozen[turn.year] = nil
            } else {
                frozen[turn.year] = opened[turn.year] ?? 0
            }
        }
        (self.turns, self.frozen, openings) = (turns, frozen, opened)
    }

    /// Whether the year was opened again after this was settled: another version is to be expected.
    func isReopened(_ standing: SettledStanding) -> Bool { standing.settled <= openings[standing.year] ?? 0 }

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
