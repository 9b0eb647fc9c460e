import Database
import Kernel
import People
import Registry
import Web

/// Reads requests, for the authority that resolves them and for the unit that sent them.
struct UpstreamReader: Sendable {
    let registry: Registry

    /// The number of requests on a page.
    private static let size = 20

    private var now: Int { registry.people.system.now() }

    /// A request that waits for the principal's authority. Failures: `desk.no-scope`, `request.none`.
    func find(_ number: ID<UpstreamRequest>, for principal: Principal) async throws -> UpstreamRequest {
        try await registry.database.read { transaction in
            let scope = WriteScope(transaction, registry.people, try principal.submitter())
            return try UpstreamStore(transaction, registry.people).find(number, scope)
        }
    }

    /// The number of requests that wait for the submitter's authority.
    func countWaiting(for submitter: Submitter, _ transaction: Transaction) throws -> Int {
        let scope = WriteScope(transaction, registry.people, submitter)
        return try UpstreamStore(transaction, registry.people).countWaiting(scope)
    }

    /// The waiting or the resolved requests; `last` was resolved just now. Failure: `desk.no-scope`.
    func list(
        isResolved: Bool, before: Int, last: ID<UpstreamRequest>?, for principal: Principal
    ) async throws -> UpstreamList {
        let now = now
        return try await registry.database.read { transaction in
            let writeScope = WriteScope(transaction, registry.people, try principal.submitter())
            let store = UpstreamStore(transaction, registry.people)
            let texts = UpstreamTexts(writeScope)
            let found =
                try isResolved
                ? store.resolved(writeScope, before: before, limit: Self.size + 1)
                : store.waiting(writeScope, before: before, limit: Self.size + 1)
            let presenter = try ActPresenter(transaction, registry.people, to: .officer)
            let rows = try found.prefix(Self.size).map { pending in
                UpstreamRow(try texts.of(pending), pending, by: try presenter.who(resolved: pending), now: now)
            }
            let last = try last.flatMap { try store.findResolved($0, writeScope) }
            let path = UpstreamPages.path.link().asking(isResolved ? [("view", "answered")] : [])
            return UpstreamList(
                rows: rows, total: try isResolved ? nil : store.countWaiting(writeScope),
                last: try last.map { UpstreamRow(try texts.of($0), $0, by: "", now: now) },
                older: Self.next(found).map { path.asking([("before", "\($0)")]) }, newest: before == .max ? nil : path)
        }
    }

    /// The requests of the principal's own unit or authority, with their results. Failure: `desk.no-scope`.
    func asked(before: Int, for principal: Principal) async throws -> UpstreamList {
        let now = now
        return try await registry.database.read { transaction in
            let submitter = try principal.submitter()
            guard let organisation = submitter.organisation else { throw Failure.noScope }
            let texts = UpstreamTexts(WriteScope(transaction, registry.people, submitter))
            let presenter = try ActPresenter(transaction, registry.people, to: .officer)
            let found = try UpstreamStore(transaction, registry.people).sent(
                by: organisation, before: before, limit: Self.size + 1)
            let rows = try found.prefix(Self.size).map { pending in
                UpstreamRow(try texts.asked(pending), pending, by: try presenter.who(resolved: pending), now: now)
            }
            let path = UpstreamPages.askedPath.link()
            return UpstreamList(
                rows: rows, total: nil, last: nil, older: Self.next(found).map { path.asking([("before", "\($0)")]) },
                newest: before == .max ? nil : path)
        }
    }

    /// The last request of a page; `nil` on the last page.
    private static func next(_ found: [UpstreamRequest]) -> ID<UpstreamRequest>? {
        found.count > size ? found[size - 1].number : nil
    }

    /// One request, with the typed values of its form. Failure: `desk.no-scope`.
    func page(
        _ pending: UpstreamRequest, typed: Query?, for principal: Principal
    ) async throws -> UpstreamPage {
        let now = now
        return try await registry.database.read { transaction in
            let writeScope = WriteScope(transaction, registry.people, try principal.submitter())
            let store = UpstreamStore(transaction, registry.people)
            let hasUnit =
                try pending.kind == .authors || RequestedTransfer(pending.requested).existingUnit(transaction) != nil
            let before = try store.dismissedBefore(pending)?.resolution
            let text = try UpstreamTexts(writeScope).of(pending)
            return UpstreamPage(
                number: pending.number, row: UpstreamRow(text, pending, by: "", now: now),
                mayDo: try hasUnit && writeScope.holds(pending.person), hasUnit: hasUnit, before: before?.reason ?? "",
                typed: typed)
        }
    }
}
