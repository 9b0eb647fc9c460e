import Database
import Kernel
import Signing

/// The entry point of this feature: the record of acts.
package struct AuditLog: Sendable {
    package let database: Database
    package private(set) var people: People

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    package func acting(as actor: Actor) -> AuditLog { AuditLog(database, people.acting(as: actor)) }

    /// Records an act that changes nothing in the database: a read, a download, a refusal.
    package func record(
        _ act: AuditAct, _ object: AuditObject = .none, about person: ID<Person>? = nil, failure: String? = nil,
        _ detail: AuditDetail = [:]
    ) async throws {
        try await database.write { transaction in
            try AuditStore(transaction, people).record(act, object, about: person, failure: failure, detail)
        }
    }

    /// The newest records that match a query.
    package func find(_ query: AuditQuery, limit: Int) async throws -> [AuditRecord] {
        try await database.read { try AuditStore($0, people).find(query, limit: limit) }
    }

    /// All records that match a query, page by page.
    package func each(_ query: AuditQuery, _ take: ([AuditRecord]) throws -> Void) async throws {
        var query = query
        while true {
            let asked = query
            let page = try await find(asked, limit: Self.batchSize)
            try take(page)
            guard page.count == Self.batchSize, let last = page.last else { return }
            query.after = last.place
        }
    }

    private static let batchSize = 1000
}

// MARK: - Verifying

/// The result of verifying all chains.
package struct AuditReport: Sendable {
    package enum Fault: Sendable, Hashable {
        /// A record does not match the one before it, or was altered.
        case broken(chain: String, number: Int)
        /// The chain has fewer records than its end says.
        case cut(chain: String, after: Int)
        /// The end of the chain is missing or was altered.
        case head(chain: String)
        /// A chain is missing although its beginning was recorded.
        case vanished(chain: String)
        /// The number of chains differs from the number of recorded beginnings.
        case uneven
    }

    package var records = 0
    package var chains = 0
    package var broken = 0
    /// The first faults, at most ``most``.
    package var faults: [Fault] = []
    static let most = 100

    mutating func add(_ fault: Fault) {
        broken += 1
        if faults.count < Self.most { faults.append(fault) }
    }
}

extension AuditLog {
    /// Verifies every chain against its end, and all chains against the recorded beginnings.
    package func verify(progress: @Sendable (Int) -> Void = { _ in }) async throws -> AuditReport {
        var (report, last): (AuditReport, String?) = (AuditReport(), "")
        while let after = last {
            let sofar = report
            (report, last) = try await database.read { transaction in
                let store = AuditStore(transaction, people)
                let heads = try store.held(after: after, limit: Self.chains)
                let end = heads.count == Self.chains ? heads.last?.head.chain : nil
                var walk = AuditChainVerifier(key: people.keys.auditMAC, heads: heads, report: sofar)
                try store.each(after: after, through: end) { walk.take($0, $1) }
                walk.finish()
                return (walk.report, end)
            }
            progress(report.records)
        }
        let missing = try await database.read { try AuditStore($0, people).missing(limit: AuditReport.most) }
        for chain in missing.chains where !report.faults.contains(.head(chain: chain)) {
            report.add(.vanished(chain: chain))
        }
        if missing.chains.isEmpty, !missing.isEven { report.add(.uneven) }
        return report
    }

    /// The most chains in one snapshot.
    private static let chains = 200
}

/// Checks records in the order of chains and numbers together with the ends of their chains.
private struct AuditChainVerifier {
    let key: MACKey
    private var heads: ArraySlice<AuditStore.StoredHead>
    private(set) var report: AuditReport
    /// The current chain and the position in it.
    private var chain: String?
    private var number = 0
    private var previous: [UInt8] = []
    private var isBroken = false

    init(key: MACKey, heads: [AuditStore.StoredHead], report: AuditReport) {
        (self.key, self.heads, self.report) = (key, heads[...], report)
    }

    mutating func take(_ record: AuditRecord, _ mac: [UInt8]) {
        if record.chain != chain { begin(record.chain) }
        report.records += 1
        number += 1
        // After a broken record the following ones cannot match either, so only the first is reported.
        if !isBroken, record.number != number || !key.isValid(mac, of: record.bytes(after: previous)) {
            isBroken = true
            report.add(.broken(chain: record.chain, number: number))
        }
        previous = mac
    }

    private mutating func begin(_ next: String) {
        end()
        // Chains with an end but no records.
        while let held = heads.first, held.head.chain < next { close(held) }
        (chain, number, previous, isBroken) = (next, 0, [], false)
    }

    /// Ends the current chain.
    private mutating func end() {
        guard let chain else { return }
        if let held = heads.first, held.head.chain == chain { close(held) } else { report.add(.head(chain: chain)) }
        (self.chain, number, previous, isBroken) = (nil, 0, [], false)
    }

    private mutating func close(_ held: AuditStore.StoredHead) {
        heads = heads.dropFirst()
        report.chains += 1
        guard held.isRight(key) else { return report.add(.head(chain: held.head.chain)) }
        guard !isBroken, held.head.records != number || held.head.head != previous else { return }
        report.add(.cut(chain: held.head.chain, after: number))
    }

    mutating func finish() {
        end()
        while let held = heads.first { close(held) }
    }
}
