import Foundation
import Kernel
import People
import Registry
import Web

/// The administrator's pages: the state of the system, accounts, and tokens.
struct AdministrationPages: Sendable {
    private let state: @Sendable () async throws -> SystemState
    private let view: View<SystemStatePage>

    static let path: Path<> = Path("/administration/state")
    static let administrator: AccessPolicy = .role(.administrator)

    init(_ context: SiteContext) throws {
        state = context.services.state
        view = try context.views.view("system")
    }

    static var views: URL { Bundle.module.bundleURL.appending(path: "Administration.views") }

    var routes: [Route] {
        [
            .get(Self.path, Self.administrator) { _ in
                .page(Page("系统状态", breadcrumbs: [.home], view.draw(SystemStatePage(state: try await state()))))
            }
        ]
    }
}

extension Feature {
    /// 系统管理
    package static let administration = Feature("administration", views: [AdministrationPages.views]) { context in
        let pages = try AdministrationPages(context)
        let (accounts, tokens) = (try AdministeredAccountPages(context), try AdministeredTokenPages(context))
        return FeatureSite(
            routes: pages.routes + accounts.routes + tokens.routes,
            navigation: [
                NavigationItem("系统状态", AdministrationPages.path.link(), AdministrationPages.administrator),
                NavigationItem(
                    "账号", AdministeredAccountPages.path.link(), AdministrationPages.administrator,
                    also: [AdministeredAccountPages.accountPath.link().text]),
                NavigationItem("接口令牌", AdministeredTokenPages.path.link(), AdministrationPages.administrator),
            ])
    }
}
