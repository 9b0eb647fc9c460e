import Database
import Foundation
import Kernel
import People

/// The result of checking the chains.
package struct LedgerVerification: Sendable {
    package enum Fault: Sendable, Hashable {
        /// An entry's hash does not match its bytes and the previous hash, or a number is missing.
        case broken(person: Int, number: Int)
        /// The chain ends before the last entry that its head or the signed root names.
        case cut(person: Int, after: Int)
        /// The signed root contains this person's chain; the database does not.
        case vanished(person: Int)
    }

    package var chains = 0
    package var entries = 0
    package var faults: [Fault] = []

    package init() {}

    /// Adds the result for people with higher numbers.
    mutating func join(_ other: LedgerVerification) {
        chains += other.chains
        entries += other.entries
        faults += other.faults
    }

    /// The number of broken chains.
    package var broken: Int {
        Set(faults.map(\.person)).count
    }
}

extension LedgerVerification.Fault {
    package var person: Int {
        switch self {
        case .broken(let person, _), .cut(let person, _), .vanished(let person): person
        }
    }
}

/// Reads the rows of the ledger by person and number, and computes their hashes.
struct ChainVerifier {
    private let policies: [Int: (hash: [UInt8], key: String)]
    private var heads: ChainHeads.Cursor
    private(set) var audit = LedgerVerification()
    private var canonical = Canonical()
    private var person = 0
    private var number = 0
    private var hash = Canonical.first
    private var isBroken = false
    /// The ends of the chains that were read since the last batch: entries and hash.
    private var ends: [Int: (entries: Int, hash: [UInt8])] = [:]

    init(policies: [Int: (hash: [UInt8], key: String)], heads: ChainHeads) throws {
        (self.policies, self.heads) = (policies, try ChainHeads.Cursor(heads))
    }

    mutating func take(_ row: Row) throws {
        let owner = try row.integer(.person)
        if owner != person { try begin(owner) }
        number += 1
        audit.entries += 1
        let count = try row.integer(.number)
        let policy = policies[try row.integer(.policy)]
        let made = try canonical.hash(row, policy: policy?.hash ?? [], after: hash)
        let kept = row.withBytes(CanonicalField.hash.rawValue) { kept in
            made.withUnsafeBytes { $0.elementsEqual(kept) }
        }
        // The key is not hashed. It is a copy of the version's key for the unique index, so it is compared here.
        let isKey = row.withBytes(CanonicalField.policyKey.rawValue) { $0.elementsEqual((policy?.key ?? "").utf8) }
        if !kept || !isKey || count != number { fail(.broken(person: owner, number: count)) }
        hash = made
        try compareWithRoot()
    }

    private mutating func begin(_ owner: Int) throws {
        end()
        try passRoot(before: owner)
        (person, number, hash, isBroken) = (owner, 0, Canonical.first, false)
        audit.chains += 1
    }

    private mutating func end() {
        if person > 0 { ends[person] = (number, hash) }
    }

    private mutating func compareWithRoot() throws {
        guard let head = heads.head, head.person == person, head.entries == number else { return }
        if head.hash != hash { fail(.broken(person: person, number: number)) }
        try heads.advance()
    }

    /// Reports the heads of the root for people before `owner` that no row has reached.
    private mutating func passRoot(before owner: Int) throws {
        while let known = heads.head?.person, known < owner {
            audit.faults.append(known == person ? .cut(person: known, after: number) : .vanished(person: known))
            try heads.advance()
        }
    }

    private mutating func fail(_ fault: LedgerVerification.Fault) {
        if !isBroken { audit.faults.append(fault) }
        isBroken = true
    }

    mutating func finish() throws -> LedgerVerification {
        try passRoot(before: Int.max)
        return audit
    }

    /// Compares the ends of a batch's chains with their heads in the table `chain`.
    mutating func hold(_ chains: [(person: Int, entries: Int, head: [UInt8])]) {
        end()
        let known = Set(chains.map(\.person))
        for stray in ends.keys.sorted() where !known.contains(stray) {
            audit.faults.append(.broken(person: stray, number: ends[stray]?.entries ?? 0))
        }
        for chain in chains {
            let end = ends[chain.person] ?? (0, Canonical.first)
            if end.entries != chain.entries || end.hash != chain.head {
                let known = audit.faults.contains { $0.person == chain.person }
                if !known { audit.faults.append(.cut(person: chain.person, after: end.entries)) }
            }
        }
        (ends, person) = ([:], 0)
    }
}

extension Registry {
    /// Checks every chain against its head and against the signed root outside the database.
    ///
    /// Chains are independent, so the people are divided among as many readers as there are processors.
    package func audit(_ heads: ChainHeads) async throws -> LedgerVerification {
        let people = try await database.read { try LedgerStore($0).lastPerson() }
        let readers = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let step = people / readers + 1
        return try await withThrowingTaskGroup(of: (Int, LedgerVerification).self) { group in
            for reader in 0..<readers {
                let after = reader * step
                let last = reader == readers - 1 ? Int.max : after + step
                let part = try heads.part(after: after, through: last)
                group.addTask { (reader, try await audit(part, after, last)) }
            }
            var parts: [Int: LedgerVerification] = [:]
            for try await (reader, audit) in group { parts[reader] = audit }
            return parts.sorted { $0.key < $1.key }.reduce(into: LedgerVerification()) { $0.join($1.value) }
        }
    }

    /// Checks a ledger whose rows have no MAC yet. Failure: `ledger.broken`.
    static func auditBeforeCodes(_ heads: ChainHeads, _ transaction: Transaction) throws {
        let policies = try PolicyBookStore.hashes(transaction)
        let audit = try walk(heads, 0, Int.max, policies, transaction)
        guard audit.broken > 0 else { return }
        throw Failure(
            .damaged, "ledger.broken", "账本有 \(audit.broken) 条链不完整，数据库没有升级。请从备份恢复后再升级。",
            en: "\(audit.broken) chains of the ledger are broken, so the database was not upgraded. Restore a backup.")
    }

    /// Checks the chains of the people after `first` and through `end`.
    private func audit(_ heads: ChainHeads, _ first: Int, _ end: Int) async throws -> LedgerVerification {
        try await database.read { transaction in
            let policies = try book(transaction).all.mapValues { (hash: $0.hash, key: $0.key) }
            return try Self.walk(heads, first, end, policies, transaction)
        }
    }

    static func walk(
        _ heads: ChainHeads, _ first: Int, _ end: Int, _ policies: [Int: (hash: [UInt8], key: String)],
        _ transaction: Transaction
    ) throws -> LedgerVerification {
        var walk = try ChainVerifier(policies: policies, heads: heads)
        var after = first
        while true {
            let chains = try LedgerStore(transaction).chains(after: after, through: end, limit: 10_000)
            let last = chains.last?.person ?? end
            try LedgerStore(transaction).chained(after: after, through: last) { try walk.take($0) }
            walk.hold(chains)
            guard !chains.isEmpty else { return try walk.finish() }
            after = last
        }
    }
}
