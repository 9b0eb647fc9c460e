import Kernel

extension Policy {
    /// The name of a line: 公需科目（2022 年）.
    package func name(of line: Standing.RequirementResult) -> String { text(forNameOf: line).chinese }

    package func text(forNameOf line: Standing.RequirementResult) -> LocalizedText {
        let name = hoursRequirements[line.hoursRequirement].name
        guard let year = line.year else { return LocalizedText.quoted(name) }
        let isOwn = hoursRequirements[line.hoursRequirement].each == .year && !period.isOfCalendarYears
        return LocalizedText(
            "\(name)（\(year) 年\(isOwn ? "开始的一年" : "")）",
            en: "\(name) (\(isOwn ? "the year that begins in " : "")\(year))")
    }

    /// One text per requirement: required, earned, counted and missing hours, and the clause.
    ///
    /// Nothing is missing in alternatives that are not needed, because another is met or closer to being met.
    package func words(forLinesOf standing: Standing, _ facts: [DatedFact]) -> [LocalizedText] {
        let spare = waysNotNeeded(in: standing, facts)
        return standing.lines.map { line in
            let name = text(forNameOf: line)
            var parts = [
                LocalizedText(
                    "\(name.chinese)：要求 \(line.required)，已登记 \(line.earned)，计入 \(line.counted)",
                    en: "\(name.english): required \(line.required), entered \(line.earned), counted \(line.counted)")
            ]
            if line.short > .zero {
                parts.append(
                    spare.contains(line.hoursRequirement)
                        ? LocalizedText("可不按这一方式", en: "not needed")
                        : LocalizedText("差 \(line.short)", en: "short \(line.short)"))
            }
            if line.surplus > .zero { parts.append(LocalizedText("超出 \(line.surplus)", en: "surplus \(line.surplus)")) }
            return parts.joined(by: .comma) + hoursRequirements[line.hoursRequirement].clause.bracketed
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
        let work = (kind?.work?.clause ?? kind?.clause)?.bracketed ?? .empty
        switch uncounted.reason {
        case .cap(let index):
            let cap = caps[index]
            let most =
                switch cap.most {
                case .hours(let hours): LocalizedText("\(hours) 学时", en: "\(hours) hours")
                case .items(let items): LocalizedText("\(items) 项", en: "\(items) items")
                }
            return UncountedText(
                LocalizedText(
                    "超出\(cap.span.name)最多 \(most.chinese)的上限", en: "beyond \(most.english) \(cap.span.english)")
                    + cap.clause.bracketed)
        case .twice(let entry):
            let clause = (kind?.once?.clause ?? kind?.work?.clause ?? kind?.clause)?.bracketed ?? .empty
            return UncountedText(
                LocalizedText("与", en: "the same as "), entry,
                LocalizedText("重复，只计一次", en: ", which counts once") + clause
            )
        case .lowerLevel(let entry):
            return UncountedText(
                LocalizedText("同一成果按最高等级计，已计入", en: "the highest level of the work counts, as "), entry,
                work)
        case .countedEarlier:
            return UncountedText(
                LocalizedText("同一成果以前年度已计，只计超出部分", en: "the work counted in an earlier year, only more counts")
                    + work)
        }
    }

    /// The outcome and, for 免修, its clause.
    package func words(forOutcomeOf standing: Standing, isSettled: Bool = true) -> LocalizedText {
        let outcome = standing.outcome.text(isSettled: isSettled, isWaived: standing.isWaived)
        guard standing.outcome == .exempt else { return outcome }
        let reasons = standing.exemptions.map { exemptions[$0] }.filter { $0.from.isEmpty }
        return outcome + .colon
            + reasons.map { LocalizedText.quoted($0.says) + $0.clause.bracketed }.joined(by: .semicolon)
    }

    /// The exemptions from single requirements.
    package func partialExemptions(of standing: Standing) -> [LocalizedText] {
        standing.exemptions.map { exemptions[$0] }.filter { !$0.from.isEmpty }.map { exemption in
            let names = exemption.from.map { key in hoursRequirements.first { $0.key == key }?.name ?? key }
            return LocalizedText.list(names) + .colon + .quoted(exemption.says) + exemption.clause.bracketed
        }
    }

    /// The purpose, the waiver's text, the requester's answers that it depends on, and the clause.
    package func words(for waiver: Waiver) -> LocalizedText {
        let purpose = purposes.first { $0.key == waiver.purpose }
        let asked = waiver.when.tests.filter { $0.origin == .asked }.compactMap { test -> LocalizedText? in
            guard case .oneOf(let keys) = test.match, let shape = purpose?.asks.first(where: { $0.key == test.fact })
            else {
                return nil
            }
            let values = LocalizedText.list(keys.map { shape.name(of: .text($0)) })
            return LocalizedText("\(shape.name)为\(values.chinese)的", en: "\(shape.name) is \(values.english): ")
        }
        return LocalizedText.quoted(purpose?.name ?? waiver.purpose) + .colon + asked.joined(by: .empty)
            + .quoted(waiver.says)
            + waiver.clause.bracketed
    }
}

extension Outcome {
    /// Short with a waiver.
    package static let waivedName = "不作硬性要求"

    /// Before settlement a short standing is called 未达标, because it may still change.
    package func words(isSettled: Bool) -> String { self == .short && !isSettled ? "未达标" : name }

    package func text(isSettled: Bool, isWaived: Bool) -> LocalizedText {
        isWaived
            ? LocalizedText(Self.waivedName, en: "waived") : LocalizedText(words(isSettled: isSettled), en: rawValue)
    }
}

extension Standing {
    /// Short, but waived for at least one purpose.
    package var isWaived: Bool { outcome == .short && !waivers.isEmpty }
}

/// Why hours of an entry do not count. If another entry replaces them, its name stands between the two parts.
package struct UncountedText: Sendable, Hashable {
    package let before: LocalizedText
    package let other: EntryID?
    package let after: LocalizedText

    init(_ before: LocalizedText, _ other: EntryID? = nil, _ after: LocalizedText = .empty) {
        (self.before, self.other, self.after) = (before, other, after)
    }

    /// The whole text; `name` gives the name of the other entry.
    package func text(_ name: (EntryID) -> LocalizedText) -> LocalizedText {
        before + (other.map(name) ?? .empty) + after
    }
}
