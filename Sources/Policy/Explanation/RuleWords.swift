import Kernel

/// Texts of the rules, for readers of the policy.
extension Policy {
    /// The amount that a requirement demands: `至少 30 学时`, `职称级别为高级的，至少 60 学时`.
    package func required(_ hoursRequirement: HoursRequirement) -> String {
        let least =
            switch hoursRequirement.amount {
            case .perYear(let amount): "本期每年至少 \(words(amount))"
            case .perMonth(let amount, let condition):
                "每月至少 \(words(amount))" + (condition == .always ? "" : "，只算当月 1 日\(words(for: condition))的月份")
            default: (hoursRequirement.each?.words ?? "") + "至少 \(words(hoursRequirement.amount))"
            }
        let whom = hoursRequirement.when.map { "\(words(for: $0))的，" } ?? ""
        return whom + least + (hoursRequirement.amount.hasTable ? "；不在所列的，按最多的要求" : "")
    }

    private func words(_ amount: RequiredAmount) -> String {
        switch amount {
        case .amount(let amount), .perYear(let amount), .perMonth(let amount, _): return words(amount)
        case .named(let key): return "“\(hoursRequirements.first { $0.key == key }?.name ?? key)”要求的学时"
        case .share(let share, let of): return "\(words(of))的 \(share)"
        }
    }

    /// One text per requirement; the alternatives of `any-of` are listed one by one.
    var requirementWords: [String] { requirements.flatMap { words(for: $0) } }

    private func words(for requirement: Requirement) -> [String] {
        switch requirement {
        case .one(let hoursRequirement):
            let filter = words(for: hoursRequirement.filter)
            let isPlain =
                filter == hoursRequirement.name || (hoursRequirement.isTotal && hoursRequirement.key == "total")
            let counted = isPlain ? "" : "（计\(filter)）"
            return [
                "\(hoursRequirement.name)\(counted)：\(required(hoursRequirement))（\(hoursRequirement.clause.short)）"
            ]
        case .anyOf(let sets, let clause):
            return ["以下 \(sets.count) 种方式，达到其中一种即可（\(clause.short)）："]
                + sets.enumerated().flatMap { place, set in
                    set.flatMap { words(for: $0) }.enumerated().map { turn, line in
                        "  " + (turn == 0 ? "方式 \(place + 1)：" : "并且：") + line
                    }
                }
        }
    }

    /// The subjects, and which subject lies within which.
    var subjectWords: [String] {
        subjects.map { subject in
            subject.name + (subject.within.map { "（属于\(self.subject($0)?.name ?? $0)，也计入其中）" } ?? "")
        }
    }

    var themeWords: [String] {
        themes.map { theme in
            let fills = theme.subject.map { "：计入\(subject($0)?.name ?? $0)" } ?? ""
            return "\(theme.name)\(fills)（\(theme.clause.short)）"
        }
    }

    /// The people that the policy applies to, with the clause; empty if it applies to everybody.
    package var asked: [String] {
        (applies.map { ["\(words(for: $0.when))（\($0.clause.short)）"] } ?? []) + (profession.map { ["行业为\($0)"] } ?? [])
    }

    /// The people for whom nothing or less is required.
    package var exemptionWords: [String] {
        exemptions.map { exemption in
            let names = exemption.from.map { key in hoursRequirements.first { $0.key == key }?.name ?? key }
            let from = names.isEmpty ? "" : "（只免\(names.joined(separator: "、"))）"
            return "\(words(for: exemption.when))的，\(exemption.says)\(from)（\(exemption.clause.short)）"
        }
    }

    /// The caps: the most hours or items that count.
    package var capWords: [String] {
        caps.map { cap in
            let most =
                switch cap.most {
                case .hours(let hours): "\(hours) 学时"
                case .items(let items): "\(items) 项"
                }
            let whom = cap.binding.when.map { "\(words(for: $0))的，" } ?? ""
            let names = hoursRequirements.filter { cap.binding.way.map($0.ways.contains) ?? false }.map {
                "“\($0.name)”"
            }
            let way = names.isEmpty ? "" : "，只限按\(names.joined(separator: "、"))达到的方式"
            return "\(words(for: cap.filter))：\(whom)\(cap.span.name)最多计 \(most)\(way)（\(cap.clause.short)）"
        }
    }

    /// The purposes that standings are read for: what the requester enters, and how many years are read.
    var purposeWords: [String] {
        purposes.flatMap { purpose in
            let clause = purpose.clause.map { "（\($0.short)）" } ?? ""
            let back = purpose.years.map { "，看近 \(words($0, "年"))" } ?? ""
            return ["\(purpose.name)\(back)\(clause)"]
                + purpose.asks.map { "  查询时填写“\($0.name)”：\($0.accepted.chinese)" }
        }
    }

    var waiverWords: [String] {
        waivers.map { waiver in
            let purpose = purposes.first { $0.key == waiver.purpose }?.name ?? waiver.purpose
            return "\(purpose)：\(words(for: waiver.when))的，\(waiver.says)（\(waiver.clause.short)）"
        }
    }

    /// The questions that the notice leaves open, each with the assumed answer.
    var openQuestionsText: [String] {
        openQuestions.map { "\($0.question)：\($0.answer)（\($0.clause.short)\(OpenQuestion.mark)）" }
    }
}

extension RequiredAmount {
    /// Whether part of the amount depends on a table.
    fileprivate var hasTable: Bool {
        switch self {
        case .amount(.table), .perYear(.table), .perMonth(.table, _): true
        case .share(_, let of): of.hasTable
        default: false
        }
    }
}
