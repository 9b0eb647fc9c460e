import Kernel

/// The rules themselves in words, for the policy's reader.
extension Policy {
    /// What a requirement wants: `至少 30 学时`, `按本人情况，30 至 60 学时`.
    package func wanted(_ want: Want) -> String {
        let hours =
            switch want.amount {
            case .amount(let amount), .perYear(let amount), .perMonth(let amount, _): Self.words(amount)
            case .share(let share, let of): "\(Self.words(of)) 的 \(share.numerator)/\(share.denominator)"
            case .named(let key): "与“\(wants.first { $0.key == key }?.name ?? key)”相同"
            }
        let each =
            switch want.amount {
            case .perYear: "每年"
            case .perMonth: "每月"
            default:
                switch want.each {
                case .year: "每年"
                case .calendarYear: "每个自然年"
                case nil: ""
                }
            }
        return "\(each)至少 \(hours)" + (want.when == nil ? "" : "（按本人情况）")
    }

    private static func words(_ amount: WantedAmount) -> String {
        switch amount {
        case .amount(let amount), .perYear(let amount), .perMonth(let amount, _): words(amount)
        default: "所要求学时"
        }
    }

    private static func words(_ amount: Amount) -> String {
        let all = amount.all.map { CreditHours(hundredths: $0) }
        guard let least = all.min(), let most = all.max(), least != most else { return "\(all.first ?? .zero) 学时" }
        return "\(least) 至 \(most) 学时（按本人情况）"
    }

    /// How a kind's hours come about, a sentence a step.
    package func rates(of kind: Kind) -> [String] {
        let subjects = kind.gifts.map { gift -> String in
            if case .fixed(let key) = gift.subject { return "计入\(subject(key)?.name ?? key)" }
            return "按所属科目计入"
        }
        return zip(kind.gifts, subjects).flatMap { gift, subject in
            [subject] + gift.steps.flatMap { rates($0.step, kind) }
        }
    }

    /// What must hold, or it is refused.
    package func demands(of kind: Kind) -> [String] { kind.demands.map { "\($0.says)（\($0.clause.short)）" } }

    /// What of it counts once.
    package func repeats(of kind: Kind) -> [String] {
        let names = { (keys: [String]) in keys.map { kind.shape($0)?.name ?? $0 }.joined(separator: "、") }
        var words: [String] = []
        if let once = kind.once {
            words.append("\(names(once.key))相同的，\(once.span.name)只计一次（\(once.clause.short)）")
        }
        if let work = kind.work {
            let counts = work.level.map { "按\(names([$0]))计最高的一次" } ?? "每人只计一次"
            let alike = [work.among].compactMap { $0 } + work.same
            let same = alike.isEmpty ? "" : "，各人填写的\(names(alike))须一致"
            words.append("\(names(work.key))相同的为同一成果，\(counts)\(same)（\(work.clause.short)）")
        }
        return words
    }

    /// How long an hour is and how a rest is cut.
    var hourWords: [String] {
        hourClause.map { ["每学时 \(minutes) 分钟，\(roundingWords)（\($0.short)）"] } ?? []
    }

    var roundingWords: String {
        let step = CreditHours(hundredths: rounding.step)
        return switch rounding.direction {
        case .down: "除不尽的向下取到 \(step)"
        case .nearest: "除不尽的四舍五入到 \(step)，分摊的向下取"
        case .up: "除不尽的向上取到 \(step)，分摊的向下取"
        }
    }

    /// What standings are read for, and how far back.
    var purposeWords: [String] {
        purposes.compactMap { purpose in
            guard let years = purpose.years?.all, let least = years.min(), let most = years.max() else { return nil }
            let (first, last) = (CreditHours(hundredths: least), CreditHours(hundredths: most))
            let span = least == most ? "\(last)" : "\(first) 至 \(last)"
            return "\(purpose.name)：看近 \(span) 年（\(purpose.clause?.short ?? "")）"
        }
    }

    /// The questions that the notice leaves open, each with what is done.
    var gapWords: [String] { gaps.map { "\($0.question)：\($0.answer)（\($0.clause.short) 未写明）" } }

    private func rates(_ step: Step, _ kind: Kind) -> [String] {
        let name = { (fact: String) in kind.shape(fact)?.name ?? fact }
        switch step {
        case .start(.table(let table)): return kind.rows(table, before: "").map { $0 + " 学时" }
        case .start(.chosen(let bounds)):
            return ["由审核人在 \(bounds.written { CreditHours(hundredths: $0).description }) 学时之间核定"]
        case .start(let amount): return ["每项 \(amount.text) 学时"]
        case .per(let fact, let each, let amount, _):
            if each == 1, case .fixed(100) = amount { return ["按\(name(fact))计"] }
            return ["按\(name(fact))，每 \(each) 计 \(amount.text) 学时"]
        case .times: return ["乘以系数"]
        case .share(let fact): return ["按\(name(fact))均分"]
        case .ranked(let rank, _, let parts):
            return ["按\(name(rank))分配：" + parts.map { "\($0.numerator)/\($0.denominator)" }.joined(separator: "、")]
        case .cap(let amount): return ["每项不超过 \(amount.text) 学时"]
        case .floor(let amount): return ["每项不少于 \(amount.text) 学时"]
        case .eachYear(_, let count): return ["在\(self.count(count, kind))内每年计，不超出"]
        case .spread(_, let count): return ["分\(self.count(count, kind))平均计入"]
        }
    }

    private func count(_ count: YearCount, _ kind: Kind) -> String {
        switch count {
        case .fixed(let years): " \(years) 年"
        case .fact(let fact): kind.shape(fact)?.name ?? fact
        }
    }

    /// Whom the policy asks, with its clause; empty where it asks everybody.
    package var asked: [String] {
        (applies.map { ["\(words(for: $0.when))（\($0.clause.short)）"] } ?? []) + (profession.map { ["行业为\($0)"] } ?? [])
    }

    /// When study or evidence may be dated, each window with its clause.
    package var windowWords: [String] {
        windows.map { window in
            let from = window.opens.map { "自 \($0.words) 起" } ?? "没有开始日期"
            let to = window.closes.map { "至 \($0.words) 止" } ?? "没有截止日期"
            return "\(window.isMakeUp ? "补学" : "学习")时间：\(from)，\(to)（\(window.clause.short)）"
        }
    }

    /// Who owes nothing, or not all of it.
    package var exemptionWords: [String] {
        exemptions.map { "\(words(for: $0.when))的，\($0.says)（\($0.clause.short)）" }
    }

    /// At most so much counts.
    package var capWords: [String] {
        caps.map { cap in
            let most =
                switch cap.most {
                case .hours(let hours): "\(hours) 学时"
                case .items(let items): "\(items) 项"
                }
            return "\(cap.span.name)最多计 \(most)（\(cap.clause.short)）"
        }
    }

    private func words(for condition: Condition) -> String {
        condition.words { fact in
            person.first { $0.key == fact } ?? purposes.flatMap(\.asks).first { $0.key == fact }
        }
    }
}

extension Condition {
    /// `考试为合格`; `shape` gives the shapes of facts by their keys.
    func words(_ shape: (String) -> FactShape?) -> String {
        func join(_ parts: [Condition], _ word: String) -> String {
            let texts = parts.map { $0.words(shape) }
            return texts.count == 1 ? texts[0] : texts.map { $0.contains("，") ? "（\($0)）" : $0 }.joined(separator: word)
        }
        return switch self {
        case .test(let test): test.words(shape(test.fact))
        case .all(let parts): join(parts, "，且")
        case .any(let parts): join(parts, "，或")
        case .none(let parts): "不是：" + join(parts, "，或")
        }
    }
}

extension FactTest {
    fileprivate func words(_ shape: FactShape?) -> String {
        let name = shape?.name ?? fact
        return switch match {
        case .oneOf(let keys): "\(name)为\(keys.map { shape?.name(of: .text($0)) ?? $0 }.joined(separator: "、"))"
        case .number(let bounds): "\(name)\(bounds.chinese())"
        case .yearsAgo(let bounds): "\(name)距今（年）\(bounds.chinese())"
        case .withinPeriod: "\(name)在本期内"
        case .present: "有\(name)"
        case .day: "\(name)在规定日期内"
        }
    }
}

extension Window.Edge {
    /// `2022-01-01`, `次年 4 月 30 日`.
    var words: String {
        switch self {
        case .day(let day): day.description
        case .yearly(let month, let day, let years):
            (years > 0 ? "次年 " : years < 0 ? "上年 " : "当年 ") + "\(month) 月 \(day) 日"
        }
    }
}
