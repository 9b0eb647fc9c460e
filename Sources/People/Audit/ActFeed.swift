import Database
import Kernel
import Logging

/// Delivers recorded acts to subscriptions, each act once, with any number of nodes and after any crash.
///
/// Each actor has a chain of records, numbered without gaps (``AuditStore``). Each act updates the end of its chain, so
/// acts of a chain are committed in the order of their numbers, and a subscription that has read number n has missed
/// none. The number read for each chain is written in the transaction that handles the acts (docs/decisions/0021).
package struct ActFeed: Sendable {
    private let database: Database
    private let people: People
    private let subscriptions: [ActSubscription]
    /// The most acts in one transaction.
    private static let batchSize = 100
    /// The most chains read at once.
    static let pageSize = 1000

    package init(_ database: Database, _ people: People, _ subscriptions: [ActSubscription]) {
        (self.database, self.people, self.subscriptions) = (database, people, subscriptions)
    }

    /// Whether there are subscriptions.
    package var isNeeded: Bool { !subscriptions.isEmpty }

    /// Delivers acts until it is cancelled.
    package func work() async {
        await withDiscardingTaskGroup { group in
            for subscription in subscriptions { group.addTask { await work(subscription) } }
        }
    }

    /// Reads the chains with recent acts each second, and all chains at the start and every five minutes. The full pass
    /// finds acts that were committed long after their time and retries failed handlers.
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

    /// Delivers the waiting acts once to each subscription, from all chains or those with acts since a time
    /// (milliseconds since 1970). Returns the number of acts read.
    func readOnce(since time: Int? = nil) async -> Int {
        var read = 0
        for subscription in subscriptions { read += await pass(subscription, since: time).read }
        return read
    }

    /// The number of acts read from chains with new ones, and whether a chain failed.
    private func pass(_ subscription: ActSubscription, since time: Int?) async -> (read: Int, isBroken: Bool) {
        var (read, isBroken) = (0, false)
        var last: ActPositionStore.ChainEnd?
        do {
            try await begin(subscription)
            repeat {
                // Chains that fail stay unread, so each page begins after the last one.
                let chains = try await chains(subscription, since: time, after: last)
                for (chain, _) in chains {
                    do {
                        read += try await take(subscription, chain)
                    } catch {
                        isBroken = true
                        warn(subscription, error)
                    }
                }
                last = chains.count == Self.pageSize ? chains.last : nil
            } while last != nil && !Task.isCancelled
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

    private func begin(_ subscription: ActSubscription) async throws {
        let name = subscription.name
        if try await !database.read({ try ActPositionStore($0, people).hasBegun(name) }) {
            try await database.write { try ActPositionStore($0, people).begin(name, subscription.start) }
        }
    }

    private func chains(
        _ subscription: ActSubscription, since time: Int?, after last: ActPositionStore.ChainEnd?
    ) async throws -> [ActPositionStore.ChainEnd] {
        try await database.read {
            try ActPositionStore($0, people).unreadChains(
                subscription.name, since: time, after: last, limit: Self.pageSize)
        }
    }

    /// Handles the next acts of a chain and stores the position, in one transaction.
    private func take(_ subscription: ActSubscription, _ chain: String) async throws -> Int {
        try await database.write { transaction in
            let store = ActPositionStore(transaction, people)
            let records = try store.unread(subscription.name, chain, limit: Self.batchSize)
            for record in records where subscription.acts.contains(where: { $0.rawValue == record.act }) {
                try subscription.handle(record, transaction)
            }
            if let last = records.last { try store.put(subscription.name, chain, last.number) }
            return records.count
        }
    }

    /// The number of unread acts of all subscriptions.
    package func unread() async throws -> Int {
        try await database.read { transaction in
            let store = ActPositionStore(transaction, people)
            return try subscriptions.reduce(0) { try $0 + store.unreadCount($1.name) }
        }
    }
}
