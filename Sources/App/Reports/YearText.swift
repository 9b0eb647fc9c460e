import Kernel
import People
import Policy
import Registry

/// A person's year as text for that person, line by line with clause and steps.
package struct YearText {
    let reading: YearOverview
    let year: Year

    package init(_ reading: YearOverview, _ year: Year) { (self.reading, self.year) = (reading, year) }

    package var lines: [String] {
        let unit = reading.standingInput.history.unit(on: year.period.to)?.name ?? "无单位"
        let merged = reading.standingInput.family.dropFirst().map(\.description)
        let with = merged.isEmpty ? "" : "（含已并入的 \(merged.joined(separator: "、"))）"
        var lines = [
            "\(reading.person.name)  人员编号 \(reading.person.number)\(with)  \(unit)",
            "\(year) 年度  \(reading.state.name)",
        ]
        if reading.standings.isEmpty {
            lines += ["", "没有找到本年度适用的政策：请核对单位、地区和任职日期。没有政策不等于零学时。"]
        }
        for item in reading.standings { lines += [""] + describe(item) }
        lines += refused
        if !reading.settled.isEmpty {
            lines += ["", "结算版本"]
            lines += reading.settled.map { "  \($0.key) \($0.words)" }
        }
        return lines
    }

    private func describe(_ item: ComputedStanding) -> [String] {
        let policy = item.version.policy
        var lines = ["\(policy.title)（第 \(item.version.version) 版，\(item.standing.period)）"]
        lines.append("结果：" + policy.words(forOutcomeOf: item.standing))
        lines += policy.words(forLinesOf: item.standing, item.facts).map { "  " + $0 }
        lines += policy.partialExemptions(of: item.standing).map { "  " + $0 }
        lines += item.standing.waivers.map { "  " + policy.words(for: policy.waivers[$0]) }
        let notes = [item.endedWords, reading.difference(of: item), item.carriedWords].compactMap { $0 }
        lines += notes.map { "  " + $0 }
        lines.append(item.entries.isEmpty ? "学时：还没有登记" : "学时")
        for entry in item.entries { lines += describe(entry, item) }
        return lines
    }

    private func describe(_ entry: LedgerEntry, _ item: ComputedStanding) -> [String] {
        let told = reading.explained(entry, in: item)
        return ["  \(told.name)  \(entry.day)  \(told.kind)  \(told.subject) \(entry.hours) 学时"]
            + (told.steps + told.uncounted.map(\.words)).map { "      " + $0 }
    }

    private var refused: [String] {
        let refusals = reading.refusals(in: year)
        guard !refusals.isEmpty else { return [] }
        return ["", "未认定"]
            + refusals.flatMap { item in
                let parts = [item.day?.description ?? "日期未填", item.kind, item.title, item.submittedBy]
                let same = item.same.map { "，见\($0.blank)\($0.words)" } ?? ""
                return ["  " + parts.filter { !$0.isEmpty }.joined(separator: "  "), "      " + item.why + same]
            }
    }
}
