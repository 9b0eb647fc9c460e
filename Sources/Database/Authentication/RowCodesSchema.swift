extension AuthenticatedTable {
    /// Gives every row of a table that was made without codes its code; the column `mac` is there and empty.
    ///
    /// Whoever has this step in a schema first makes sure that the rows are those that this program wrote: from here on
    /// a code vouches for them.
    package func addCodes(_ transaction: Transaction) throws {
        try Migration.rewriting(added == nil ? [] : [name.description], transaction) {
            var rows: [[Value]]
            repeat {
                rows = try withoutCode(transaction)
                for row in rows { try addCode(row, transaction) }
            } while !rows.isEmpty
        }
    }

    private func withoutCode(_ transaction: Transaction) throws -> [[Value]] {
        let place = SQL(unchecked: " FROM \(name) t WHERE t.mac IS NULL LIMIT 2000")
        return try transaction.rows("SELECT \(selection("t"))\(place)") { $0.values(0..<columns.count) }
    }

    private func addCode(_ row: [Value], _ transaction: Transaction) throws {
        let head = SQL(unchecked: "UPDATE \(name) SET mac = ")
        try transaction.execute(
            "\(head)\(try transaction.mac(of: row, in: self)) WHERE \(condition(row, orNull: true))")
    }
}
