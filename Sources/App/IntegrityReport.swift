import Certificates
import Database
import Integrity
import Kernel
import People
import Registry

/// The result of checking everything that a standing depends on.
package struct IntegrityReport: Sendable {
    package var audit = LedgerVerification()
    package var tables: [TableCheck] = []
    /// Differences from the compared root.
    package var differences: [RootDifference] = []
    package var root: SignedRoot?
    /// Whether the chain heads of the root could not be reconstructed; the chains were then compared with the newest
    /// heads.
    package var lacksChainHeads = false

    package var rows: Int { tables.reduce(0) { $0 + $1.rows } }
    package var broken: Int { audit.broken + tables.reduce(0) { $0 + $1.faults } + differences.count }
}

extension Installation {
    /// Verifies all chains and all authenticated rows, and compares them with the newest root, or with `since`: rows of
    /// that time may only have been continued.
    ///
    /// Failures: `ledger.root-missing`, `ledger.root`.
    package func check(since: SignedRoot? = nil, rootMayBeLost: Bool = false) async throws -> IntegrityReport {
        var check = IntegrityReport()
        let newest = try await auditLedger(rootMayBeLost: rootMayBeLost)
        (check.audit, check.root) = (newest.audit, since ?? newest.root)
        if let since, since.name != newest.root?.name {
            if let heads = try roots.heads(of: since, people.system) {
                check.audit = try await registry.audit(heads)
            } else {
                check.lacksChainHeads = true
            }
        }
        check.tables = try await database.read(each: tables) { try $1.walk($0) }
        check.differences = try await differences(from: check.root)
        return check
    }

    /// No differences if there is no root yet.
    func differences(from root: SignedRoot?) async throws -> [RootDifference] {
        guard let root else { return [] }
        return try await registry.differences(from: root, tables + People.countedTables)
    }

    /// Signs a new root after a check without findings. Failure: `ledger.broken`.
    @discardableResult
    package func renewRoot() async throws -> SignedRoot {
        let check = try await check()
        guard check.broken == 0 else { throw Failure.ledgerBroken(check.broken) }
        return try await writeRoot()
    }

    /// Accepts the current time after a clock was ahead; a root with a future time is replaced.
    ///
    /// Failure: `ledger.broken`.
    package func acceptClock() async throws {
        let isAhead = try (roots.root()?.time ?? 0) > people.system.now()
        let broken = isAhead ? try await check().broken : 0
        guard broken == 0 else { throw Failure.ledgerBroken(broken) }
        try await clock.accept(database)
        try await audit.record(.acceptClock)
        if isAhead { try await writeRoot() }
    }
}
