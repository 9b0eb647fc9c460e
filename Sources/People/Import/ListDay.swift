import Kernel

extension Day {
    /// Parses a day in usual spellings: `2022-6-1`, `2022/06/01`, `2022.6.1`, `20220601`, `2022年6月1日 星期三`.
    ///
    /// A time after it (`2022-06-01 09:30:00`, `2022/6/1 上午9:30`, `20220601093000`, ISO 8601) is ignored. A time with a
    /// zone (`2022-05-31T16:00:00Z`) gives the day in China. The year must come first.
    package init?(flexible text: String) {
        if let day = Day(text) {
            self = day
            return
        }
        var scan = DayScanner(rest: Array(text.narrow.utf8)[...])
        guard let (day, isRun) = scan.day(), let time = scan.time(afterDigits: isRun) else { return nil }
        guard let zone = time.zone else {
            self = day
            return
        }
        // Minutes after midnight in China.
        let minutes = time.minutes - zone + 8 * 60
        self = day.adding(days: minutes < 0 ? -1 : minutes / 1440)
    }

    /// Says why a text is not a day, and what to do: `“2022.06”只有年月，没有日。请补上日，写成 2022-06-×× 的形式`. `accepted`: what to do
    /// if the text contains no part of a day.
    package static func objection(to text: String, accepted: LocalizedText) -> LocalizedText {
        let typed = text.narrow
        let numbers = typed.split { !$0.isASCII || !$0.isNumber }.map { Int($0) ?? 0 }
        let isRun = numbers.count == 1 && typed.utf8.allSatisfy { 48...57 ~= $0 }
        let parts = isRun && typed.utf8.count == 6 ? [numbers[0] / 100, numbers[0] % 100] : numbers
        if parts.count == 2, let first = Day(parts[0], parts[1], 1) {
            let form = "\(first.description.prefix(8))"
            return LocalizedText(
                "“\(text)”只有年月，没有日。请补上日，写成 \(form)×× 的形式", en: "“\(text)” is a month. Add the day: \(form)DD")
        }
        if isRun, 10_000...99_999 ~= numbers[0] {
            // Spreadsheets count days from 1899-12-30.
            let day = Day(number: numbers[0] - 25_569)
            return LocalizedText(
                "“\(text)”是表格软件里日期的序号，不是日期。它一般表示 \(day)：核对无误的，请写成 \(day)",
                en: "“\(text)” is a spreadsheet's number of a day, usually of \(day). If so, write \(day)")
        }
        let isYearLast = numbers.count > 2 && numbers[0] <= 31 && numbers[1] <= 31 && 1800...9999 ~= numbers[2]
        let fault =
            isYearLast
            ? LocalizedText("“\(text)”的年份不在最前面，分不清月和日", en: "“\(text)” does not begin with the year")
            : LocalizedText("“\(text)”不是日期", en: "“\(text)” is no day")
        return fault + .stop + accepted
    }
}

/// The rest of a text that is being parsed.
private struct DayScanner {
    var rest: ArraySlice<UInt8>

    /// Whether one of these comes next; if so, skips it.
    mutating func takes(_ words: String...) -> Bool {
        guard let word = words.first(where: { rest.starts(with: $0.utf8) }) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    /// A number with this many digits.
    mutating func number(_ digits: ClosedRange<Int>) -> Int? {
        let found = rest.prefix(digits.upperBound).prefix { 48...57 ~= $0 }
        guard found.count >= digits.lowerBound else { return nil }
        rest = rest.dropFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    mutating func blanks() { while takes(" ", "\t", "\u{3000}", "\u{A0}") {} }

    /// The day, and whether it consists of digits alone.
    mutating func day() -> (Day, isRun: Bool)? {
        guard let year = number(4...4) else { return nil }
        let isRun = rest.first.map { 48...57 ~= $0 } ?? false
        let digits = isRun ? 2...2 : 1...2
        guard between("年", isRun), let month = number(digits), between("月", isRun), let day = number(digits) else {
            return nil
        }
        if !isRun {
            blanks()
            _ = takes("日", "号")
        }
        return Day(year, month, day).map { ($0, isRun) }
    }

    private mutating func between(_ word: String, _ isRun: Bool) -> Bool {
        guard !isRun else { return true }
        blanks()
        guard takes("-", "/", ".", word) else { return false }
        blanks()
        return true
    }

    /// The time after the day in minutes after midnight, and the zone in minutes ahead of UTC. Midnight if there is
    /// none; `nil` if it is not a time.
    mutating func time(afterDigits isRun: Bool) -> (minutes: Int, zone: Int?)? {
        let isClose = isRun && rest.first.map { 48...57 ~= $0 } ?? false
        blanks()
        weekday()
        if rest.isEmpty { return (0, nil) }
        if isClose {
            guard let hour = number(2...2), let minute = number(2...2) else { return nil }
            _ = number(2...2)
            return rest.isEmpty && hour < 24 && minute < 60 ? (hour * 60 + minute, nil) : nil
        }
        _ = takes("T", "t")
        let isLate = takes("下午", "晚上")
        if !isLate { _ = takes("上午", "中午", "凌晨") }
        guard let clock = clock() else { return nil }
        let zone = zone()
        blanks()
        let isAfternoon = isLate || takes("PM", "pm", "下午")
        _ = takes("AM", "am", "上午")
        return rest.isEmpty ? (isAfternoon && clock < 720 ? clock + 720 : clock, zone) : nil
    }

    private mutating func weekday() {
        guard takes("星期", "周", "(星期", "（星期", "(周", "（周") else { return }
        _ = takes("一", "二", "三", "四", "五", "六", "日", "天")
        _ = takes(")", "）")
        blanks()
    }

    /// `9:30`, `09:30:00.000`
    private mutating func clock() -> Int? {
        guard let hour = number(1...2), hour < 24, takes(":", "："), let minute = number(1...2), minute < 60 else {
            return nil
        }
        if takes(":", "：") {
            guard let second = number(1...2), second < 60 else { return nil }
            if takes(".") { guard number(1...9) != nil else { return nil } }
        }
        return hour * 60 + minute
    }

    /// `Z`, `+08:00`, `+0800`
    private mutating func zone() -> Int? {
        if takes("Z", "z") { return 0 }
        let sign = takes("+") ? 1 : takes("-") ? -1 : 0
        guard sign != 0, let hours = number(2...2) else { return nil }
        _ = takes(":")
        return sign * (hours * 60 + (number(2...2) ?? 0))
    }
}
