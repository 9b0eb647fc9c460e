import Foundation
import Kernel
import People
import Policy
import Registry
import Web

extension PolicyVersion: PublicKind {}

/// The published policies as texts: clauses, examples, versions and the changes between versions.
package struct PolicyPages: Sendable {
    private let reader: PublishedPolicyReader
    private let listView: View<PolicyList>
    private let view: View<PolicyPage>
    private let changesView: View<ChangesPage>
    private let sourceView: View<SourcePage>

    package static let path: Path<> = Path("/policies")
    static let policyPath = Path<String>("/policies/{}")
    static let sourcePath = Path<String, String>("/policies/{}/{}")
    static let changesPath = Path<String, ID<PolicyVersion>>("/policies/{}/changes/{}")

    package init(_ registry: Registry, _ views: Views) throws {
        reader = PublishedPolicyReader(registry: registry)
        listView = try views.view("policies")
        view = try views.view("policy")
        changesView = try views.view("policy-changes")
        sourceView = try views.view("policy-source")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Policies.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .everyone) { _ in .page(try await list()) },
            .get(Self.policyPath, .everyone) { _, key in .page(try await page(key)) },
            .get(Self.sourcePath, .everyone) { request, key, source in
                .page(try await text(source, of: key, version: request.query["version"]))
            },
            .get(Self.changesPath, .everyone) { _, key, version in .page(try await changes(key, version)) },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("政策", Self.path.link(), .everyone)] }

    private func list() async throws -> Page {
        let current = try await reader.current()
        let rows = current.sorted { $0.policy.firstYear > $1.policy.firstYear }.map { version in
            Breadcrumb(version.policy.title, Self.policyPath.link(version.key))
        }
        return Page("政策", breadcrumbs: [.home], listView.draw(PolicyList(rows: rows)))
    }

    private func page(_ key: String) async throws -> Page {
        let value = try await reader.page(key)
        let breadcrumbs = [Breadcrumb.home, Breadcrumb("政策", Self.path.link())]
        return Page(value.title, breadcrumbs: breadcrumbs, view.draw(value))
    }

    /// The differences between a version and the previous one.
    private func changes(_ key: String, _ number: ID<PolicyVersion>) async throws -> Page {
        let versions = try await reader.versions(key)
        guard let place = versions.firstIndex(where: { $0.number == number }), place + 1 < versions.count else {
            throw Failure.noPolicyHere
        }
        let (new, old) = (versions[place], versions[place + 1])
        let value = ChangesPage(
            title: new.policy.title, from: old.version, to: new.version,
            lines: Self.difference(Self.lines(old.policy), Self.lines(new.policy)))
        return Page("修改内容", breadcrumbs: Self.breadcrumbs(new), changesView.draw(value))
    }

    /// The rules, and the texts of the sources.
    private static func lines(_ policy: Policy) -> [String] {
        PolicyText(policy).lines + policy.sources.flatMap { $0.text?.lines ?? [] }
    }

    /// The text of a source. Without a version it is that of the newest one. Failures: `policy.none`, `policy.no-text`.
    private func text(_ source: String, of key: String, version: String) async throws -> Page {
        let versions = try await reader.versions(key)
        guard let found = version.isEmpty ? versions[0] : versions.first(where: { "\($0.version)" == version }) else {
            throw Failure.noPolicyHere
        }
        guard let document = found.policy.sources.first(where: { $0.key == source }), let text = document.text else {
            throw Failure.noSourceText
        }
        let value = SourcePage(document, text, found, newest: versions[0])
        return Page(value.title, breadcrumbs: Self.breadcrumbs(found), sourceView.draw(value))
    }

    /// The pages above a page of a policy.
    private static func breadcrumbs(_ version: PolicyVersion) -> [Breadcrumb] {
        [.home, Breadcrumb("政策", path.link()), Breadcrumb(version.policy.title, policyPath.link(version.key))]
    }

    /// The lines of both in order: removed, added and unchanged.
    static func difference(_ old: [String], _ new: [String]) -> [ChangedLine] {
        let change = new.difference(from: old)
        var removed: [Int: String] = [:], added: [Int: String] = [:]
        for one in change {
            switch one {
            case .remove(let place, let line, _): removed[place] = line
            case .insert(let place, let line, _): added[place] = line
            }
        }
        var lines: [ChangedLine] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if let line = removed[before] {
                lines.append(ChangedLine(text: line, kind: .went))
                before += 1
            } else if let line = added[after] {
                lines.append(ChangedLine(text: line, kind: .came))
                after += 1
            } else {
                lines.append(ChangedLine(text: new[after], kind: .stayed))
                (before, after) = (before + 1, after + 1)
            }
        }
        return lines.filter { $0.kind != .stayed }
    }
}

struct PolicyList: PageValue {
    let rows: [Breadcrumb]

    static var fields: [String: Field<PolicyList>] {
        ["rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty }]
    }

    static var sample: PolicyList { PolicyList(rows: [Breadcrumb("泰安市 2022 年度专业技术人员继续教育", PolicyPages.path.link())]) }
}

struct PolicyPage: PageValue {
    let title: String
    let head: [String]
    /// The texts of the sources with the rules beside them.
    let sources: [SourceRules]
    /// The rules that cite no text.
    let sections: [PolicySection]
    let examples: [PolicySection]
    let versions: [PolicyVersionRow]

    init(_ versions: [PolicyVersion], region: String?, by: [String: String]) {
        let policy = versions[0].policy
        let text = PolicyText(policy, region: region)
        (title, head) = (policy.title, Array(text.head.dropFirst()))
        let rules = RulesByPassage(policy, text.sections, ClauseLinks(versions[0], isCurrent: true))
        (sources, sections) = (rules.sources, rules.rest)
        examples = policy.examples.map { example in
            PolicySection(
                title: example.name,
                lines: ExampleText(policy, example).lines.dropFirst().map { String($0.chinese.dropFirst(2)) })
        }
        self.versions = versions.enumerated().map { place, version in
            PolicyVersionRow(version, by: by["\(version.version)"] ?? "", hasOlder: place + 1 < versions.count)
        }
    }

    private init() {
        (title, head) = ("泰安市 2022 年度专业技术人员继续教育", ["施行 2022-01-01"])
        (sources, sections, examples, versions) = ([.sample], [.sample], [.sample], [.sample])
    }

    static var fields: [String: Field<PolicyPage>] {
        [
            "title": .text { $0.title }, "head": .list { $0.head.map(Sentence.init) },
            "sources": .list { $0.sources }, "sections": .list { $0.sections }, "examples": .list { $0.examples },
            "hasExamples": .flag { !$0.examples.isEmpty }, "exampleCount": .text { "\($0.examples.count)" },
            "versions": .list { $0.versions },
        ]
    }

    static var sample: PolicyPage { PolicyPage() }
}

/// A heading with lines. Indented lines belong to the line above; lines of the second level are folded.
struct PolicySection: PageValue {
    let title: String
    let lines: [Paragraph]

    init(title: String, lines: [String], _ clauses: ClauseLinks = .none) {
        self.title = title
        self.lines = lines.reduce(into: []) { lines, text in
            let (isInner, isFolded) = (text.hasPrefix("  "), text.hasPrefix("    "))
            if isFolded, !lines.isEmpty {
                lines[lines.count - 1].folded.append(Sentence(text.trimmed))
            } else {
                let parts = clauses.cited(text.trimmed).parts
                lines.append(Paragraph(text: text.trimmed, parts: parts, isInner: isInner))
            }
        }
    }

    struct Paragraph: PageValue {
        let text: String
        let parts: [CitedPart]
        let isInner: Bool
        var folded: [Sentence] = []

        static var fields: [String: Field<Paragraph>] {
            [
                "text": .text { $0.text }, "parts": .list { $0.parts }, "isInner": .flag { $0.isInner },
                "isFold": .flag { !$0.folded.isEmpty }, "folded": .list { $0.folded },
            ]
        }

        static var sample: Paragraph {
            Paragraph(text: "申报时填写：", parts: [.sample], isInner: true, folded: [.sample])
        }
    }

    static var fields: [String: Field<PolicySection>] {
        ["title": .text { $0.title }, "lines": .list { $0.lines }]
    }

    static var sample: PolicySection { PolicySection(title: "认定标准", lines: ["论文（二(三)3）"]) }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

struct PolicyVersionRow: PageValue {
    let version: Int
    let published: Day
    /// Who published it; empty if that was not recorded.
    let by: String
    let hash: String
    /// The page with its changes; `nil` for the first version.
    let changes: Link?

    init(_ version: PolicyVersion, by: String, hasOlder: Bool) {
        self.by = by
        (self.version, published) = (version.version, Day(milliseconds: version.published))
        hash = String(version.hash.hexadecimal.prefix(16))
        changes = hasOlder ? PolicyPages.changesPath.link(version.key, version.number) : nil
    }

    private init() {
        (version, published, by, hash) = (2, Day(number: 19_101), "系统管理员", "a1b2c3d4e5f60718")
        changes = PolicyPages.path.link()
    }

    static var fields: [String: Field<PolicyVersionRow>] {
        [
            "version": .text { "\($0.version)" }, "published": .text { "\($0.published)" }, "hash": .text { $0.hash },
            "by": .text { $0.by }, "isRecorded": .flag { !$0.by.isEmpty },
            "hasChanges": .flag { $0.changes != nil }, "changes": .text { $0.changes?.text ?? "" },
        ]
    }

    static var sample: PolicyVersionRow { PolicyVersionRow() }
}

struct ChangedLine: PageValue {
    enum Kind { case went, came, stayed }

    let text: String
    let kind: Kind

    static var fields: [String: Field<ChangedLine>] {
        ["text": .text { $0.text.trimmed }, "went": .flag { $0.kind == .went }, "came": .flag { $0.kind == .came }]
    }

    static var sample: ChangedLine { ChangedLine(text: "公需科目：至少 30 学时", kind: .came) }
}

struct ChangesPage: PageValue {
    let title: String
    let from: Int
    let to: Int
    let lines: [ChangedLine]

    static var fields: [String: Field<ChangesPage>] {
        [
            "title": .text { $0.title }, "from": .text { "\($0.from)" }, "to": .text { "\($0.to)" },
            "lines": .list { $0.lines }, "hasLines": .flag { !$0.lines.isEmpty },
        ]
    }

    static var sample: ChangesPage { ChangesPage(title: "泰安市 2022 年度", from: 1, to: 2, lines: [.sample]) }
}

extension Failure {
    static let noPolicyHere = Failure(
        .notFound, "policy.none", "没有发布过这项政策或这个版本。请从政策列表进入。",
        en: "No such policy or version was published. See the list of policies.")
}

extension Feature {
    /// 政策
    package static let policies = Feature("policies", views: [PolicyPages.views]) { context in
        let pages = try PolicyPages(context.registry, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
