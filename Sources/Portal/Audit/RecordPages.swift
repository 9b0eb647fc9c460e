import Database
import Kernel
import People
import Registry
import Web

/// 办理记录: the acts about a person and about years as a whole, with office and time. Officers see those of people in
/// their scope, and every person their own.
package struct RecordPages: Sendable {
    private let roster: RosterAccess
    private let view: View<RecordPage>
    private static let size = 50
    /// The most acts that can be skipped, since skipped acts are read each time.
    private static let most = 1000

    static let path = Path<ID<Person>>("/people/{}/record")
    static let ownPath: Path<> = Path("/me/record")

    init(_ roster: RosterAccess, _ views: Views) throws {
        self.roster = roster
        view = try views.view("record")
    }

    package var routes: [Route] {
        [
            .get(Self.path, roster.person()) { request, entry in .page(try await page(request, entry)) },
            .get(Self.ownPath, .role(.professional)) { request in .page(try await ownPage(request)) },
        ]
    }

    private func page(_ request: WebRequest, _ entry: RosterEntry) async throws -> Page {
        let person = entry.person
        let back = Breadcrumb(entry.name, RosterPages.yearPath.link(person, roster.registry.people.system.today.year))
        let found = try await read(request, person, to: .officer)
        let value = RecordPage(
            title: "\(entry.name)：办理记录", whose: "此人", acts: found, path: Self.path.link(person), back: back.link)
        return Page("办理记录", breadcrumbs: [.home, Breadcrumb("人员", RosterPages.path.link()), back], view.draw(value))
    }

    private func ownPage(_ request: WebRequest) async throws -> Page {
        guard let person = try request.signedIn().person else { throw Failure.noOwnPerson }
        let back = YearPages.path.link()
        let found = try await read(request, person, to: .other)
        let value = RecordPage(title: "办理记录", whose: "您", acts: found, path: Self.ownPath.link(), back: back)
        return Page("办理记录", breadcrumbs: [.home, Breadcrumb("我的学时", back)], view.draw(value))
    }

    private func read(_ request: WebRequest, _ person: ID<Person>, to reader: ActPresenter.Reader) async throws
        -> ActPart
    {
        let skipped = min(max(0, Int(request.query["skip"]) ?? 0), Self.most)
        let people = roster.registry.people
        return try await roster.registry.database.read { transaction in
            let presenter = try ActPresenter(transaction, people, to: reader)
            let queries = try queries(of: person, PersonStore(transaction, people)) + AuditQuery.years
            let found = try presenter.newest(queries, limit: skipped + Self.size + 1).dropFirst(skipped)
            let isMore = found.count > Self.size && skipped + Self.size <= Self.most
            return ActPart(
                lines: try found.prefix(Self.size).map(presenter.line), skipped: skipped,
                next: isMore ? skipped + Self.size : nil)
        }
    }

    private static let acts: [AuditAct] = [
        .mergePerson, .unmergePerson, .changePerson, .carryOutRequest, .giveFirstPassword, .settleYear, .reopenYear,
        .issueCertificate, .revokeCertificate,
    ]

    /// The acts about a person and the people merged into it. For formerly merged people, only the merging itself.
    private func queries(of person: ID<Person>, _ store: PersonStore) throws -> [AuditQuery] {
        let root = try store.root(of: person)
        let family = try store.family(of: root)
        let others = try store.everMerged(into: root).filter { !family.contains($0) }
        return family.map { .about($0, Self.acts) }
            + others.map { .of(.person($0), [.mergePerson, .unmergePerson]) }
    }
}

/// A page of acts.
struct ActPart {
    let lines: [ActDescription]
    let skipped: Int
    /// How many acts to skip for the next page; `nil` at the end.
    let next: Int?
}

/// A table of acts; `nil` if there are none.
struct ActList: PageValue {
    let lines: [ActDescription]

    init?(_ lines: [ActDescription]) {
        guard !lines.isEmpty else { return nil }
        self.lines = lines
    }

    private init() { lines = [.sample] }

    static var fields: [String: Field<ActList>] { ["lines": .list { $0.lines }] }

    static var sample: ActList { ActList() }
}

struct RecordPage: PageValue {
    let title: String
    let whose: String
    let acts: ActPart
    let path: Link
    let back: Link

    private func link(skipping count: Int?) -> String {
        path.asking([("skip", count.map { "\($0)" } ?? "")]).text
    }

    static var fields: [String: Field<RecordPage>] {
        [
            "title": .text { $0.title }, "whose": .text { $0.whose }, "acts": .item { ActList($0.acts.lines) },
            "hasOlder": .flag { $0.acts.next != nil }, "older": .text { $0.link(skipping: $0.acts.next) },
            "hasNewest": .flag { $0.acts.skipped > 0 }, "newest": .text { $0.path.text },
            "back": .text { $0.back.text },
        ]
    }

    static var sample: RecordPage {
        RecordPage(
            title: "办理记录", whose: "您", acts: ActPart(lines: [.sample], skipped: 50, next: 100),
            path: RecordPages.ownPath.link(), back: YearPages.path.link())
    }
}
