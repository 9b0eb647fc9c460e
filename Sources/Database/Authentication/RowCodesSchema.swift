extension AuthenticatedTable {
    /// Gives every row of a table that was made without codes its code; the column `mac` is there and empty, and those
    /// that were added later are not there yet.
    ///
    /// Whoever has this step in a schema first makes sure that the rows are those that this program wrote: from here on
    /// a code vouches for them.
    package func addCodes(_ transaction: Transaction) throws {
        try original.addCodesToAll(transaction)
    }

    private func addCodesToAll(_ transaction: Transaction) throws {
        try Migration.rewriting(added == nil ? [] : [name.description], transaction) {
            var last: [Value]?
            while true {
                let rows = try withoutCode(after: last, transaction)
                for row in rows { try addCode(row, transaction) }
                guard !rows.isEmpty || last != nil else { break }
                last = rows.last.map { Array($0.prefix(keys)) }
            }
        }
    }

    /// Some of them in the order of their keys. Nothing is after a key with a NULL: then it begins from the start.
    private func withoutCode(after last: [Value]?, _ transaction: Transaction) throws -> [[Value]] {
        let key = SQL(unchecked: columns.prefix(keys).map { "t.\($0)" }.joined(separator: ", "))
        var after: SQL = ""
        if let last, !last.contains(.null) { after = " AND (\(key)) > \(SQL.list(last))" }
        let (place, bound): (SQL, SQL) = (SQL(unchecked: " FROM \(name) t WHERE t.mac IS NULL"), " LIMIT 2000")
        return try transaction.rows("SELECT \(selection("t"))\(place)\(after) ORDER BY \(key)\(bound)") {
            $0.values(0..<columns.count)
        }
    }

    private func addCode(_ row: [Value], _ transaction: Transaction) throws {
        let head = SQL(unchecked: "UPDATE \(name) SET mac = ")
        try transaction.execute(
            "\(head)\(try transaction.mac(of: row, in: self)) WHERE \(condition(row, orNull: true))")
    }
}
