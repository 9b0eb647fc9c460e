import Database
import Integrity
import Kernel
import Policy
import Signing

/// The policy book and the compiled policies in it, kept in memory.
package final class PolicyCache: Sendable {
    /// By the SHA-256 of their text.
    private let policies = ContentCache<[UInt8], Policy>(limit: 1000)

    package init() {}

    /// The book as of this transaction. Failure: `policy.damaged` where a text does not match its hash or a version is
    /// missing.
    package func book(_ transaction: Transaction, _ states: StateLog) throws -> PolicyBook {
        try states.remembered(.policy, transaction) { changes in
            let store = PolicyBookStore(transaction, states)
            let numbers = try store.numbers()
            // If a version is missing, an older one would decide.
            guard numbers.count == changes.count(.policy) else {
                throw Failure.policyDamaged(numbers.last.map(String.init) ?? "-")
            }
            return PolicyBook(try numbers.map { try store.read($0, policies) })
        }
    }
}

struct PolicyBookStore {
    let transaction: Transaction
    let states: StateLog

    init(_ transaction: Transaction, _ states: StateLog) { (self.transaction, self.states) = (transaction, states) }

    /// Records the versions that were published before the state log existed.
    static func logVersions(_ transaction: Transaction) throws {
        let versions = try transaction.rows(
            "SELECT number, key, version, published FROM policy_version ORDER BY number"
        ) { (number: try $0.int(0), value: "\(try $0.text(1)) \(try $0.int(2))", at: try $0.int(3)) }
        for version in versions {
            try StateLog.record(StateChange(.policy, "\(version.number)", version.value), at: version.at, transaction)
        }
    }

    func numbers() throws -> [Int] {
        try transaction.rows("SELECT number FROM policy_version ORDER BY number") { try $0.int(0) }
    }

    /// Hash and key of each version, read before the rows have a MAC.
    static func hashes(_ transaction: Transaction) throws -> [Int: (hash: [UInt8], key: String)] {
        var hashes: [Int: (hash: [UInt8], key: String)] = [:]
        try transaction.each("SELECT number, hash, key FROM policy_version") {
            hashes[try $0.int(0)] = (try $0.bytes(1), try $0.text(2))
        }
        return hashes
    }

    /// One version; compiled unless `policies` contains it. Failures: `policy.damaged`, `database.forged`.
    func read(_ number: Int, _ policies: ContentCache<[UInt8], Policy>) throws -> PolicyVersion {
        let row = try transaction.first(
            "SELECT \(PolicyBookSchema.table.selection("v")) FROM policy_version v WHERE v.number = \(number)"
        ) { row in
            try row.check(PolicyBookSchema.table)
            return (try row.text(1), try row.int(2), try row.bytes(3), try row.text(4), try row.int(5))
        }
        guard let (key, version, hash, flat, published) = row else { throw Failure.policyDamaged("\(number)") }
        guard sha256(flat.utf8) == hash else { throw Failure.policyDamaged(key) }
        let policy = try policies.value(hash, transaction) {
            guard let policy = publishedPolicy(flat, file: key) else { throw Failure.policyDamaged(key) }
            return policy
        }
        return PolicyVersion(number: ID(number), version: version, hash: hash, policy: policy, published: published)
    }

    /// The number of the version with this text. A new text becomes the next version of the key. Failure:
    /// `policy.older`.
    func publish(_ key: String, _ flat: String, at now: Int) throws -> (number: ID<PolicyVersion>, isNew: Bool) {
        let hash = sha256(flat.utf8)
        let newest = try transaction.first(
            "SELECT number, hash FROM policy_version WHERE key = \(key) ORDER BY version DESC LIMIT 1"
        ) { (number: try $0.id(0) as ID<PolicyVersion>, hash: try $0.bytes(1)) }
        if let newest, newest.hash == hash { return (newest.number, false) }
        if try transaction.exists("SELECT 1 FROM policy_version WHERE key = \(key) AND hash = \(hash)") {
            throw Failure(
                .conflict, "policy.older",
                "这份政策文本是 \(key) 的旧版本，不能重新发布。如需恢复旧规定，请把 in-force: 改为恢复施行的日期后发布。",
                en: "This text is an older version of \(key). To restore it, set in-force: to that day.")
        }
        let next = try transaction.first(
            """
            SELECT coalesce(max(number), 0) + 1, coalesce(max(CASE WHEN key = \(key) THEN version END), 0) + 1
            FROM policy_version
            """
        ) { (try $0.int(0), try $0.int(1)) }
        let (number, version) = next ?? (1, 1)
        try transaction.insert([number, key, version, hash, flat, now], into: PolicyBookSchema.table)
        try states.record(StateChange(.policy, "\(number)", "\(key) \(version)"), transaction)
        return (ID(number), true)
    }
}

extension Failure {
    static func policyDamaged(_ key: String) -> Failure {
        Failure(
            .damaged, "policy.damaged", "已发布的政策 \(key) 与其哈希值不符或无法读取，拒绝据此认定。请从备份恢复。",
            en:
                "The published policy \(key) does not match its hash or cannot be read. Restore a backup."
        )
    }
}
