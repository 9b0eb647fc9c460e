import Kernel
import Testing

@testable import Policy

/// Compares a policy with a table of cases, one per line, in the terms of its notice:
///
///     论文 刊物级别=国内国家级 作者数=3 -> 专业科目 41.66 二(三)3
///     论文 刊号=无 -> 拒绝 缺少刊号
///     公需 29.99 专业 100 -> 不合格 公需差 0.01
///     单位性质=企业 评审委员会=本市组建 公需 10 -> 不合格 不作硬性要求
///
/// Facts that a case does not give come from the kind's sample; `无` removes a fact.
func check(
    _ policy: Policy, _ table: String, year: Year = Year(2022), sourceLocation: SourceLocation = #_sourceLocation
) {
    for line in table.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
        let sides = String(line).components(at: "->")
        guard sides.count == 2 else {
            Issue.record("no case: \(line)", sourceLocation: sourceLocation)
            continue
        }
        var rule = Case(policy: policy, year: year)
        rule.read(given: sides[0])
        rule.read(expected: sides[1])
        for problem in rule.problems { Issue.record("\(line): \(problem)", sourceLocation: sourceLocation) }
    }
}

private struct Case {
    let policy: Policy
    let year: Year
    private(set) var problems: [String] = []
    private var items: [(kind: EvidenceKind, facts: [String: Fact])] = []
    private var entries: [Entry] = []
    private var person: [DatedFact] = []
    private var asked: [String: String] = [:]

    init(policy: Policy, year: Year) { (self.policy, self.year) = (policy, year) }

    mutating func read(given text: String) {
        var words = text.split(separator: " ").map(String.init)[...]
        while let word = words.popFirst() {
            if let equals = word.firstIndex(of: "=") {
                set(String(word[..<equals]), String(word[word.index(after: equals)...]))
            } else if let kind = policy.kinds.first(where: { $0.name == word }) {
                items.append((kind, kind.sample(in: year)))
            } else if let subject = subject(word), let hours = words.popFirst().flatMap({ CreditHours($0) }) {
                entries.append(
                    Entry(
                        number: entries.count + 1, day: year.period.from, year: year, hours: hours,
                        subject: subject.key, kind: ""))
            } else {
                problems.append("no kind and no subject is called \(word)")
            }
        }
    }

    private func subject(_ word: String) -> Subject? { policy.subjects.first { $0.name.hasPrefix(word) } }

    private mutating func set(_ name: String, _ value: String) {
        if let index = items.indices.last {
            guard let shape = items[index].kind.facts.first(where: { $0.name == name }) else {
                problems.append("\(items[index].kind.name) has no fact \(name)")
                return
            }
            items[index].facts[shape.key] = value == "无" ? nil : shape.value(value) ?? .text(value)
        } else if let shape = policy.person.first(where: { $0.name == name }), let fact = shape.value(value) {
            person.append(DatedFact(shape.key, fact))
        } else if let shape = policy.purposes.flatMap(\.asks).first(where: { $0.name == name }),
            let fact = shape.value(value)
        {
            asked[shape.key] = fact.description
        } else {
            problems.append("no fact \(name) takes \(value)")
        }
    }

    mutating func read(expected text: String) {
        var words = text.split(separator: " ").map(String.init)[...]
        let decisions = items.map { policy.decide(Evidence($0.kind.key, $0.facts), person) }
        let refusals = decisions.compactMap { if case .refused(let refusal) = $0 { refusal } else { nil } }
        if words.first == "拒绝" {
            let expected = words.dropFirst().joined(separator: " ")
            let got = refusals.map { "\(policy.words(for: $0).chinese)（\($0.clause?.short ?? "")）" }.joined()
            if refusals.isEmpty || !got.contains(expected) {
                problems.append("got \(got.isEmpty ? "no refusal" : got)")
            }
            return
        }
        for refusal in refusals { problems.append("refused: \(policy.words(for: refusal).chinese)") }
        for (item, decision) in zip(items, decisions) {
            guard case .credited(let credited) = decision else { continue }
            for line in credited.lines {
                let evidence = Evidence(item.kind.key, item.facts)
                entries.append(policy.entry(line, of: credited, evidence, number: entries.count + 1))
            }
        }
        let clauses = decisions.compactMap {
            if case .credited(let credited) = $0 { credited.clause.short } else { nil }
        }
        while let word = words.popFirst() { expect(word, &words, clauses) }
    }

    private mutating func expect(_ word: String, _ words: inout ArraySlice<String>, _ clauses: [String]) {
        let standing = policy.standing(in: year.period, facts: person, entries: entries)
        let got: String
        switch word {
        case "合格", "不合格", "免修": got = standing.outcome.name
        case "不作硬性要求", "无放宽":
            let waiver = policy.waiver(for: "title-review", asked: asked, facts: person, in: year.period)
            got = waiver?.says ?? "无放宽"
        case "不计": return compare(word, standing.uncounted.reduce(.zero) { $0 + $1.hours }, &words)
        default:
            if let year = Year(word.prefix(4)), word.hasSuffix("年度") {
                return compare(word, sum { $0.year == year }, &words)
            }
            if let hoursRequirement = hoursRequirement(named: word),
                let line = standing.lines.first(where: { $0.hoursRequirement == hoursRequirement.index })
            {
                return compare(word, hoursRequirement.figure(line), &words)
            }
            if let subject = policy.subjects.first(where: { $0.name == word }) {
                return compare(word, sum { $0.subject == subject.key }, &words)
            }
            got = clauses.first { $0 == word } ?? "clauses \(clauses)"
        }
        if got != word { problems.append("expected \(word), got \(got)") }
    }

    private func sum(_ isMeant: (Entry) -> Bool) -> CreditHours {
        entries.filter(isMeant).reduce(.zero) { $0 + $1.hours }
    }

    /// `公需差`, `专业超`, `总计入`: a requirement by the start of its name, and a figure of it.
    private func hoursRequirement(named word: String) -> (
        index: Int, figure: (Standing.RequirementResult) -> CreditHours
    )? {
        let figures: [(String, (Standing.RequirementResult) -> CreditHours)] = [
            ("计入", \.counted), ("差", \.short), ("超", \.surplus),
        ]
        for (suffix, figure) in figures where word.hasSuffix(suffix) {
            let name = word.dropLast(suffix.count)
            if let index = policy.hoursRequirements.firstIndex(where: { $0.name.hasPrefix(name) }) {
                return (index, figure)
            }
        }
        return nil
    }

    private mutating func compare(_ what: String, _ got: CreditHours, _ words: inout ArraySlice<String>) {
        let expected = words.popFirst() ?? "a number"
        if got.description != expected { problems.append("\(what): expected \(expected), got \(got)") }
    }
}

extension String {
    fileprivate func components(at separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
