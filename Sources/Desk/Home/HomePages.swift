import Database
import Foundation
import Kernel
import Policy
import Proof
import Registry
import Web

/// The first page: what this is, what a year asks, and the query for certificates.
package struct HomePages: Sendable {
    private let registry: Registry
    private let database: Database
    private let view: View<HomePage>
    private let signIn: Link

    package static let path: Path<> = Path("/")

    package init(_ registry: Registry, _ database: Database, _ views: Views, signIn: Link) throws {
        (self.registry, self.database, self.signIn) = (registry, database, signIn)
        view = try views.view("home")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Home.views") }

    package var routes: [Route] { [.get(Self.path, .everyone) { visit in .page(try await page(visit)) }] }
    package var navigation: [NavigationItem] { [NavigationItem("首页", Self.path.link(), .everyone)] }

    private func page(_ visit: Visit) async throws -> Page {
        let policy = try await database.read { try registry.book($0).current.first { $0.policy.profession == nil } }?
            .policy
        let value = HomePage(
            policy: policy, signIn: visit.visitor == nil ? signIn : nil, verify: VerificationPages.queryPath.link())
        return Page("首页", view.draw(value))
    }
}

struct HomePage: PageValue {
    let title: String
    let wants: [Line]
    let themes: [Line]
    let signIn: Link?
    let verify: Link

    /// Words with their clause.
    struct Line: PageValue {
        let words: String
        let clause: String

        static var fields: [String: Field<Line>] { ["words": .text { $0.words }, "clause": .text { $0.clause }] }
        static var sample: Line { Line(words: "公需科目：不少于 30 学时", clause: "二(一)") }
    }

    init(policy: Policy?, signIn: Link?, verify: Link) {
        title = policy?.title ?? ""
        wants =
            policy.map { policy in
                policy.wants.map { Line(words: "\($0.name)：\(policy.wanted($0))", clause: $0.clause.short) }
            } ?? []
        themes = policy?.themes.map { Line(words: $0.name, clause: $0.clause.short) } ?? []
        (self.signIn, self.verify) = (signIn, verify)
    }

    private var number: FormField {
        var field = FormField("number", "证书编号")
        field.hint = "16 位，在证书右下角，例如 MCMT-2GJ4-Y74D-CKO4"
        return field
    }

    static var fields: [String: Field<HomePage>] {
        [
            "title": .text { $0.title }, "hasPolicy": .flag { !$0.wants.isEmpty }, "wants": .list { $0.wants },
            "hasThemes": .flag { !$0.themes.isEmpty }, "themes": .list { $0.themes },
            "isStranger": .flag { $0.signIn != nil }, "signIn": .text { $0.signIn?.text ?? "" },
            "verify": .text { $0.verify.text }, "number": .item { $0.number },
        ]
    }

    static var sample: HomePage { HomePage(policy: nil, signIn: Link.home, verify: Link.home) }
}
