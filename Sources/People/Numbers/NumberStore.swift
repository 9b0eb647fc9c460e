import Database

/// Hands out the numbers of people and organisations, one after the other.
struct NumberStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The first of `count` numbers that nobody had before.
    func take(_ count: Int = 1, of kind: String) throws -> Int {
        let next = try transaction.first(
            """
            INSERT INTO number_range (kind, next) VALUES (\(kind), \(1 + count))
            ON CONFLICT (kind) DO UPDATE SET next = number_range.next + \(count) RETURNING next
            """
        ) { try $0.int(0) }
        return (next ?? 1 + count) - count
    }

    /// Moves on with every organisation that is added or corrected, so that equal marks mean equal organisations.
    func organisationMark() throws -> [Int] {
        try transaction.rows(
            "SELECT next FROM number_range WHERE kind IN ('organisation', 'organisation correction') ORDER BY kind"
        ) { try $0.int(0) }
    }

    /// The fingerprint kept, or this one where there was none.
    func fingerprint(orFirst fingerprint: [UInt8]) throws -> [UInt8] {
        try transaction.execute(
            "INSERT INTO key_ring (one, fingerprint) VALUES (1, \(fingerprint)) ON CONFLICT (one) DO NOTHING")
        return try transaction.first("SELECT fingerprint FROM key_ring") { try $0.bytes(0) } ?? fingerprint
    }
}

extension NumberStore {
    func hasFingerprint() throws -> Bool { try transaction.exists("SELECT 1 FROM key_ring") }
}
