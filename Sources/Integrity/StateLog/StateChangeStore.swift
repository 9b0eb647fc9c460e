import Database

struct StateChangeStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func last() throws -> Int {
        try transaction.first("SELECT coalesce(max(number), 0) FROM state_change") { try $0.int(0) } ?? 0
    }

    /// Number and code of the last change; 0 and empty if there is none.
    func end() throws -> (number: Int, mac: [UInt8]) {
        try transaction.first(
            "SELECT \(StateChangeSchema.table.selection("c")) FROM state_change c ORDER BY c.number DESC LIMIT 1"
        ) { row in
            try row.check(StateChangeSchema.table)
            return (try row.int(0), try row.bytes(6))
        } ?? (0, [])
    }

    /// Returns number and code of the added change.
    @discardableResult
    func add(_ change: StateChange, at now: Int) throws -> (number: Int, mac: [UInt8]) {
        let end = try end()
        try transaction.insert(
            [end.number + 1, change.kind.rawValue, change.subject, change.value, end.mac, now],
            into: StateChangeSchema.table)
        return try self.end()
    }

    /// The changes after a number in order, each with the previous code and its own.
    func each(after number: Int, _ body: (LoggedChange) throws -> Void) throws {
        try transaction.each(
            "SELECT \(StateChangeSchema.table.selection("c")) FROM state_change c WHERE c.number > \(number) ORDER BY 1"
        ) { row in
            try row.check(StateChangeSchema.table)
            try body(
                LoggedChange(
                    number: try row.int(0), kind: try row.text(1), subject: try row.text(2), value: try row.text(3),
                    previous: try row.bytes(4), mac: try row.bytes(6)))
        }
    }
}

struct LoggedChange {
    let number: Int
    let kind: String
    let subject: String
    let value: String
    let previous: [UInt8]
    let mac: [UInt8]
}
