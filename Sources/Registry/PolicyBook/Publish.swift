import Database
import Integrity
import Kernel
import People
import Policy

/// The result of publishing a policy.
package struct Publication: Sendable {
    package let number: ID<PolicyVersion>
    package let version: Int
    package let hash: [UInt8]
    /// `false` where the newest version had the same text already.
    package let isNew: Bool
    /// The number of stored standings that change under the new version.
    package let changed: Int
    /// The settled years of its period. They stay under the version that they were settled with.
    package let settled: [Year]
    /// The keys whose meaning differs from other policies.
    package let differences: [LocalizedText]
}

extension Registry {
    /// Publishes a policy's flat text as the next version of its key, and decides open years again under it.
    ///
    /// With `dryRun`, everything is executed and rolled back, to show what would change. Settled years stay under the
    /// version that they were settled with. Publishing can be repeated after an interruption.
    ///
    /// Failures: `policy.catalogue` where a key has other values than in another policy; `policy.older`.
    package func publish(
        _ key: String, _ flat: String, dryRun: Bool, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Publication {
        let (now, states) = (people.system.now(), people.states)
        let (isNew, made, differences) = try await database.write(dryRun: dryRun) { transaction in
            let (number, isNew) = try PolicyBookStore(transaction, states).publish(key, flat, at: now)
            let book = try book(transaction)
            guard let read = book.all[number.number] else { throw Failure.policyDamaged(key) }
            let findings = book.catalogue.findings(adding: read.policy)
            try refuseClashes(findings, of: key)
            if isNew {
                try AuditStore(transaction, people).record(
                    .publishPolicy, .policy(key),
                    ["version": "\(read.version)", "hash": read.hash.prefix(8).hexadecimal])
            }
            return (isNew, read, findings.map(\.words))
        }
        // Only readers fill the cache of policies that the writers below use.
        _ = try await database.read { try book($0) }
        let changed = try await redecideAll(dryRun: dryRun, progress: progress) { transaction in
            if dryRun { _ = try PolicyBookStore(transaction, states).publish(key, flat, at: now) }
        }
        let settled = try await database.read { transaction in
            try years(transaction).filter { $0.state == .settled && made.policy.period.mayTouch($0.year.period) }
        }
        return Publication(
            number: made.number, version: made.version, hash: made.hash, isNew: isNew, changed: changed,
            settled: settled.map(\.year), differences: differences)
    }

    /// Failure: `policy.catalogue`.
    private func refuseClashes(_ findings: [CatalogueFinding], of key: String) throws(Failure) {
        let clashes = findings.filter(\.isClash).map(\.words)
        guard !clashes.isEmpty else { return }
        throw Failure(
            .refused, "policy.catalogue",
            "政策 \(key) 没有发布，它与已发布的政策对同一个键的填法不能并存。" + clashes.map(\.chinese).joined(),
            en: "\(key) was not published: " + clashes.map(\.english).joined(separator: "; ") + ".")
    }

    /// Decides all evidence again, one batch of people in each transaction, which begins with `first`. Returns the
    /// number of stored standings that changed.
    func redecideAll(
        dryRun: Bool, progress: @Sendable (Int) -> Void,
        first: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws -> Int {
        var (changed, last, done) = (0, 0, 0)
        while true {
            let after = last
            let batch: (changed: Int, roots: [ID<Person>]) = try await database.write(dryRun: dryRun) {
                transaction in
                try first(transaction)
                return try redecideBatch(transaction, after)
            }
            changed += batch.changed
            done += batch.roots.count
            progress(done)
            guard let end = batch.roots.last?.number else { return changed }
            last = end
        }
    }

    private func redecideBatch(_ transaction: Transaction, _ after: Int) throws -> (Int, [ID<Person>]) {
        let roots = try PersonStore(transaction, people).roots(after: after, limit: Self.batchSize)
        guard let first = roots.first?.number, let last = roots.last?.number else { return (0, []) }
        let store = StandingStore(transaction, people)
        let before = try store.kept(from: first, through: last)
        let recogniser = try recogniser(transaction)
        for root in roots { try recogniser.redecide(root, .published) }
        try recogniser.updateStandings()
        let after = try store.kept(from: first, through: last)
        let changed = roots.reduce(0) { count, root in
            let (old, new) = (before[root.number] ?? [:], after[root.number] ?? [:])
            return count
                + Set(old.keys).union(new.keys).filter { place in
                    old[place].flatMap { StandingCodec.figures($0.body) }
                        != new[place].flatMap { StandingCodec.figures($0.body) }
                }.count
        }
        return (changed, roots)
    }
}
