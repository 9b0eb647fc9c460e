import Kernel
import Policy
import Signing

/// One settled version of a standing.
package struct SettledStanding: Sendable {
    let person: Int
    let place: StandingKey
    package let version: Int
    let year: Year
    let policy: Int
    let outcome: String
    package let body: String
    let hash: [UInt8]
    /// Why the version was made: `settle` with the whole year, `person` for this person alone, `entries` after hours
    /// were submitted later. For a person's year that was opened again: the reason that was given.
    package let reason: String
    /// Milliseconds since 1970.
    package let settled: Int
    /// The turn of the year that it belongs to; 0 where the year was opened again for this person alone.
    let turn: Int

    package var key: String { place.key }

    package var words: LocalizedText {
        let day = Day(milliseconds: settled)
        return LocalizedText("第 \(version) 版，\(day)，\(why.chinese)", en: "version \(version), \(day), \(why.english)")
    }

    private var why: LocalizedText {
        if turn == 0 { return LocalizedText("为本人重新开放：", en: "reopened for this person: ") + .quoted(reason) }
        return switch reason {
        case "settle": LocalizedText("年度结算", en: "the year was settled")
        case "person": LocalizedText("单独结算", en: "settled alone")
        case "entries": LocalizedText("结算后学时有变动", en: "hours changed after settlement")
        default: .quoted(reason)
        }
    }

    /// Whether the outcome matches the body and the body matches its hash.
    var isWhole: Bool {
        StandingCodec.head(body).map { $0.outcome == outcome } == true && sha256(body.utf8) == hash
    }

    var period: Period? { StandingCodec.head(body)?.period }

    /// Whether a standing's body says the same as the settled one.
    func says(_ body: String) -> Bool { StandingCodec.same(self.body, body) }
}

extension SettledPeriods {
    /// `settled`: the newest versions of one person's standings.
    init(_ settled: [StandingKey: SettledStanding], _ years: YearStates, _ book: PolicyBook) {
        self.init(
            settled.sorted { $0.key < $1.key }.compactMap { _, standing in
                guard years.isFrozen(standing.year, standing.turn), let period = standing.period,
                    let version = book.all[standing.policy]
                else { return nil }
                return Item(period: period, version: version)
            })
    }
}
