import Kernel

/// The result of running an example.
package struct ExampleResult: Sendable {
    package let credits: [(evidence: Evidence, decision: Decision)]
    package let entries: [Entry]
    package let standing: Standing?
    package let facts: [DatedFact]
}

extension Policy {
    /// Decides the items of an example and folds their entries.
    package func run(_ example: Example) -> ExampleResult {
        var credits: [(evidence: Evidence, decision: Decision)] = []
        var entries: [Entry] = []
        var left: [CarriedHours] = []
        for item in example.items {
            switch item {
            case .entry(let entry): entries.append(entry)
            case .carried(let leftover): left += carried(leftover, example.person).map { [$0] } ?? []
            case .evidence(let evidence):
                let decision = decide(evidence, example.person)
                credits.append((evidence, decision))
                guard case .credited(let credited) = decision else { continue }
                for line in credited.lines {
                    entries.append(entry(line, of: credited, evidence, number: entries.count + 1))
                }
            }
        }
        let period = period.periods(touching: example.year, example.person).first
        let standing = period.map { self.standing(in: $0, facts: example.person, entries: entries, carrying: left) }
        return ExampleResult(credits: credits, entries: entries, standing: standing, facts: example.person)
    }

    /// Runs every example and adds a finding for each mismatch. Returns the number of failed examples.
    func runExamples(_ findings: Findings) -> Int {
        examples.filter { example in
            let result = run(example)
            let wrong = example.expected.compactMap { expected in
                mismatch(expected, example, result).map { (expected.place, $0) }
            }
            let account = wrong.isEmpty ? .empty : account(of: result)
            for (place, words) in wrong {
                findings.error(
                    place, "example “\(example.name)”: \(words.english)\(account.english)",
                    "示例“\(example.name)”：\(words.chinese)\(account.chinese)")
            }
            return !wrong.isEmpty
        }.count
    }

    /// The result of an example in words: the outcome, shortfalls, uncounted hours and refusals.
    private func account(of result: ExampleResult) -> LocalizedText {
        var parts = result.credits.compactMap { credit -> LocalizedText? in
            guard case .refused(let refusal) = credit.decision else { return nil }
            return LocalizedText.quoted(kind(credit.evidence.kind)?.name ?? credit.evidence.kind)
                + LocalizedText("不予认定：", en: " is refused: ") + words(for: refusal)
        }
        if let standing = result.standing {
            let spare = waysNotNeeded(in: standing, result.facts)
            parts.append(words(forOutcomeOf: standing))
            parts += standing.lines.filter { $0.short > .zero && !spare.contains($0.hoursRequirement) }.map {
                text(forNameOf: $0) + LocalizedText("差 \($0.short)", en: " short \($0.short)")
            }
            parts += result.uncounted(by: self)
        }
        let all = parts.joined(by: .semicolon)
        return parts.isEmpty ? .empty : LocalizedText("（\(all.chinese)）", en: " (\(all.english))")
    }

    /// `41.67 instead of 41.66`, or `nil` if the result is as expected.
    private func mismatch(_ expected: Expectation, _ example: Example, _ result: ExampleResult) -> LocalizedText? {
        switch expected.what {
        case .credited(let subject, let hours):
            let got = result.entries.filter { $0.subject == subject }.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : .expected(subject, "\(hours)", "\(got)", self.subject(subject)?.name)
        case .inYear(let year, let hours):
            let got = result.entries.filter { $0.year == year }.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : .expected("\(year)", "\(hours)", "\(got)", "\(year)年度")
        case .refused(let words):
            let got = refusals(result)
            // Spaces do not matter: policies of earlier times expect “2022 年度”.
            if !got.isEmpty, got.filter({ $0 != " " }).contains(words.filter { $0 != " " }) { return nil }
            return LocalizedText(
                "应不予认定并说明“\(words)”" + (got.isEmpty ? "，实际已认定" : ""),
                en: "expected a refusal with “\(words)”" + (got.isEmpty ? ", got none" : ""))
        case .clause(let clause):
            let got = clauses(result)
            return got.contains(clause) ? nil : .expected("clause", clause, got.joined(separator: ", "), "依据")
        case .notAsked:
            guard let standing = result.standing else { return nil }
            return .expected("outcome", "不要求", standing.outcome.name, "结果")
        default:
            guard let standing = result.standing else {
                return LocalizedText("\(example.year)年度不在任何一期内（不要求）", en: "there is no period in \(example.year)")
            }
            return mismatch(expected, example, standing)
        }
    }

    private func mismatch(_ expected: Expectation, _ example: Example, _ standing: Standing) -> LocalizedText? {
        switch expected.what {
        case .outcome(let outcome):
            return standing.outcome == outcome
                ? nil : .expected("outcome", outcome.name, standing.outcome.name, "结果")
        case .notApplied:
            let isAsked = asks(example.person, on: evaluatedOn?.day(in: standing.period.to.year) ?? standing.period.to)
            return isAsked ? .expected("outcome", "不适用", standing.outcome.name, "结果") : nil
        case .uncounted(let hours):
            let got = standing.uncounted.reduce(.zero) { $0 + $1.hours }
            return got == hours ? nil : .expected("uncounted", "\(hours)", "\(got)", "不计的学时")
        case .carried(let hours):
            return standing.carried == hours
                ? nil : .expected("carried", "\(hours)", "\(standing.carried)", "结转来的学时")
        case .waived(let purpose, let isWaived):
            let asked = waiver(for: purpose, asked: example.asked, facts: example.person, in: standing.period)
            guard (asked != nil) != isWaived else { return nil }
            return LocalizedText(
                "\(purpose)：应\(isWaived ? "有" : "没有")放宽，实际\(asked.map { "有（\($0.says)）" } ?? "没有")",
                en: "\(purpose): expected \(isWaived ? "a" : "no") waiver, got \(asked?.says ?? "none")")
        case .figure(let figure, let key, let year, let hours):
            let lines = standing.lines.filter {
                hoursRequirements[$0.hoursRequirement].key == key && (year == nil || $0.year == year)
            }
            let got = lines.reduce(.zero) { $0 + $1[figure] }
            guard got != hours else { return nil }
            let name = (hoursRequirements.first { $0.key == key }?.name ?? key) + (year.map { "（\($0) 年）" } ?? "")
            let what = "\(figure.rawValue) \(key)" + (year.map { " \($0)" } ?? "")
            return .expected(what, "\(hours)", "\(got)", name + figure.name)
        default: return nil
        }
    }

    private func refusals(_ result: ExampleResult) -> String {
        result.credits.map { credit in
            if case .refused(let refusal) = credit.decision { words(for: refusal).chinese } else { "" }
        }.joined()
    }

    /// The clauses of the decisions, and of the exemptions that hold.
    private func clauses(_ result: ExampleResult) -> [String] {
        let decided = result.credits.compactMap { credit -> String? in
            switch credit.decision {
            case .credited(let credited): credited.clause.cited
            case .refused(let refusal): refusal.clause?.cited
            }
        }
        return decided + (result.standing?.exemptions.map { exemptions[$0].clause.cited } ?? [])
    }
}

extension ExampleResult {
    /// Why hours do not count, one text per entry: `第 2 笔有 24 学时不计：与第 1 笔重复…`.
    func uncounted(by policy: Policy) -> [LocalizedText] {
        (standing?.uncounted ?? []).map { item in
            let kind = entries.first { $0.id == item.entry }?.kind ?? ""
            let name = { (entry: EntryID) in entry.text(for: entry.person) }
            return name(item.entry) + LocalizedText("有 \(item.hours) 学时不计：", en: ": \(item.hours) hours do not count: ")
                + policy.words(for: item, kind: kind).text(name)
        }
    }
}

extension LocalizedText {
    fileprivate static func expected(_ what: String, _ required: String, _ got: String, _ chinese: String?)
        -> LocalizedText
    {
        LocalizedText("\(chinese ?? what)应为 \(required)，实际为 \(got)", en: "\(what): expected \(required), got \(got)")
    }
}

extension Expectation.Figure {
    fileprivate var name: String {
        switch self {
        case .required: "要求"
        case .earned: "已登记"
        case .counted: "计入"
        case .short: "差"
        case .surplus: "超出"
        }
    }
}

extension Standing.RequirementResult {
    subscript(figure: Expectation.Figure) -> CreditHours {
        switch figure {
        case .required: required
        case .earned: earned
        case .counted: counted
        case .short: short
        case .surplus: surplus
        }
    }
}
