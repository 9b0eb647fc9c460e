import Database

enum BenchSchema {
    static let first = Migration(
        "bench-1", "CREATE TABLE bench (number INTEGER NOT NULL PRIMARY KEY, source TEXT NOT NULL UNIQUE) STRICT")
}

/// The small write that `bench writes` measures.
struct BenchStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    func add(_ number: Int, _ source: String) throws {
        try transaction.execute("INSERT INTO bench (number, source) VALUES (\(number), \(source))")
    }

    /// The hours of each person and subject, summed by the database and counted here.
    func sums() throws -> Int {
        var rows = 0
        try transaction.each("SELECT person, subject, sum(hours) FROM entry GROUP BY person, subject") { row in
            _ = try row.int(2)
            rows += 1
        }
        return rows
    }
}
