extension Database {
    /// All rows of a table in column order: for measurements and small databases.
    package func allRows(of table: String) async throws -> [[Value]] {
        try await read { transaction in
            var rows: [[Value]] = []
            _ = try transaction.session.stream(SQL(unchecked: "SELECT * FROM \(table)")) { source in
                rows.append((0..<source.columns).map { source.value($0) })
            }
            return rows
        }
    }

    /// Inserts rows without codes, one statement each, `page` rows in a transaction.
    package func insert(_ rows: [[Value]], into table: String, each page: Int) async throws {
        for start in stride(from: 0, to: rows.count, by: page) {
            let part = rows[start..<min(start + page, rows.count)]
            try await write { transaction in
                for row in part {
                    try transaction.execute("INSERT INTO \(SQL(unchecked: table)) VALUES \(.list(row))")
                }
            }
        }
    }
}
