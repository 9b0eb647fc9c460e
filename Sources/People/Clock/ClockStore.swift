import Database

struct ClockStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func newest() throws -> Int? { try transaction.first("SELECT newest FROM clock_mark") { try $0.int(0) } }

    /// Raises the mark, never lowers it. Returns its value.
    func advance(to time: Int) throws -> Int {
        try transaction.execute(
            """
            INSERT INTO clock_mark (one, newest) VALUES (1, \(time)) ON CONFLICT (one) DO UPDATE
            SET newest = CASE WHEN excluded.newest > clock_mark.newest THEN excluded.newest ELSE clock_mark.newest END
            """)
        return try newest() ?? time
    }

    /// Sets the mark, also to an earlier time.
    func put(_ time: Int) throws {
        try transaction.execute("DELETE FROM clock_mark")
        try transaction.execute("INSERT INTO clock_mark (one, newest) VALUES (1, \(time))")
    }
}
