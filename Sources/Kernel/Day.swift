/// A calendar day in China.
///
/// Days are computed at a fixed UTC+8, because Asia/Shanghai had summer time in some years.
package struct Day: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    package let number: Int

    package static let first = Day(year: 1800, month: 1, day: 1)
    package static let last = Day(year: 9999, month: 12, day: 31)

    package init(number: Int) { self.number = number }

    /// The day of `milliseconds` since 1970-01-01T00:00Z in China.
    package init(milliseconds: Int) {
        let local = milliseconds + 8 * 3_600_000
        number = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    }

    /// `nil` if there is no such day (2022-02-29) or the year is outside 1800…9999.
    package init?(_ year: Int, _ month: Int, _ day: Int) {
        guard 1800...9999 ~= year, 1...12 ~= month, 1...Self.length(ofMonth: month, in: year) ~= day else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Parses `2022-06-01` and no other format.
    package init?(_ text: some StringProtocol) {
        guard let day = Array(text.utf8).withUnsafeBytes({ Day(utf8: $0) }) else { return nil }
        self = day
    }

    /// The same from bytes, without a copy, because every row of a ledger has a day.
    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45 else { return nil }
        var digits = 0
        for place in 0..<10 where place != 4 && place != 7 {
            guard 48...57 ~= bytes[place] else { return nil }
            digits = digits * 10 + Int(bytes[place] - 48)
        }
        self.init(digits / 10_000, digits / 100 % 100, digits % 100)
    }

    /// An existing day of any year. Counting months from March makes the start of every month a linear formula.
    init(year: Int, month: Int, day: Int) {
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    /// The first millisecond of the day since 1970-01-01T00:00Z.
    package var start: Int { number * 86_400_000 - 8 * 3_600_000 }

    /// Year, month and day of the Gregorian calendar.
    package var civil: (year: Int, month: Int, day: Int) {
        let z = number + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    package var year: Year { Year(civil.year) }

    /// The same day of another year; 29 February becomes 28 if necessary.
    package func adding(years: Int) -> Day {
        let (year, month, day) = civil
        return Day(year: year + years, month: month, day: min(day, Self.length(ofMonth: month, in: year + years)))
    }

    /// The same day of a later month, or the last day of a shorter one.
    package func adding(months: Int) -> Day {
        let (year, month, day) = civil
        let (turns, index) = (month - 1 + months).quotientAndRemainder(dividingBy: 12)
        let last = Self.length(ofMonth: index + 1, in: year + turns)
        return Day(year: year + turns, month: index + 1, day: min(day, last))
    }

    package func adding(days: Int) -> Day { Day(number: number + days) }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (a: Day, b: Day) -> Bool { a.number < b.number }
}

extension Day: CustomStringConvertible {
    /// `2022-06-01`
    package var description: String {
        let (year, month, day) = civil
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
