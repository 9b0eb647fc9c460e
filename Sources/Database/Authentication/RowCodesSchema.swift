extension AuthenticatedTable {
    /// Gives codes to all rows of a table that was made without them. The column `mac` exists and is empty; columns
    /// added later do not exist yet. Only ``Migration/init(_:_:addingCodesTo:before:after:)`` does so.
    func addCodes(_ transaction: Transaction) throws {
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

    /// The next rows by key. A key with a NULL has no successor, so the search then begins from the start.
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
