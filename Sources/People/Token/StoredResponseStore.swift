import Database

/// The rows of writes by idempotency key. Times are milliseconds since 1970.
struct StoredResponseStore {
    /// A stored write. Without a response it is in progress until its lease expires.
    struct Held: Sendable {
        let request: [UInt8]
        /// The attempt that holds the key.
        let turn: [UInt8]
        let lease: Int
        let expires: Int
        let response: [UInt8]?
    }

    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func find(_ key: [UInt8]) throws -> Held? {
        try transaction.first("SELECT request, turn, lease, expires, answer FROM api_answer WHERE key = \(key)") {
            row in
            Held(
                request: try row.bytes(0), turn: try row.bytes(1), lease: try row.int(2), expires: try row.int(3),
                response: try row.optionalBytes(4))
        }
    }

    func begin(_ key: [UInt8], _ request: [UInt8], turn: [UInt8], lease: Int, expires: Int) throws {
        try transaction.execute("DELETE FROM api_answer WHERE key = \(key)")
        try transaction.execute(
            """
            INSERT INTO api_answer (key, request, turn, lease, expires)
            VALUES (\(key), \(request), \(turn), \(lease), \(expires))
            """)
    }

    func lease(_ key: [UInt8], turn: [UInt8], until lease: Int) throws {
        try transaction.execute(
            "UPDATE api_answer SET lease = \(lease) WHERE key = \(key) AND turn = \(turn) AND answer IS NULL")
    }

    func finish(_ key: [UInt8], turn: [UInt8], response: [UInt8], expires: Int) throws {
        try transaction.execute(
            """
            UPDATE api_answer SET answer = \(response), expires = \(expires)
            WHERE key = \(key) AND turn = \(turn) AND answer IS NULL
            """)
    }

    func release(_ key: [UInt8], turn: [UInt8]) throws {
        try transaction.execute("DELETE FROM api_answer WHERE key = \(key) AND turn = \(turn) AND answer IS NULL")
    }

    /// Deletes some expired rows. Returns their number.
    func sweep(_ limit: Int, at now: Int) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM api_answer WHERE key IN
              (SELECT key FROM api_answer WHERE expires < \(now) ORDER BY expires LIMIT \(limit))
            """)
    }
}
