import Kernel

/// The result of reading a policy file.
package struct PolicyReading: Sendable {
    /// `nil` if the rules have errors. If only examples fail, the policy is present and can be shown and explained.
    package let policy: Policy?
    /// All findings, in the order of the file.
    package let findings: [Finding]
    /// The whole policy as YAML, with its bases merged; a version stores and hashes this text.
    package let flat: String
    package let examples: Int
    package let failedExamples: Int
}

/// Returns the text and the file name that `based-on: NAME` or `text: NAME` refers to in the given file; `nil` if there
/// is none.
package typealias PolicyBase = (_ name: String, _ file: String) -> (text: String, file: String)?

/// Reads a policy from its text.
package func readPolicy(
    _ text: String, file: String, base: PolicyBase = { _, _ in nil }
) -> PolicyReading {
    let findings = Findings()
    let tree = YAMLTree.load(text, file: file, findings).flatMap { $0.withBases(base, findings, depth: 0) }?
        .withTexts(base, findings)
    let draft = tree.flatMap { PolicyReader(findings).read($0) }
    let read = draft.map(Policy.init)
    if let read, !findings.hasErrors { read.check(findings) }
    let policy = findings.hasErrors ? nil : read
    let failed = policy?.runExamples(findings) ?? 0
    return PolicyReading(
        policy: policy, findings: findings.all.sorted { $0.place < $1.place },
        flat: tree.map { $0.yaml } ?? "", examples: draft?.examples.count ?? 0, failedExamples: failed)
}

/// Reads a published policy, which was checked before publication. Findings of newer checks do not prevent its use.
/// Returns `nil` if it cannot be read.
package func publishedPolicy(_ flat: String, file: String) -> Policy? {
    let findings = Findings(isStrict: false)
    let draft = YAMLTree.load(flat, file: file, findings).flatMap { PolicyReader(findings).read($0) }
    return findings.hasErrors ? nil : draft.map(Policy.init)
}

/// Reads the top level of a policy file. Parts are read in the order in which later ones use their names.
private final class PolicyReader {
    private let findings: Findings

    init(_ findings: Findings) { self.findings = findings }

    func read(_ tree: YAMLTree) -> PolicyDraft? {
        guard let section = YAMLSection(tree, "a policy", findings) else { return nil }
        defer { section.close() }
        let accepted = LocalizedText("行政区划代码（GB/T 2260），如 370900", en: "a region of GB/T 2260 like 370900")
        // If a file names no region, the country replaces it, so that reading continues and finds further errors.
        var draft = PolicyDraft(
            place: tree.place, jurisdiction: section.value("jurisdiction", accepted) { RegionCode($0) } ?? .country)
        if !section.has("jurisdiction") {
            findings.error(
                section.place, "jurisdiction is missing: \(accepted.english)", "缺少 jurisdiction：\(accepted.chinese)")
        }
        readHead(section, &draft)
        var scope = SymbolTable(findings: findings, sources: draft.sources)
        readNames(section, &draft, &scope)
        readKinds(section, &draft, &scope)
        readAsked(section, &draft, scope)
        readTimes(section, &draft, scope)
        draft.openQuestions = section.many("gaps").compactMap { OpenQuestion($0, scope) }
        draft.examples = section.many("examples").compactMap { Example($0, scope, draft) }
        return draft
    }

    private func readHead(_ section: YAMLSection, _ draft: inout PolicyDraft) {
        draft.key = section.required("policy")
        draft.line = section.text("line")
        draft.title = section.required("title")
        draft.inForce = section.day("in-force") ?? .first
        if !section.has("in-force") {
            findings.error(section.place, "in-force is missing: the first day of the policy", "缺少 in-force：自哪一天起施行")
        }
        draft.sources = YAMLSection.named(section.tree("sources"), "sources", findings).compactMap { pair in
            guard let section = YAMLSection(pair.value, pair.key, findings) else { return nil }
            defer { section.close() }
            return SourceDocument(
                key: pair.key, title: section.required("title", or: pair.key), number: section.text("number"),
                date: section.day("date"), text: issued(section))
        }
        draft.profession = section.text("profession")
    }

    private func issued(_ source: YAMLSection) -> IssuedText? {
        guard let text = source.text("text").map(IssuedText.init) else { return nil }
        if findings.isStrict, text.places.isEmpty {
            findings.error(
                source.place(of: "text"), "the text has no line that begins with the number of a clause",
                "原文里没有以条款号开头的行（如“一、”“（一）”“1.”“第一条”）")
        }
        return text
    }

    private func readNames(_ section: YAMLSection, _ draft: inout PolicyDraft, _ scope: inout SymbolTable) {
        draft.person = YAMLSection.named(section.tree("person"), "person", findings).map { [scope] in
            FactShape($0.key, $0.value, scope)
        }
        scope.person = draft.person
        if let tree = section.tree("period") {
            draft.period = PeriodRule(tree, scope)
        } else {
            findings.error(section.place, "period is missing: the days of the requirements", "缺少 period：按什么期间要求学时")
        }
        scope.year = draft.period.firstYear ?? draft.inForce.year
        if let tree = section.tree("hour") { readHour(tree, &draft) }
        scope.minutes = draft.minutes
        draft.subjects = YAMLSection.named(section.tree("subjects"), "subjects", findings).compactMap { subject($0) }
        let known = draft.subjects.map(\.key)
        for subject in draft.subjects where subject.within.map({ !known.contains($0) }) ?? false {
            findings.error(
                section.place(of: "subjects"), "\(subject.key) is within a subject that is not listed",
                "\(subject.key) 的 within 不是所列的科目")
        }
        scope.subjects = draft.subjects
        draft.themes = YAMLSection.named(section.tree("themes"), "themes", findings).compactMap { [scope] in
            theme($0, scope)
        }
        scope.themes = draft.themes
    }

    private func readHour(_ tree: YAMLTree, _ draft: inout PolicyDraft) {
        guard let section = YAMLSection(tree, "hour", findings) else { return }
        defer { section.close() }
        draft.minutes = section.integer("minutes")
        if draft.minutes == 0 {
            findings.error(section.place(of: "minutes"), "an hour has at least 1 minute", "每学时至少 1 分钟")
        }
        let direction =
            section.value("round", LocalizedText("down（向下）、nearest（四舍五入）或 up（向上）", en: "down, nearest or up")) {
                Rounding.Direction(rawValue: $0)
            } ?? .down
        let step = section.hours("to")?.hundredths ?? 1
        if step < 1 {
            findings.error(
                section.place(of: "to"), "hours are rounded to 0.01 at the finest", "学时最细取到 0.01")
        }
        draft.rounding = Rounding(direction: direction, step: max(1, step))
        draft.hourClause = section.clause(SymbolTable(findings: findings, sources: draft.sources))
    }

    private func subject(_ pair: YAMLTree.Pair) -> Subject? {
        guard let section = YAMLSection(pair.value, pair.key, findings) else { return nil }
        defer { section.close() }
        return Subject(key: pair.key, name: section.required("name", or: pair.key), within: section.text("within"))
    }

    private func theme(_ pair: YAMLTree.Pair, _ scope: SymbolTable) -> Theme? {
        guard let section = YAMLSection(pair.value, pair.key, findings) else { return nil }
        defer { section.close() }
        let known = scope.subjects.map(\.key)
        let subject = section.value("subject", known.joined(separator: ", ")) { known.contains($0) ? $0 : nil }
        return Theme(
            key: pair.key, name: section.required("name", or: pair.key), subject: subject, clause: section.clause(scope)
        )
    }

    private func readKinds(_ section: YAMLSection, _ draft: inout PolicyDraft, _ scope: inout SymbolTable) {
        draft.kinds = YAMLSection.named(section.tree("recognition"), "recognition", findings).compactMap {
            [scope] pair in
            if draft.subjects.contains(where: { $0.key == pair.key }) {
                findings.error(
                    pair.place, "\(pair.key) is a subject already: use another key for the kind",
                    "\(pair.key) 已是科目，这一认定形式请换个名字")
            }
            return EvidenceKind(pair, scope)
        }
    }

    private func readAsked(_ section: YAMLSection, _ draft: inout PolicyDraft, _ scope: SymbolTable) {
        var reader = RequirementReader(scope)
        draft.requirements = reader.read(section.many("requirements"), draft)
        if draft.requirements.isEmpty {
            findings.error(section.place, "requirements are missing: what must be reached", "缺少 requirements：要达到多少学时")
        }
        draft.caps = reader.caps
        draft.exemptions = section.many("exempt").compactMap { Exemption($0, scope) }
        draft.purposes = YAMLSection.named(section.tree("purposes"), "purposes", findings).compactMap {
            Purpose($0, scope)
        }
        draft.waivers = section.many("waivers").compactMap { Waiver($0, scope, draft.purposes) }
        draft.applies = section.tree("applies-to").flatMap { Applicability($0, scope) }
    }

    private func readTimes(_ section: YAMLSection, _ draft: inout PolicyDraft, _ scope: SymbolTable) {
        draft.windows =
            section.many("windows").compactMap { Window($0, scope, draft, isMakeUp: false) }
            + section.many("make-up").compactMap { Window($0, scope, draft, isMakeUp: true) }
        draft.carryOver = section.many("carry-over").compactMap { CarryOver($0, scope, draft) }
        draft.deadlines = YAMLSection.named(section.tree("deadlines"), "deadlines", findings).compactMap {
            Deadline($0, scope)
        }
        draft.evaluatedOn = section.edge("judged-on")
    }
}

extension Applicability {
    fileprivate init?(_ tree: YAMLTree, _ scope: SymbolTable) {
        guard let section = YAMLSection(tree, "applies-to", scope.findings) else { return nil }
        defer { section.close() }
        when = section.tree("when").map { Condition($0, scope) } ?? .always
        clause = section.clause(scope)
    }
}

extension OpenQuestion {
    /// `{ question:, answer:, clause: }`: the clause is the place that leaves the question open.
    fileprivate init?(_ tree: YAMLTree, _ scope: SymbolTable) {
        guard let section = YAMLSection(tree, "a gap", scope.findings) else { return nil }
        defer { section.close() }
        (question, answer) = (section.required("question"), section.required("answer"))
        clause = section.clause(scope)
    }
}
