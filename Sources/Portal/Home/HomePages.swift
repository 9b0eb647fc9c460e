import Certificates
import Foundation
import Kernel
import People
import Policy
import Registry
import Web

/// The home page: an introduction, the requirements of a year, and the verification of certificates.
package struct HomePages: Sendable {
    private let reader: HomeReader
    private let notices: Notices
    private let view: View<HomePage>
    private let signIn: Link
    private let contributions: Contributions

    package static let path: Path<> = Path("/")
    private static let news = 5

    init(
        _ registry: Registry, _ notices: Notices, _ contributions: Contributions, _ views: Views, signIn: Link
    ) throws {
        (reader, self.notices, self.signIn) = (HomeReader(registry: registry), notices, signIn)
        self.contributions = contributions
        view = try views.view("home")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Home.views") }

    package var routes: [Route] { [.get(Self.path, .everyone) { request in .page(try await page(request)) }.atOnce] }
    package var navigation: [NavigationItem] { [NavigationItem("首页", Self.path.link(), .everyone)] }

    private func page(_ request: WebRequest) async throws -> Page {
        let policy = try await reader.policy()
        let pending = try await pendingTasks(request.principal)
        let now = reader.registry.people.system.now()
        let news = try await notices.newest(limit: Self.news).map { NoticeRow($0, now: now) }
        let value = HomePage(
            policy: policy, pending: pending, notices: news, signIn: request.principal == nil ? signIn : nil,
            hasOwn: request.principal?.role == .professional, verify: VerificationPages.queryPath.link())
        return Page("首页", view.draw(value))
    }

    /// The pending tasks of an officer, in the order of the features.
    private func pendingTasks(_ principal: Principal?) async throws -> [PendingTask]? {
        guard let principal, AccessPolicy.officers.isOpen(to: principal) else { return nil }
        return try await reader.pendingTasks(of: principal, contributions.all)
    }
}

struct HomePage: PageValue {
    let title: String
    let hoursRequirements: [TitledText]
    let themes: [TitledText]
    /// `nil` for users who never have pending tasks.
    let pending: [PendingTask]?
    let notices: [NoticeRow]
    let signIn: Link?
    /// Whether the user has a year of their own.
    let hasOwn: Bool
    let verify: Link

    init(
        policy: Policy?, pending: [PendingTask]? = nil, notices: [NoticeRow], signIn: Link?, hasOwn: Bool, verify: Link
    ) {
        title = policy?.title ?? ""
        hoursRequirements =
            policy.map { policy in
                policy.hoursRequirements.map { TitledText("\($0.name)：\(policy.required($0))", $0.clause.short) }
            } ?? []
        themes = policy?.themes.map { TitledText($0.name, $0.clause.short) } ?? []
        (self.pending, self.notices) = (pending, notices)
        (self.signIn, self.hasOwn, self.verify) = (signIn, hasOwn, verify)
    }

    static var fields: [String: Field<HomePage>] {
        [
            "title": .text { $0.title }, "hasPolicy": .flag { !$0.hoursRequirements.isEmpty },
            "requirements": .list { $0.hoursRequirements },
            "isOfficer": .flag { $0.pending != nil }, "hasPending": .flag { $0.pending?.isEmpty == false },
            "pending": .list { $0.pending ?? [] },
            "hasNotices": .flag { !$0.notices.isEmpty }, "rows": .list { $0.notices },
            "allNotices": .text { _ in NoticePages.path.link().text },
            "hasThemes": .flag { !$0.themes.isEmpty }, "themes": .list { $0.themes },
            "isStranger": .flag { $0.signIn != nil }, "signIn": .text { $0.signIn?.text ?? "" },
            "hasOwn": .flag { $0.hasOwn }, "own": .text { _ in YearPages.path.link().text },
            "verify": .text { $0.verify.text }, "number": .item { _ in FormField.certificateNumber() },
        ]
    }

    static var sample: HomePage {
        HomePage(
            policy: nil, pending: [.sample], notices: [.sample], signIn: Link.home, hasOwn: true, verify: Link.home)
    }
}

extension Feature {
    /// 首页
    package static let home = Feature("home", views: [HomePages.views]) { context in
        let pages = try HomePages(
            context.registry, context.notices, context.contributions, context.views,
            signIn: AccountPages.signIn(back: YearPages.path.link().text))
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
