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
        var text = "policy \(version.mark)\nperiod \(standing.period.from) \(standing.period.to)\n"
        text.reserveCapacity(400)
        text += "outcome \(standing.outcome.rawValue) waivers "
        text += standing.waivers.map(String.init).joined(separator: ",")
        text += "\ncarried \(standing.carried.hundredths)"
        for line in standing.lines {
            text += "\nline \(line.want) \(line.year.map(\.description) ?? "-") \(line.wanted.hundredths) "
            text += "\(line.earned.hundredths) \(line.counted.hundredths)"
        }
        for item in standing.uncounted {
            text += "\nuncounted \(item.entry) \(item.hours.hundredths) \(item.reason.word)"
        }
        text += "\nentries "
        for (index, entry) in entries.enumerated() {
            if index > 0 { text += " " }
            text += "\(entry.person):\(entry.number)"
        }
        return text
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
