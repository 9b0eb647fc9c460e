import Policy
import Web

/// The rules of a policy beside the passages of its sources that they cite.
struct RulesByPassage {
    private(set) var sources: [SourceRules] = []
    /// The sections with the rules that cite no text.
    private(set) var rest: [PolicySection] = []

    /// The heading and lines of a rule.
    private typealias Rule = (title: String, lines: [String])

    init(_ policy: Policy, _ sections: [PolicyText.Section], _ clauses: ClauseLinks) {
        var beside: [String: [Rule]] = [:]
        for section in sections {
            var others: [String] = []
            for lines in Self.rules(section.lines) {
                if let citation = policy.firstCitation(in: lines) {
                    let place = Self.place(citation.source.key, citation.path.clause.anchor)
                    beside[place, default: []].append((section.title, lines))
                } else {
                    others += lines
                }
            }
            if !others.isEmpty { rest.append(PolicySection(title: section.title, lines: others, clauses)) }
        }
        for source in policy.sources {
            guard let text = source.text, let page = clauses.page(of: source) else { continue }
            let rows = text.passages.map { passage in
                let rules = passage.path.flatMap { beside[Self.place(source.key, $0.anchor)] } ?? []
                return PassageRules(lines: PassagePart(passage, before: 0).lines, rules: Self.joined(rules, clauses))
            }
            let title = policy.sources.count == 1 ? "\(source.kind)原文和规则" : "\(source.quotedTitle)原文和规则"
            sources.append(SourceRules(title: title, page: page, rows: rows))
        }
    }

    private static func place(_ source: String, _ anchor: String) -> String { "\(source) \(anchor)" }

    /// Each line with the indented lines that belong to it.
    private static func rules(_ lines: [String]) -> [[String]] {
        lines.reduce(into: []) { rules, line in
            if line.hasPrefix("  "), !rules.isEmpty {
                rules[rules.count - 1].append(line)
            } else {
                rules.append([line])
            }
        }
    }

    /// Rules in a row with the same heading share it.
    private static func joined(_ rules: [Rule], _ clauses: ClauseLinks) -> [PolicySection] {
        let joined = rules.reduce(into: [Rule]()) { joined, rule in
            if joined.last?.title == rule.title {
                joined[joined.count - 1].lines += rule.lines
            } else {
                joined.append(rule)
            }
        }
        return joined.map { PolicySection(title: $0.title, lines: $0.lines, clauses) }
    }
}

/// A source: its passages, each with the rules that cite it.
struct SourceRules: PageValue {
    let title: String
    let page: Link
    let rows: [PassageRules]

    static var fields: [String: Field<SourceRules>] {
        ["title": .text { $0.title }, "page": .text { $0.page.text }, "rows": .list { $0.rows }]
    }

    static var sample: SourceRules {
        SourceRules(title: "通知原文和规则", page: PolicyPages.path.link(), rows: [.sample])
    }
}

/// A passage and the rules that cite it.
struct PassageRules: PageValue {
    let lines: [IssuedLine]
    let rules: [PolicySection]

    static var fields: [String: Field<PassageRules>] {
        ["lines": .list { $0.lines }, "rules": .list { $0.rules }]
    }

    static var sample: PassageRules { PassageRules(lines: [.sample], rules: [.sample]) }
}
