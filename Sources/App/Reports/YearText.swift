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
                .empty,
                LocalizedText(
                    "没有找到本年度适用的政策，学时暂不能认定。请核对单位、地区和任职日期。",
                    en: "No policy applies in this year, so no hours are credited yet. Check unit, region and dates."),
            ]
        }
        for item in reading.standings { lines += [.empty] + describe(item) }
        lines += refused
        if !reading.settled.isEmpty {
            lines += [.empty, LocalizedText("结算版本", en: "Settled versions")]
            lines += reading.settled.map { LocalizedText.quoted("  \($0.key) ") + $0.words }
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
        let (version, period) = (item.version.version, item.standing.period)
        var lines = [
            LocalizedText(
                "\(policy.title)（第 \(version) 版，\(period)）", en: "\(policy.title) (version \(version), \(period))"),
            LocalizedText("结果：", en: "Result: ")
                + policy.words(forOutcomeOf: item.standing, isSettled: reading.state.isSettled),
        ]
        var rules = policy.words(forLinesOf: item.standing, item.facts)
        rules += policy.partialExemptions(of: item.standing)
        rules += item.standing.waivers.map { policy.words(for: policy.waivers[$0]) }
        rules += [item.endedWords, reading.difference(of: item), item.carriedWords].compactMap { $0 }
        lines += rules.map { LocalizedText.quoted("  ") + $0 }
        lines.append(
            item.entries.isEmpty ? LocalizedText("学时：还没有登记", en: "Hours: none yet") : LocalizedText("学时", en: "Hours"))
        return lines + item.entries.flatMap { describe($0, item) }
    }

    private func describe(_ entry: LedgerEntry, _ item: ComputedStanding) -> [LocalizedText] {
        let told = reading.explained(entry, in: item)
        let about = "  \(told.day)  \(told.kind)  \(told.subject) \(told.hours) "
        return [LocalizedText.quoted("  ") + told.name + .quoted(about) + LocalizedText("学时", en: "hours")]
            + (told.steps + told.uncounted.map(\.words)).map { LocalizedText.quoted("      ") + $0 }
    }

    private var refused: [LocalizedText] {
        let refusals = reading.refusals(in: year)
        guard !refusals.isEmpty else { return [] }
        return [.empty, LocalizedText("未认定", en: "Not credited")] + refusals.flatMap(describe)
    }

    private func describe(_ item: ExplainedRefusal) -> [LocalizedText] {
        let day = item.day.map { LocalizedText.quoted("\($0)") } ?? LocalizedText("日期未填", en: "no day")
        let parts = [day, .quoted(item.kind), .quoted(item.title), item.submittedBy].filter { !$0.isEmpty }
        let same = item.same.map { LocalizedText("，见", en: ", see ") + $0.words } ?? .empty
        return [
            LocalizedText.quoted("  ") + parts.joined(by: .quoted("  ")),
            LocalizedText.quoted("      ") + item.why + same,
        ]
    }
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
