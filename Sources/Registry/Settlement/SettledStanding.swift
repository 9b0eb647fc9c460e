import Kernel
import Policy
import Signing

/// A standing as it was settled, in one of its versions.
package struct SettledStanding: Sendable {
    let person: Int
    let place: StandingPlace
    package let version: Int
    let year: Year
    let policy: Int
    let outcome: String
    package let body: String
    let hash: [UInt8]
    /// Why it was made.
    package let reason: String
    /// Milliseconds since 1970.
    package let settled: Int
    /// The turn of the year that it belongs to; 0: a person's year that was opened again by itself.
    let turn: Int

    package var key: String { place.key }

    package var words: String { "第 \(version) 版，\(Day(milliseconds: settled))，\(Self.reasons[reason] ?? reason)" }

    private static let reasons = ["settle": "年度结算", "entries": "结算后学时有变动"]

    /// The body says its period and outcome; the hash says that it is the body that was settled.
    var isWhole: Bool {
        let lines = body.utf8.split(separator: 10, maxSplits: 3)
        return lines.count == 4 && lines[2].starts(with: "outcome \(outcome) ".utf8) && sha256(body.utf8) == hash
    }

    var period: Period? { Self.period(in: body.utf8) }

    /// The second line says it: `period 2022-01-01 2022-12-31`.
    static func period(in body: some Collection<UInt8>) -> Period? {
        let lines = body.split(separator: 10, maxSplits: 2)
        guard lines.count == 3 else { return nil }
        let words = lines[1].split(separator: 32)
        guard words.count == 3, words[0].elementsEqual("period".utf8),
            let from = Day(String(decoding: words[1], as: UTF8.self)),
            let to = Day(String(decoding: words[2], as: UTF8.self))
        else { return nil }
        return Period(from: from, to: to)
    }
}

extension Frozen {
    /// `settled`: the newest versions of one person's standings.
    init(_ settled: [StandingPlace: SettledStanding], _ years: YearStates, _ book: PolicyBook) {
        self.init(
            settled.sorted { $0.key < $1.key }.compactMap { _, standing in
                guard years.isFrozen(standing.year, standing.turn), let period = standing.period,
                    let version = book.all[standing.policy]
                else { return nil }
                return Item(period: period, version: version)
            })
    }
}
