import Kernel
import Policy

/// A standing as text, which is stored, settled and compared. Equal standings give equal bytes. Every version that was
/// ever written stays readable; each has a golden file.
///
/// Version 2, one line each: `standing 2`; `policy KEY VERSION HASH`; `period FROM TO`; `outcome WORD`; `waivers` and
/// their positions in the policy; `carried HOURS`; `line REQUIREMENT YEAR REQUIRED EARNED COUNTED` for each
/// requirement, with `-` for no year; `uncounted PERSON:NUMBER HOURS REASON` for hours that do not count; `entries` and
/// their persons and numbers. Hours are hundredths. Version 1 had no first line, had the waivers after the outcome, and
/// added 10,000 to the entry numbers for each merged person.
enum StandingCodec {
    static func encode(_ record: StandingRecord) -> String {
        var text = ByteText()
        text.add("standing 2\npolicy ", record.policy)
        text.add("\nperiod ", record.period.from)
        text.add(" ", record.period.to)
        text.add("\noutcome ", record.outcome.rawValue)
        text.add("\nwaivers")
        for waiver in record.waivers { text.add(" ", waiver) }
        text.add("\ncarried ", record.carried.hundredths)
        for line in record.lines {
            text.add("\nline ", line.hoursRequirement)
            if let year = line.year { text.add(" ", year.number) } else { text.add(" -") }
            text.add(" ", line.required.hundredths)
            text.add(" ", line.earned.hundredths)
            text.add(" ", line.counted.hundredths)
        }
        for item in record.uncounted {
            text.add("\nuncounted ", item.entry)
            text.add(" ", item.hours.hundredths)
            text.add(item.reason)
        }
        text.add("\nentries")
        for entry in record.entries { text.add(" ", entry) }
        return text.text
    }

    /// `nil` where the text has another format.
    static func decode(_ body: String) -> StandingRecord? {
        let lines = body.utf8.split(separator: 10).map { StandingTextLine(Substring($0)) }
        guard lines.count > 4 else { return nil }
        let isFirst = lines[0].name != "standing"
        guard isFirst || lines[0].words == ["2"] else { return nil }
        var parts = StandingTextParser(isFirst: isFirst)
        for line in isFirst ? lines[...] : lines[1...] {
            guard parts.take(line) else { return nil }
        }
        return parts.record
    }

    /// Whether both texts say the same. Texts of different versions are compared without the names of uncounted
    /// entries, since version 1 numbered those of merged people differently.
    static func same(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        let marks = (a.utf8.starts(with: mark.utf8), b.utf8.starts(with: mark.utf8))
        guard marks.0 != marks.1, let one = decode(a), let other = decode(b) else { return false }
        return one.withoutPlaces == other.withoutPlaces
    }

    private static let mark = "standing 2\n"

    /// Period and outcome of a text of any version, from their fixed positions, since all settled rows are read.
    static func head(_ bytes: UnsafeRawBufferPointer) -> (period: Period, outcome: Substring)? {
        let isNewest = bytes.starts(with: mark.utf8)
        guard let end = bytes.dropFirst(isNewest ? mark.utf8.count : 0).firstIndex(of: newline) else { return nil }
        let line = bytes[(end + 1)...]
        guard line.count > 28, line.starts(with: "period ".utf8), line.dropFirst(29).starts(with: "outcome ".utf8),
            let from = Day(utf8: UnsafeRawBufferPointer(rebasing: line.dropFirst(7).prefix(10))),
            let to = Day(utf8: UnsafeRawBufferPointer(rebasing: line.dropFirst(18).prefix(10))),
            let period = Period(checking: from, to)
        else { return nil }
        let outcome = line.dropFirst(37).prefix { $0 != newline && $0 != UInt8(ascii: " ") }
        return (period, Substring(decoding: outcome, as: UTF8.self))
    }

    static func head(_ body: String) -> (period: Period, outcome: Substring)? {
        var body = body
        return body.withUTF8 { head(UnsafeRawBufferPointer($0)) }
    }

    private static let newline = UInt8(ascii: "\n")

    /// The figures that people see, without the policy's version and the list of entries.
    static func figures(_ body: String) -> StandingRecord? { decode(body)?.figures }
}

/// A standing without its input.
struct StandingRecord: Sendable, Hashable {
    /// Key, version and the beginning of the hash.
    var policy: String
    let period: Period
    let outcome: Outcome
    let waivers: [Int]
    let carried: CreditHours
    let lines: [Standing.RequirementResult]
    var uncounted: [Standing.Uncounted]
    var entries: [EntryID]

    fileprivate var withoutPlaces: StandingRecord {
        var record = self
        record.uncounted = uncounted.map { item in
            let reason: Standing.Reason =
                switch item.reason {
                case .twice: .twice(of: .none)
                case .lowerLevel: .lowerLevel(than: .none)
                default: item.reason
                }
            return Standing.Uncounted(entry: .none, hours: item.hours, reason: reason)
        }
        return record
    }

    fileprivate var figures: StandingRecord {
        var record = self
        (record.policy, record.entries) = ("", [])
        return record
    }
}

extension EntryID {
    fileprivate static let none = EntryID(person: 0, number: 0)
}

extension StandingRecord {
    init(_ item: ComputedStanding) {
        let standing = item.standing
        self.init(
            policy: item.version.mark, period: standing.period, outcome: standing.outcome, waivers: standing.waivers,
            carried: standing.carried, lines: standing.lines, uncounted: standing.uncounted,
            entries: item.entries.map(\.id))
    }
}
