import Kernel
import People
import Registry
import Web

/// 办理记录: the acts about a person and about years as a whole, with office and time. Officers see those of people in
/// their scope, and every person their own.
package struct RecordPages: Sendable {
    private let roster: RosterAccess
    private let reader: AuditReader
    private let view: View<RecordPage>

    static let path = Path<ID<Person>>("/people/{}/record")
    static let ownPath: Path<> = Path("/me/record")

    init(_ roster: RosterAccess, _ views: Views) throws {
        (self.roster, reader) = (roster, AuditReader(registry: roster.registry))
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
        let found = try await reader.record(of: person, to: .officer, skipping: Self.skipped(request))
        let value = RecordPage(
            title: "\(entry.name)：办理记录", whose: "此人", acts: found, path: Self.path.link(person), back: back.link)
        return Page("办理记录", breadcrumbs: [.home, Breadcrumb("人员", RosterPages.path.link()), back], view.draw(value))
    }

    private func ownPage(_ request: WebRequest) async throws -> Page {
        guard let person = try request.signedIn().person else { throw Failure.noOwnPerson }
        let back = YearPages.path.link()
        let found = try await reader.record(of: person, to: .other, skipping: Self.skipped(request))
        let value = RecordPage(title: "办理记录", whose: "您", acts: found, path: Self.ownPath.link(), back: back)
        return Page("办理记录", breadcrumbs: [.home, Breadcrumb("我的学时", back)], view.draw(value))
    }

    private static func skipped(_ request: WebRequest) -> Int { Int(request.query["skip"]) ?? 0 }
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
