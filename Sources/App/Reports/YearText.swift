import Kernel
import People
import Policy
import Registry

/// A person's year as text for that person, line by line with clause and steps. The policy's own texts stay in Chinese.
package struct YearText {
    let reading: YearOverview
    let year: Year

    package init(_ reading: YearOverview, _ year: Year) { (self.reading, self.year) = (reading, year) }

    package var lines: [LocalizedText] {
        var lines = [head, LocalizedText("\(year)年度：\(reading.state.name)", en: "\(year): \(reading.state.english)")]
        if reading.standings.isEmpty {
            lines += [
                LocalizedText.quoted(""),
                LocalizedText(
                    "没有找到本年度适用的政策，学时暂不能认定。请核对单位、地区和任职日期。",
                    en: "No policy applies in this year, so no hours are credited yet. Check unit, region and dates."),
            ]
        }
        for item in reading.standings { lines += [LocalizedText.quoted("")] + describe(item) }
        lines += refused
        if !reading.settled.isEmpty {
            lines += [LocalizedText.quoted(""), LocalizedText("结算版本", en: "Settled versions")]
            lines += reading.settled.map { LocalizedText.quoted("  \($0.key) \($0.words)") }
        }
        return lines
    }

    private var head: LocalizedText {
        let (name, number) = (reading.person.name, reading.person.number)
        let unit = reading.standingInput.history.unit(on: year.period.to)?.name
        let merged = reading.standingInput.family.dropFirst().map(\.description)
        let (with, along) =
            merged.isEmpty
            ? ("", "") : ("（含已并入的 \(merged.joined(separator: "、"))）", " (with \(merged.joined(separator: ", ")))")
        return LocalizedText(
            "\(name)  人员编号 \(number)\(with)  \(unit ?? "无单位")",
            en: "\(name)  person \(number)\(along)  \(unit ?? "no unit")")
    }

    private func describe(_ item: ComputedStanding) -> [LocalizedText] {
        let policy = item.version.policy
        let (version, period, outcome) = (item.version.version, item.standing.period, item.standing.outcome)
        var lines = [
            LocalizedText(
                "\(policy.title)（第 \(version) 版，\(period)）", en: "\(policy.title) (version \(version), \(period))"),
            LocalizedText("结果：" + policy.words(forOutcomeOf: item.standing), en: "Result: \(outcome.rawValue)"),
        ]
        var rules = policy.words(forLinesOf: item.standing, item.facts)
        rules += policy.partialExemptions(of: item.standing)
        rules += item.standing.waivers.map { policy.words(for: policy.waivers[$0]) }
        rules += [item.endedWords, reading.difference(of: item), item.carriedWords].compactMap { $0 }
        lines += rules.map { LocalizedText.quoted("  " + $0) }
        lines.append(
            item.entries.isEmpty ? LocalizedText("学时：还没有登记", en: "Hours: none yet") : LocalizedText("学时", en: "Hours"))
        for entry in item.entries { lines += describe(entry, item).map { LocalizedText.quoted($0) } }
        return lines
    }

    private func describe(_ entry: LedgerEntry, _ item: ComputedStanding) -> [String] {
        let told = reading.explained(entry, in: item)
        return ["  \(told.name)  \(entry.day)  \(told.kind)  \(told.subject) \(entry.hours) 学时"]
            + (told.steps + told.uncounted.map(\.words)).map { "      " + $0 }
    }

    private var refused: [LocalizedText] {
        let refusals = reading.refusals(in: year)
        guard !refusals.isEmpty else { return [] }
        return [LocalizedText.quoted(""), LocalizedText("未认定", en: "Not credited")]
            + refusals.flatMap { item -> [LocalizedText] in
                let parts = [item.day?.description ?? "日期未填", item.kind, item.title, item.submittedBy].filter {
                    !$0.isEmpty
                }
                let same = item.same.map { "，见\($0.words)" } ?? ""
                return [.quoted("  " + parts.joined(separator: "  ")), .quoted("      " + item.why + same)]
            }
    }
}

extension LocalizedText {
    /// A text that is the same in both languages: a name, or a text of a policy.
    fileprivate static func quoted(_ text: String) -> LocalizedText { LocalizedText(text, en: text) }
}

extension PersonState {
    fileprivate var english: String {
        switch self {
        case .year(let state): state.rawValue
        case .alone: "settled for this person alone"
        case .openedAlone: "reopened for this person, not settled again"
        case .missed: "settled, but not for this person"
        }
    }
}
