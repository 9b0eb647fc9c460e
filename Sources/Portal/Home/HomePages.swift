import Certificates
import Database
import Foundation
import Kernel
import People
import Policy
import Registry
import Web

/// The first page: what this is, what a year asks, and the query for certificates.
package struct HomePages: Sendable {
    private let registry: Registry
    private let notices: Notices
    private let view: View<HomePage>
    private let signIn: Link

    package static let path: Path<> = Path("/")
    private static let news = 5

    package init(_ registry: Registry, _ notices: Notices, _ views: Views, signIn: Link) throws {
        (self.registry, self.notices, self.signIn) = (registry, notices, signIn)
        view = try views.view("home")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Home.views") }

    package var routes: [Route] { [.get(Self.path, .everyone) { request in .page(try await page(request)) }.atOnce] }
    package var navigation: [NavigationItem] { [NavigationItem("首页", Self.path.link(), .everyone)] }

    private func page(_ request: WebRequest) async throws -> Page {
        let policy = try await registry.database.inlineRead { transaction in
            try registry.book(transaction).current.first { $0.policy.profession == nil }?.policy
        }
        let now = registry.people.system.now()
        let news = try await notices.newest(limit: Self.news).map { NoticeRow($0, now: now) }
        let value = HomePage(
            policy: policy, notices: news, signIn: request.principal == nil ? signIn : nil,
            hasOwn: request.principal?.role == .professional, verify: VerificationPages.queryPath.link())
        return Page("首页", view.draw(value))
    }
}

struct HomePage: PageValue {
    let title: String
    let hoursRequirements: [TitledText]
    let themes: [TitledText]
    let notices: [NoticeRow]
    let signIn: Link?
    /// Whether the reader has a year of their own.
    let hasOwn: Bool
    let verify: Link

    init(policy: Policy?, notices: [NoticeRow], signIn: Link?, hasOwn: Bool, verify: Link) {
        title = policy?.title ?? ""
        hoursRequirements =
            policy.map { policy in
                policy.hoursRequirements.map { TitledText("\($0.name)：\(policy.required($0))", $0.clause.short) }
            } ?? []
        themes = policy?.themes.map { TitledText($0.name, $0.clause.short) } ?? []
        (self.notices, self.signIn, self.hasOwn, self.verify) = (notices, signIn, hasOwn, verify)
    }

    static var fields: [String: Field<HomePage>] {
        [
            "title": .text { $0.title }, "hasPolicy": .flag { !$0.hoursRequirements.isEmpty },
            "wants": .list { $0.hoursRequirements },
            "hasNotices": .flag { !$0.notices.isEmpty }, "rows": .list { $0.notices },
            "allNotices": .text { _ in NoticePages.path.link().text },
            "hasThemes": .flag { !$0.themes.isEmpty }, "themes": .list { $0.themes },
            "isStranger": .flag { $0.signIn != nil }, "signIn": .text { $0.signIn?.text ?? "" },
            "hasOwn": .flag { $0.hasOwn }, "own": .text { _ in YearPages.path.link().text },
            "verify": .text { $0.verify.text }, "number": .item { _ in FormField.certificateNumber() },
        ]
    }

    static var sample: HomePage {
        HomePage(policy: nil, notices: [.sample], signIn: Link.home, hasOwn: true, verify: Link.home)
    }
}
