import Kernel

extension Policy {
    /// The name of a line: 公需科目（2022 年）.
    package func name(of line: Standing.RequirementResult) -> String {
        let isOwn = hoursRequirements[line.hoursRequirement].each == .year && !period.isOfCalendarYears
        return hoursRequirements[line.hoursRequirement].name
            + (line.year.map { "（\($0) 年\(isOwn ? "开始的一年" : "")）" } ?? "")
    }

    /// One text per requirement: required, earned, counted and missing hours, and the clause.
    ///
    /// Nothing is missing in alternatives that are not needed, because another is met or closer to being met.
    package func words(forLinesOf standing: Standing, _ facts: [DatedFact]) -> [String] {
        let spare = waysNotNeeded(in: standing, facts)
        return standing.lines.map { line in
            var text = "\(name(of: line))：要求 \(line.required)，已登记 \(line.earned)，计入 \(line.counted)"
            if line.short > .zero { text += spare.contains(line.hoursRequirement) ? "，可不按这一方式" : "，差 \(line.short)" }
            if line.surplus > .zero { text += "，超出 \(line.surplus)" }
            return text + "（\(hoursRequirements[line.hoursRequirement].clause.short)）"
        }
    }

    /// The requirements of alternatives (`any-of`) that are not the closest to being met.
    func waysNotNeeded(in standing: Standing, _ facts: [DatedFact]) -> Set<Int> {
        let context = context(in: standing.period, facts)
        return requirements.reduce(into: []) { others, requirement in
            guard case .anyOf(let sets, _) = requirement else { return }
            let ways = ways(of: sets, context)
            guard ways.oneIsEnough else { return }
            let hoursRequirements = ways.sets.map { Set($0.flatMap(\.hoursRequirements).map(\.index)) }
            let missing = hoursRequirements.map { way in
                standing.lines.filter { way.contains($0.hoursRequirement) }.reduce(0) { $0 + $1.short.hundredths }
            }
            let nearest = missing.indices.min { missing[$0] < missing[$1] }
            for place in hoursRequirements.indices where place != nearest { others.formUnion(hoursRequirements[place]) }
        }
    }

    package var hoursRequirements: [HoursRequirement] { requirements.flatMap(\.hoursRequirements) }

    /// Why hours of an entry do not count: reason and clause.
    package func words(for uncounted: Standing.Uncounted, kind: String) -> UncountedText {
        let kind = self.kind(kind)
        let work = (kind?.work?.clause ?? kind?.clause)?.short ?? ""
        switch uncounted.reason {
        case .cap(let index):
            let cap = caps[index]
            let most =
                switch cap.most {
                case .hours(let hours): "\(hours) 学时"
                case .items(let items): "\(items) 项"
                }
            return UncountedText("超出\(cap.span.name)最多 \(most)的上限（\(cap.clause.short)）")
        case .twice(let entry):
            let clause = (kind?.once?.clause ?? kind?.work?.clause ?? kind?.clause)?.short ?? ""
            return UncountedText("与", entry, "重复，只计一次（\(clause)）")
        case .lowerLevel(let entry):
            return UncountedText("同一成果按最高等级计，已计入", entry, "（\(work)）")
        case .countedEarlier: return UncountedText("同一成果以前年度已计，只计超出部分（\(work)）")
        }
    }

    /// The outcome and, for 免修, its clause.
    package func words(forOutcomeOf standing: Standing) -> String {
        let reasons = standing.exemptions.map { exemptions[$0] }
        guard standing.outcome == .exempt else { return standing.outcome.name }
        let clauses = reasons.filter { $0.from.isEmpty }.map { "\($0.says)（\($0.clause.short)）" }
        return standing.outcome.name + "：" + clauses.joined(separator: "；")
    }

    /// The exemptions from single requirements.
    package func partialExemptions(of standing: Standing) -> [String] {
        standing.exemptions.map { exemptions[$0] }.filter { !$0.from.isEmpty }.map { exemption in
            let names = exemption.from.map { key in hoursRequirements.first { $0.key == key }?.name ?? key }
            return "\(names.joined(separator: "、"))：\(exemption.says)（\(exemption.clause.short)）"
        }
    }

    /// The purpose, the waiver's text, the requester's answers that it depends on, and the clause.
    package func words(for waiver: Waiver) -> String {
        let purpose = purposes.first { $0.key == waiver.purpose }
        let asked = waiver.when.tests.filter { $0.origin == .asked }.compactMap { test -> String? in
            guard case .oneOf(let keys) = test.match, let shape = purpose?.asks.first(where: { $0.key == test.fact })
            else {
                return nil
            }
            return "\(shape.name)为\(keys.map { shape.name(of: .text($0)) }.joined(separator: "、"))的"
        }
        return "\(purpose?.name ?? waiver.purpose)：\(asked.joined())\(waiver.says)（\(waiver.clause.short)）"
    }
}

/// Why hours of an entry do not count. If another entry replaces them, its name stands between the two parts.
package struct UncountedText: Sendable, Hashable {
    package let before: String
    package let other: EntryID?
    package let after: String

    init(_ before: String, _ other: EntryID? = nil, _ after: String = "") {
        (self.before, self.other, self.after) = (before, other, after)
    }

    /// The whole text; `name` gives the name of the other entry.
    package func text(_ name: (EntryID) -> String) -> String { before + (other.map(name) ?? "") + after }
}
