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
    let wants: [TitledText]
    let themes: [TitledText]
    let signIn: Link?
    let verify: Link

    init(policy: Policy?, signIn: Link?, verify: Link) {
        title = policy?.title ?? ""
        wants =
            policy.map { policy in
                policy.wants.map { TitledText("\($0.name)：\(policy.wanted($0))", $0.clause.short) }
            } ?? []
        themes = policy?.themes.map { TitledText($0.name, $0.clause.short) } ?? []
        (self.signIn, self.verify) = (signIn, verify)
    }

    static var fields: [String: Field<HomePage>] {
        [
            "title": .text { $0.title }, "hasPolicy": .flag { !$0.wants.isEmpty }, "wants": .list { $0.wants },
            "hasThemes": .flag { !$0.themes.isEmpty }, "themes": .list { $0.themes },
            "isStranger": .flag { $0.signIn != nil }, "signIn": .text { $0.signIn?.text ?? "" },
            "verify": .text { $0.verify.text }, "number": .item { _ in FormField.certificateNumber() },
        ]
    }

    static var sample: HomePage { HomePage(policy: nil, signIn: Link.home, verify: Link.home) }
}
