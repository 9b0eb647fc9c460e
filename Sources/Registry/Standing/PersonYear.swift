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

    /// From which day on the policy asks nothing of the person any more whom it asked before in the period; `nil` where
    /// it asks at the end.
    package var ended: Day? {
        let (policy, period) = (version.policy, standing.period)
        guard !policy.asks(facts, on: period.to) else { return nil }
        let changes = facts.flatMap { fact in
            [fact.during.from] + (fact.during.to < period.to ? [fact.during.to.adding(days: 1)] : [])
        }
        var end: Day?
        for day in Set(changes.filter(period.contains) + [period.from]).sorted(by: >) {
            if policy.asks(facts, on: day) { return end }
            end = day
        }
        return nil
    }

    /// The same in words.
    package var endedWords: String? {
        ended.map { "自 \($0) 起，本政策不再适用于本人（单位或人员关系已变动）；在此以前登记的学时保留" }
    }

    /// The standing as text: what is kept, settled and compared. Equal standings give equal bytes.
    package var body: String {
        var text = ByteText()
        text.add("policy ", version.mark)
        text.add("\nperiod ", standing.period.from)
        text.add(" ", standing.period.to)
        text.add("\noutcome ", standing.outcome.rawValue)
        text.add(" waivers ", "")
        for (place, waiver) in standing.waivers.enumerated() { text.add(place > 0 ? "," : "", waiver) }
        text.add("\ncarried ", standing.carried.hundredths)
        for line in standing.lines {
            text.add("\nline ", line.want)
            text.add(" ", line.year.map(\.description) ?? "-")
            for hours in [line.wanted, line.earned, line.counted] { text.add(" ", hours.hundredths) }
        }
        for item in standing.uncounted {
            text.add("\nuncounted ", item.entry)
            text.add(" ", item.hours.hundredths)
            text.add(" ", item.reason.word)
        }
        text.add("\nentries", entries.isEmpty ? " " : "")
        for entry in entries {
            text.add(" ", entry.person.number)
            text.add(":", entry.number)
        }
        return text.text
    }
}

/// A text in the making: digits go straight to its bytes.
private struct ByteText {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(600) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ sign: StaticString, _ part: String) {
        add(sign)
        bytes.append(contentsOf: part.utf8)
    }

    mutating func add(_ sign: StaticString, _ number: Int) {
        add(sign)
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func add(_ sign: StaticString, _ day: Day) {
        let civil = day.civil
        add(sign, civil.year)
        add(civil.month < 10 ? "-0" : "-", civil.month)
        add(civil.day < 10 ? "-0" : "-", civil.day)
    }

    private mutating func add(_ sign: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: sign.utf8Start, count: sign.utf8CodeUnitCount))
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
