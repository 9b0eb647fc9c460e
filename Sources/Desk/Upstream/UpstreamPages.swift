import Database
import Foundation
import Kernel
import People
import Registry
import Web

/// 待处理: what lists asked for that reaches beyond their senders, seen and answered by who looks after both sides; and
/// 我报的申请, where whoever asked reads what came of it.
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
    private static let door: Door = .roles([.authority, .bureau])

    package init(_ registry: Registry, _ views: Views) throws {
        self.registry = registry
        listView = try views.view("requests")
        askedView = try views.view("asked")
        view = try views.view("request")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Upstream.views") }

    package var routes: [Route] {
        [
            .get(Self.path, Self.door) { visit in .page(try await list(visit)) },
            .get(Self.askedPath, .officers) { visit in .page(try await asked(visit)) },
            .get(Self.requestPath, Self.door) { visit, number in .page(try await page(visit, number)) },
            .post(Self.donePath, Self.door) { visit, number in try await carryOut(visit, number) },
            .post(Self.dismissalPath, Self.door) { visit, number in try await dismiss(visit, number) }
                .keeping(UpstreamPage.reason),
        ]
    }

    package var navigation: [NavigationItem] {
        [
            NavigationItem("待处理", Self.path.link(), Self.door),
            NavigationItem("我报的申请", Self.askedPath.link(), .roles([.employer])),
        ]
    }

    private var now: Int { registry.people.outside.now() }

    private func sender(_ visitor: Visitor, _ transaction: Transaction) throws -> Sender {
        guard let sender = try visitor.sender(transaction) else { throw Failure.noScope }
        return sender
    }

    /// What waits, or what was answered.
    private func list(_ visit: Visit) async throws -> Page {
        let visitor = try visit.signedIn()
        let (before, isAnswered) = (Int(visit.query["before"]) ?? .max, visit.query["view"] == "answered")
        let answered: ID<UpstreamRequest>? = ID(visit.query["answered"])
        let now = now
        let (found, total, last) = try await registry.database.read { transaction in
            let reach = Reach(transaction, registry.people, try sender(visitor, transaction))
            let store = UpstreamStore(transaction, registry.people)
            let texts = UpstreamTexts(reach, registry.people)
            let found =
                try isAnswered
                ? store.answered(reach, before: before, limit: Self.size + 1)
                : store.waiting(reach, before: before, limit: Self.size + 1)
            let teller = try ActTeller(transaction, registry.people, to: .officer)
            let rows = try found.map { request in
                (
                    number: request.number,
                    row: UpstreamRow(try texts.of(request), request, by: try teller.who(answered: request), now: now)
                )
            }
            let last = try answered.flatMap { try store.findAnswered($0, reach) }
            return (
                rows, try isAnswered ? nil : store.countWaiting(reach),
                try last.map { UpstreamRow(try texts.of($0), $0, by: "", now: now) }
            )
        }
        let view = isAnswered ? [("view", "answered")] : []
        let next = found.count > Self.size ? found[Self.size - 1].number : nil
        let value = UpstreamList(
            rows: found.prefix(Self.size).map(\.row), total: total, last: last,
            older: next.map { Self.path.link().asking(view + [("before", "\($0)")]) },
            newest: before == .max ? nil : Self.path.link().asking(view))
        return Page(isAnswered ? "已办结的申请" : "待处理", trail: [.home], listView.draw(value))
    }

    /// What the visitor's own unit or authority asked for, and what came of it.
    private func asked(_ visit: Visit) async throws -> Page {
        let visitor = try visit.signedIn()
        let before = Int(visit.query["before"]) ?? .max
        let now = now
        let found = try await registry.database.read { transaction in
            let sender = try sender(visitor, transaction)
            guard let organisation = sender.organisation else { throw Failure.noScope }
            let texts = UpstreamTexts(Reach(transaction, registry.people, sender), registry.people)
            let teller = try ActTeller(transaction, registry.people, to: .officer)
            return try UpstreamStore(transaction, registry.people).asked(
                by: organisation, before: before, limit: Self.size + 1
            ).map { request in
                let by = try teller.who(answered: request)
                return (number: request.number, row: UpstreamRow(try texts.asked(request), request, by: by, now: now))
            }
        }
        let next = found.count > Self.size ? found[Self.size - 1].number : nil
        let value = UpstreamList(
            rows: found.prefix(Self.size).map(\.row), total: nil, last: nil,
            older: next.map { Self.askedPath.link().asking([("before", "\($0)")]) },
            newest: before == .max ? nil : Self.askedPath.link())
        return Page("我报的申请", trail: [.home, Crumb("导入", ImportPages.path.link())], askedView.draw(value))
    }

    private func page(_ visit: Visit, _ number: ID<UpstreamRequest>, typed: Query? = nil) async throws -> Page {
        let visitor = try visit.signedIn()
        let now = now
        let value = try await registry.database.read { transaction in
            let reach = Reach(transaction, registry.people, try sender(visitor, transaction))
            let store = UpstreamStore(transaction, registry.people)
            let request = try store.find(number, reach)
            let hasUnit = try request.kind == .authors || TransferWanted(request.wanted).standing(transaction) != nil
            let before = try store.dismissedBefore(request)?.answer
            let text = try UpstreamTexts(reach, registry.people).of(request)
            return UpstreamPage(
                number: number, row: UpstreamRow(text, request, by: "", now: now),
                mayDo: try hasUnit && reach.holds(request.person), hasUnit: hasUnit, before: before?.reason ?? "",
                typed: typed)
        }
        let trail = [Crumb.home, Crumb("待处理", Self.path.link())]
        return Page("待处理的申请", trail: trail, status: value.status, view.draw(value))
    }

    /// Carries it out, or ends what was done by other means.
    private func carryOut(_ visit: Visit, _ number: ID<UpstreamRequest>) async throws -> Answer {
        let visitor = try visit.signedIn()
        let isDone = try await visit.form()["by"] == "list"
        let registry = registry.acting(as: visit.actor)
        try await registry.database.write { transaction in
            let sender = try sender(visitor, transaction)
            if isDone { return try registry.end(number, by: sender, transaction) }
            try registry.carryOut(number, by: sender, transaction)
        }
        return .moved(Self.path.link().asking([("answered", "\(number)")]))
    }

    private func dismiss(_ visit: Visit, _ number: ID<UpstreamRequest>) async throws -> Answer {
        let visitor = try visit.signedIn()
        let typed = try await visit.form()
        let form = UpstreamPage(
            number: number, row: .sample, mayDo: false, hasUnit: true, before: "", typed: typed)
        guard form.isRight else { return .page(try await page(visit, number, typed: typed)) }
        let registry = registry.acting(as: visit.actor)
        try await registry.database.write { transaction in
            let sender = try sender(visitor, transaction)
            try sender.check(transaction, registry.people)
            let reach = Reach(transaction, registry.people, sender)
            let store = UpstreamStore(transaction, registry.people)
            try store.answer(store.find(number, reach), done: false, reason: form.reason.value, by: ID(visitor.account))
        }
        return .moved(Self.path.link().asking([("answered", "\(number)")]))
    }
}
