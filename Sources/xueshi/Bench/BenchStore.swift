import Database
import Kernel

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

    /// The hours per person and subject, summed by the database; returns the number of rows.
    func sums() throws -> Int {
        var rows = 0
        try transaction.each("SELECT person, subject, sum(hours) FROM entry GROUP BY person, subject") { row in
            _ = try row.int(2)
            rows += 1
        }
        return rows
    }

    /// The cells of the list of standings. Counted and missing hours are in the standing's text.
    func cells(_ year: Year, _ body: (BenchCells) throws -> Void) throws {
        let last = year.period.to
        try transaction.each(
            """
            SELECT s.person, p.name, o.name, o.region, s.policy_key, s.year, s.outcome,
                   (SELECT CAST(coalesce(sum(e.hours), 0) AS BIGINT) FROM entry e
                    WHERE e.person = s.person AND e.policy_key = s.policy_key AND e.year = s.year),
                   s.body
            FROM standing s
            JOIN person p ON p.number = s.person
            LEFT JOIN employment m ON m.person = s.person AND m.from_day <= \(last) AND m.to_day >= \(last)
                 AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = m.person AND r.replaces = m.turn)
            LEFT JOIN organisation o ON o.number = m.organisation
            WHERE s.year = \(year) ORDER BY s.person, s.policy_key, s.period_from
            """
        ) { row in
            try body(
                BenchCells(
                    person: try row.int(0), name: try row.text(1), unit: try row.optionalText(2) ?? "",
                    region: try row.optionalText(3) ?? "", policy: try row.text(4), year: try row.int(5),
                    outcome: try row.text(6), hours: try row.int(7), body: try row.text(8)))
        }
    }
}

/// A row of the list of standings as stored in the database.
struct BenchCells {
    let person: Int
    let name: String
    let unit: String
    let region: String
    let policy: String
    let year: Int
    let outcome: String
    let hours: Int
    let body: String
}
