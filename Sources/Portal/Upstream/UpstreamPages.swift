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
    private let listView: View<UpstreamList>
    private let askedView: View<UpstreamList>
    private let view: View<UpstreamPage>
    private static let size = 20

    package static let path: Path<> = Path("/requests")
    package static let askedPath: Path<> = Path("/requests/asked")
    static let requestPath = Path<ID<UpstreamRequest>>("/requests/{}")
    static let donePath = Path<ID<UpstreamRequest>>("/requests/{}/completion")
    static let dismissalPath = Path<ID<UpstreamRequest>>("/requests/{}/dismissal")
    private static let accessPolicy: AccessPolicy = .roles([.authority, .bureau])

    package init(_ registry: Registry, _ views: Views) throws {
        self.registry = registry
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
            let principal = try request.signedIn()
            return try await registry.database.read { transaction in
                let scope = WriteScope(transaction, registry.people, try principal.submitter())
                return try UpstreamStore(transaction, registry.people).find(number, scope)
            }
        }
    }

    private var now: Int { registry.people.system.now() }

    /// The number of requests that wait for the user's authority.
    func pendingTasks(_ principal: Principal, _ transaction: Transaction) throws -> [PendingTask] {
        guard Self.accessPolicy.isOpen(to: principal), let submitter = principal.submitterIfAny else {
            return []
        }
        let scope = WriteScope(transaction, registry.people, submitter)
        let count = try UpstreamStore(transaction, registry.people).countWaiting(scope)
        return [PendingTask("待处理的申请", count, Self.path.link())].compactMap { $0 }
    }

    /// The waiting or the answered requests.
    private func list(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let (before, isAnswered) = (Int(request.query["before"]) ?? .max, request.query["view"] == "answered")
        let answered: ID<UpstreamRequest>? = ID(request.query["answered"])
        let now = now
        let (found, total, last) = try await registry.database.read { transaction in
            let writeScope = WriteScope(transaction, registry.people, try principal.submitter())
            let store = UpstreamStore(transaction, registry.people)
            let texts = UpstreamTexts(writeScope, registry.people)
            let found =
                try isAnswered
                ? store.answered(writeScope, before: before, limit: Self.size + 1)
                : store.waiting(writeScope, before: before, limit: Self.size + 1)
            let presenter = try ActPresenter(transaction, registry.people, to: .officer)
            let rows = try found.map { pending in
                (
                    number: pending.number,
                    row: UpstreamRow(try texts.of(pending), pending, by: try presenter.who(answered: pending), now: now)
                )
            }
            let last = try answered.flatMap { try store.findResolved($0, writeScope) }
            return (
                rows, try isAnswered ? nil : store.countWaiting(writeScope),
                try last.map { UpstreamRow(try texts.of($0), $0, by: "", now: now) }
            )
        }
        let view = isAnswered ? [("view", "answered")] : []
        let next = found.count > Self.size ? found[Self.size - 1].number : nil
        let value = UpstreamList(
            rows: found.prefix(Self.size).map(\.row), total: total, last: last,
            older: next.map { Self.path.link().asking(view + [("before", "\($0)")]) },
            newest: before == .max ? nil : Self.path.link().asking(view))
        return Page(isAnswered ? "已办结的申请" : "待处理", breadcrumbs: [.home], listView.draw(value))
    }

    /// The requests of the user's unit or authority with their results.
    private func asked(_ request: WebRequest) async throws -> Page {
        let principal = try request.signedIn()
        let before = Int(request.query["before"]) ?? .max
        let now = now
        let found = try await registry.database.read { transaction in
            let submitter = try principal.submitter()
            guard let organisation = submitter.organisation else { throw Failure.noScope }
            let texts = UpstreamTexts(WriteScope(transaction, registry.people, submitter), registry.people)
            let presenter = try ActPresenter(transaction, registry.people, to: .officer)
            return try UpstreamStore(transaction, registry.people).asked(
                by: organisation, before: before, limit: Self.size + 1
            ).map { pending in
                let by = try presenter.who(answered: pending)
                return (number: pending.number, row: UpstreamRow(try texts.asked(pending), pending, by: by, now: now))
            }
        }
        let next = found.count > Self.size ? found[Self.size - 1].number : nil
        let value = UpstreamList(
            rows: found.prefix(Self.size).map(\.row), total: nil, last: nil,
            older: next.map { Self.askedPath.link().asking([("before", "\($0)")]) },
            newest: before == .max ? nil : Self.askedPath.link())
        return Page("我报的申请", breadcrumbs: [.home, Breadcrumb("导入", ImportPages.path.link())], askedView.draw(value))
    }

    private func page(_ request: WebRequest, _ pending: UpstreamRequest, typed: Query? = nil) async throws -> Page {
        let principal = try request.signedIn()
        let now = now
        let value = try await registry.database.read { transaction in
            let writeScope = WriteScope(transaction, registry.people, try principal.submitter())
            let store = UpstreamStore(transaction, registry.people)
            let hasUnit =
                try pending.kind == .authors || RequestedTransfer(pending.requested).existingUnit(transaction) != nil
            let before = try store.dismissedBefore(pending)?.resolution
            let text = try UpstreamTexts(writeScope, registry.people).of(pending)
            return UpstreamPage(
                number: pending.number, row: UpstreamRow(text, pending, by: "", now: now),
                mayDo: try hasUnit && writeScope.holds(pending.person), hasUnit: hasUnit, before: before?.reason ?? "",
                typed: typed)
        }
        let breadcrumbs = [Breadcrumb.home, Breadcrumb("待处理", Self.path.link())]
        return Page("待处理的申请", breadcrumbs: breadcrumbs, status: value.status, view.draw(value))
    }

    /// Carries out a request, or marks it as done by other means.
    private func carryOut(_ request: WebRequest, _ number: ID<UpstreamRequest>) async throws -> WebResponse {
        let principal = try request.signedIn()
        let isDone = try await request.form()["by"] == "list"
        let registry = registry.acting(as: request.actor)
        try await registry.database.write { transaction in
            let submitter = try principal.submitter()
            if isDone { return try registry.end(number, by: submitter, transaction) }
            try registry.carryOut(number, by: submitter, transaction)
        }
        return .moved(Self.path.link().asking([("answered", "\(number)")]))
    }

    private func dismiss(_ request: WebRequest, _ pending: UpstreamRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        let typed = try await request.form()
        let form = UpstreamPage(
            number: pending.number, row: .sample, mayDo: false, hasUnit: true, before: "", typed: typed)
        guard form.isRight else { return .page(try await page(request, pending, typed: typed)) }
        let registry = registry.acting(as: request.actor)
        try await registry.database.write { transaction in
            let submitter = try principal.submitter()
            try submitter.check(transaction, registry.people)
            let writeScope = WriteScope(transaction, registry.people, submitter)
            let store = UpstreamStore(transaction, registry.people)
            try store.resolve(
                store.find(pending.number, writeScope), done: false, reason: form.reason.value, by: principal.account)
        }
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
