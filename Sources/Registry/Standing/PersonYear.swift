import Kernel
import People
import Policy

/// A person's standing under one policy in one period, with what it was made of.
package struct PersonYear: Sendable {
    package let person: ID<Person>
    package let version: PolicyVersion
    package let standing: Standing
    /// The un-reversed entries of the period, in the order of person and number.
    package let entries: [LedgerEntry]
    package let facts: [DatedFact]

    /// The calendar year in which the period ends: the one that it is settled with.
    package var year: Year { standing.period.to.year }

    /// Whether the person is short and not asked to be otherwise by somebody: 不作硬性要求.
    package var isWaived: Bool { standing.outcome == .short && !standing.waivers.isEmpty }

    /// The standing as text: what is kept, settled and compared. Equal standings give equal bytes.
    package var body: String {
        let hash = version.hash.prefix(8).hexadecimal
        var lines = [
            "policy \(version.key) \(version.version) \(hash)", "period \(standing.period.from) \(standing.period.to)",
        ]
        lines.append(
            "outcome \(standing.outcome.rawValue) waivers \(standing.waivers.map(String.init).joined(separator: ","))")
        lines.append("carried \(standing.carried.hundredths)")
        lines += standing.lines.map { line in
            let year = line.year.map(\.description) ?? "-"
            return
                "line \(line.want) \(year) "
                + [line.wanted, line.earned, line.counted].map { String($0.hundredths) }.joined(separator: " ")
        }
        lines += standing.uncounted.map { "uncounted \($0.entry) \($0.hours.hundredths) \($0.reason.word)" }
        lines.append("entries " + entries.map { "\($0.person):\($0.number)" }.joined(separator: " "))
        return lines.joined(separator: "\n")
    }
}

extension Standing.Reason {
    fileprivate var word: String {
        switch self {
        case .cap(let index): "cap \(index)"
        case .twice(let entry): "twice \(entry)"
        case .lowerLevel(let entry): "lower \(entry)"
        case .countedEarlier: "earlier"
        }
    }
}
