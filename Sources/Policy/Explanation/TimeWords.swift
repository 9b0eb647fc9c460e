import Kernel

/// Texts of a policy's days and periods.
extension Policy {
    /// The period that hours are required in, and the day on which a person's facts are evaluated.
    var periodWords: [String] {
        let span: String =
            switch period {
            case .once(let span):
                span == span.from.year.period ? "\(span.from.year)年度" : "\(span.from) 至 \(span.to)"
            case .cycle(let years, .day(let day)): "自 \(day) 起，每 \(years) 年为一期"
            case .cycle(let years, .fact(let fact, let nextYear)):
                "自本人“\(name(fact))”\(nextYear ? "次年 1 月 1 日" : "")起，每 \(years) 年为一期"
            case .term(let fact): "本人“\(name(fact))”的起止时间为一期"
            }
        let evaluated = evaluatedOn.map { "以\($0.words)为准" } ?? (person.isEmpty ? nil : "以本期最后一天为准")
        return [span] + (evaluated.map { ["个人情况\($0)"] } ?? [])
    }

    /// The length of an hour and the rounding.
    var hourWords: [String] {
        let length = minutes.map { "每学时 \($0) 分钟，" } ?? ""
        return hourClause.map { ["\(length)\(roundingText.chinese)（\($0.short)）"] } ?? []
    }

    var roundingText: LocalizedText {
        let step = CreditHours(hundredths: rounding.step)
        return switch rounding.direction {
        case .down: LocalizedText("除不尽的向下取到 \(step)", en: "rounded down to \(step)")
        case .nearest:
            LocalizedText("除不尽的四舍五入到 \(step)，分摊的向下取", en: "rounded to the nearest \(step), shares down")
        case .up: LocalizedText("除不尽的向上取到 \(step)，分摊的向下取", en: "rounded up to \(step), shares down")
        }
    }

    /// The windows in which study or evidence may be dated, each with its clause.
    package var windowWords: [String] {
        windows.map { window in
            let from = window.opens.map { "自\($0.words)起" } ?? "没有开始日期"
            let to = window.closes.map { "至\($0.words)止" } ?? "没有截止日期"
            let whose = window.filter.isEverything ? "" : words(for: window.filter) + "的"
            return "\(whose)\(window.isMakeUp ? "补学" : "学习")时间：\(from)，\(to)（\(window.clause.short)）"
        }
    }

    var carryWords: [String] {
        carryOver.map { rule in
            let most = rule.atMost.map { "，最多 \($0) 学时" } ?? ""
            return "\(words(for: rule.filter))超出要求的，可结转到以后 \(rule.years) 年\(most)（\(rule.clause.short)）"
        }
    }

    /// `报送年度计划：当年 5 月 31 日前`
    var deadlineWords: [String] {
        deadlines.map { deadline in
            let only = if case .once(let span) = period { deadline.day(for: span) } else { Day?.none }
            return "\(deadline.name)：\(only.map { "\($0) " } ?? deadline.by.words)前（\(deadline.clause.short)）"
        }
    }
}

extension Filter {
    fileprivate var isEverything: Bool { if case .everything = self { true } else { false } }
}

extension Window.Edge {
    /// ` 2022-01-01 `, `次年 4 月 30 日`.
    var words: String { text.chinese }

    var text: LocalizedText {
        switch self {
        case .day(let day): return LocalizedText(" \(day) ", en: "\(day)")
        case .yearly(let month, let day, let years):
            let year = LocalizedText(
                years > 0 ? "次年" : years < 0 ? "上年" : "当年",
                en: years > 0 ? "the next year" : years < 0 ? "the year before" : "the year")
            return LocalizedText(
                "\(year.chinese) \(month) 月 \(day) 日", en: "\(year.english), month \(month), day \(day)")
        }
    }
}
