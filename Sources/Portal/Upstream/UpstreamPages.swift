import Database
import Foundation
import Kernel
import People
import Registry
import Web

/// 待处理: requests that reach outside the scopes of their senders, for the authority with both sides in its scope; and
/// 我报的申请, where senders see the results.
package struct UpstreamPages: Sendable {
    private let registry: Registry
    private let reader: UpstreamReader
    private let listView: View<UpstreamList>
    private let askedView: View<UpstreamList>
    private let view: View<UpstreamPage>

    package static let path: Path<> = Path("/requests")
    package static let askedPath: Path<> = Path("/requests/asked")
    static let requestPath = Path<ID<UpstreamRequest>>("/requests/{}")
    static let donePath = Path<ID<UpstreamRequest>>("/requests/{}/completion")
    static let dismissalPath = Path<ID<UpstreamRequest>>("/requests/{}/dismissal")
    private static let accessPolicy: AccessPolicy = .roles([.authority, .bureau])

    package init(_ registry: Registry, _ views: Views) throws {
        (self.registry, reader) = (registry, UpstreamReader(registry: registry))
        listView = try views.view("requests")
        askedView = try views.view("asked")
        view = try views.view("request")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Upstream.views") }

    package var routes: [Route] {
        [
            .get(Self.path, Self.accessPolicy) { request in .page(try await list(request)) },
            .get(Self.askedPath, .officers) { request in .page(try await asked(request)) },
            .get(Self.requestPath, access) { request, pending in .page(try await page(request, pending)) },
            .post(Self.donePath, access) { request, pending in try await carryOut(request, pending.number) },
            .post(Self.dismissalPath, access) { request, pending in try await dismiss(request, pending) }
                .keeping(UpstreamPage.reason),
        ]
    }

    package var navigation: [NavigationItem] {
        [
            NavigationItem("待处理", Self.path.link(), Self.accessPolicy),
            NavigationItem("我报的申请", Self.askedPath.link(), .roles([.employer])),
        ]
    }

    /// Access for the authority above both sides; writes check it again. Failures: `desk.no-scope`, `request.none`.
    private var access: ObjectAccess<ID<UpstreamRequest>, UpstreamRequest> {
        ObjectAccess(Self.accessPolicy) { request, number in
            try await reader.find(number, for: request.signedIn())
        }
    }

    /// How many requests wait for the principal's authority.
    func pendingTasks(_ principal: Principal, _ transaction: Transaction) throws -> [PendingTask] {
        guard Self.accessPolicy.isOpen(to: principal), let submitter = principal.submitterIfAny else {
            return []
        }
        let count = try reader.countWaiting(for: submitter, transaction)
        return [PendingTask("待处理的申请", count, Self.path.link())].compactMap { $0 }
    }

    /// The waiting or the resolved requests.
    private func list(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let (before, isResolved) = (Int(request.query["before"]) ?? .max, request.query["view"] == "answered")
        let value = try await reader.list(
            isResolved: isResolved, before: before, last: ID(request.query["answered"]), for: principal)
        return Page(isResolved ? "已办结的申请" : "待处理", breadcrumbs: [.home], listView.draw(value))
    }

    /// The requests of the user's unit or authority with their results.
    private func asked(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let value = try await reader.asked(before: Int(request.query["before"]) ?? .max, for: principal)
        return Page("我报的申请", breadcrumbs: [.home, Breadcrumb("导入", ImportPages.path.link())], askedView.draw(value))
    }

    private func page(_ request: WebRequest, _ pending: UpstreamRequest, typed: Query? = nil) async throws -> Page {
        let value = try await reader.page(pending, typed: typed, for: request.signedIn())
        let breadcrumbs = [Breadcrumb.home, Breadcrumb("待处理", Self.path.link())]
        return Page("待处理的申请", breadcrumbs: breadcrumbs, status: value.status, view.draw(value))
    }

    /// Carries out a request, or marks it as done by other means.
    private func carryOut(_ request: WebRequest, _ number: ID<UpstreamRequest>) async throws -> WebResponse {
        let principal = try request.signedIn()
        let isDone = try await request.form()["by"] == "list"
        let (registry, submitter) = (registry.acting(as: request.actor), try principal.submitter())
        if isDone {
            try await registry.end(number, by: submitter)
        } else {
            try await registry.carryOut(number, by: submitter)
        }
        return .moved(Self.path.link().asking([("answered", "\(number)")]))
    }

    private func dismiss(_ request: WebRequest, _ pending: UpstreamRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        let typed = try await request.form()
        let form = UpstreamPage(
            number: pending.number, row: .sample, mayDo: false, hasUnit: true, before: "", typed: typed)
        guard form.isRight else { return .page(try await page(request, pending, typed: typed)) }
        try await registry.acting(as: request.actor).dismiss(
            pending.number, reason: form.reason.value, by: principal.submitter())
        return .moved(Self.path.link().asking([("answered", "\(pending.number)")]))
    }
}

extension Feature {
    /// 待处理 and 我报的申请
    package static let upstream = Feature("upstream", views: [UpstreamPages.views]) { context in
        let pages = try UpstreamPages(context.registry, context.views)
        var site = FeatureSite(routes: pages.routes, navigation: pages.navigation)
        site.pendingTasks = { try pages.pendingTasks($0, $1) }
        return site
    }
}
