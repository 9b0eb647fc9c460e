import Database

/// Assigns numbers to people and organisations in sequence.
struct NumberStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The first of `count` unused numbers. It is never below the high-water mark, even if the counter is.
    func take(_ count: Int = 1, of kind: String) throws -> Int {
        let least = transaction.numbers?.least(kind) ?? 1
        let next =
            try transaction.first(
                """
                INSERT INTO number_range (kind, next) VALUES (\(kind), \(least + count))
                ON CONFLICT (kind) DO UPDATE
                SET next = \(count) + CASE WHEN number_range.next < \(least) THEN \(least) ELSE number_range.next END
                RETURNING next
                """
            ) { try $0.int(0) } ?? least + count
        if let numbers = transaction.numbers {
            transaction.afterCommit("numbers \(kind)") { numbers.given(kind, next: next) }
        }
        return next - count
    }

    /// The next number of each kind.
    func counters() throws -> [String: Int] {
        let rows = try transaction.rows("SELECT kind, next FROM number_range") { (try $0.text(0), try $0.int(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// A mark that changes with every added or corrected organisation, so equal marks mean equal organisations.
    func organisationMark() throws -> [Int] {
        try transaction.rows(
            "SELECT next FROM number_range WHERE kind IN ('organisation', 'organisation correction') ORDER BY kind"
        ) { try $0.int(0) }
    }

    /// The stored fingerprint; stores and returns this one if there is none.
    func fingerprint(orFirst fingerprint: [UInt8]) throws -> [UInt8] {
        try transaction.execute(
            "INSERT INTO key_ring (one, fingerprint) VALUES (1, \(fingerprint)) ON CONFLICT (one) DO NOTHING")
        return try transaction.first("SELECT fingerprint FROM key_ring") { try $0.bytes(0) } ?? fingerprint
    }
}

extension NumberStore {
    func hasFingerprint() throws -> Bool { try transaction.exists("SELECT 1 FROM key_ring") }
}
