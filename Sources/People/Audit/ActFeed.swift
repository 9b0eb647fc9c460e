import Database
import Kernel
import Logging

/// Hands the record of acts over to subscriptions, each act once, on however many nodes and through any end of one.
///
/// Acts have no common number: each actor has a chain of its own, numbered without gaps (``AuditStore``). Each act
/// writes its chain's end, so the acts of a chain are committed in the order of their numbers, and whoever has read
/// through number n has missed nothing. How far a subscription has read is a number for each chain, written in the
/// transaction in which the acts are handled (docs/decisions/0021).
package struct ActFeed: Sendable {
    private let database: Database
    private let people: People
    private let subscriptions: [ActSubscription]
    /// So many acts are handled in one transaction.
    private static let page = 100

    package init(_ database: Database, _ people: People, _ subscriptions: [ActSubscription]) {
        (self.database, self.people, self.subscriptions) = (database, people, subscriptions)
    }

    /// Whether anybody subscribes.
    package var isNeeded: Bool { !subscriptions.isEmpty }

    /// Hands over what is recorded until it is cancelled.
    package func work() async {
        await withDiscardingTaskGroup { group in
            for subscription in subscriptions { group.addTask { await work(subscription) } }
        }
    }

    /// Each second the chains of recent acts are looked at, and all of them at the start and every five minutes: an act
    /// that was committed long after its time is found then, and one whose handler failed is tried again.
    private func work(_ subscription: ActSubscription) async {
        var looked: ContinuousClock.Instant?
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let isWhole = looked.map { now - $0 > .seconds(300) } ?? true
            let pass = await pass(subscription, since: isWhole ? nil : people.system.now() - Self.recent)
            if isWhole, pass.read == 0 || pass.isBroken { looked = now }
            if pass.read == 0 || pass.isBroken { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// In milliseconds.
    private static let recent = 600_000

    /// Reads once what is there for each subscription, in all chains or in those with acts since a time (milliseconds
    /// since 1970); answers how many acts were read.
    func readOnce(since time: Int? = nil) async -> Int {
        var read = 0
        for subscription in subscriptions { read += await pass(subscription, since: time).read }
        return read
    }

    /// How many acts were read of the chains that had new ones, and whether some could not be.
    private func pass(_ subscription: ActSubscription, since time: Int?) async -> (read: Int, isBroken: Bool) {
        var (read, isBroken) = (0, false)
        do {
            for chain in try await chains(subscription, since: time) {
                do {
                    read += try await take(subscription, chain)
                } catch {
                    isBroken = true
                    warn(subscription, error)
                }
            }
        } catch {
            isBroken = true
            warn(subscription, error)
        }
        return (read, isBroken)
    }

    private func warn(_ subscription: ActSubscription, _ error: any Error) {
        guard !Task.isCancelled else { return }
        let reason = (error as? Failure)?.code ?? "\(type(of: error))"
        Logger(label: "xueshi").warning(
            "acts", metadata: ["subscription": "\(subscription.name)", "reason": "\(reason)"])
    }

    private func chains(_ subscription: ActSubscription, since time: Int?) async throws -> [String] {
        let name = subscription.name
        if try await !database.read({ try ActPositionStore($0, people).hasBegun(name) }) {
            try await database.write { try ActPositionStore($0, people).begin(name, subscription.start) }
        }
        return try await database.read { try ActPositionStore($0, people).unreadChains(name, since: time) }
    }

    /// Handles the next acts of a chain and writes how far that is, in one transaction.
    private func take(_ subscription: ActSubscription, _ chain: String) async throws -> Int {
        try await database.write { transaction in
            let store = ActPositionStore(transaction, people)
            let records = try store.unread(subscription.name, chain, limit: Self.page)
            for record in records where subscription.acts.contains(where: { $0.rawValue == record.act }) {
                try subscription.handle(record, transaction)
            }
            if let last = records.last { try store.put(subscription.name, chain, last.number) }
            return records.count
        }
    }

    /// How many acts wait to be read, of all subscriptions.
    package func unread() async throws -> Int {
        try await database.read { transaction in
            let store = ActPositionStore(transaction, people)
            return try subscriptions.reduce(0) { try $0 + store.unreadCount($1.name) }
        }
    }
}
