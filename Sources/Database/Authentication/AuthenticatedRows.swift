import Kernel

extension Transaction {
    /// Adds a row with its code. Values are in the order of the table's columns. `end`: a further clause such as `ON
    /// CONFLICT DO NOTHING`. Returns how many rows were added.
    @discardableResult
    package func insert(_ values: [any Bindable], into table: AuthenticatedTable, _ end: SQL? = nil) throws -> Int {
        let values = values.map(\.bound)
        return try execute(table.insertion(values, mac(of: values, in: table), overwriting: false, end))
    }

    /// Adds a row, or replaces the one with the same key.
    package func put(_ values: [any Bindable], into table: AuthenticatedTable) throws {
        let values = values.map(\.bound)
        try execute(table.insertion(values, mac(of: values, in: table), overwriting: true, nil))
    }

    /// Changes columns of the row with this key, whose code must be valid. Returns whether there is such a row.
    ///
    /// Failure: `database.forged`.
    @discardableResult
    package func update(
        _ table: AuthenticatedTable, key: [any Bindable], _ changes: [(column: StaticString, value: any Bindable)]
    ) throws -> Bool {
        let condition = table.condition(key.map(\.bound))
        let held = try first("SELECT \(table.selection("t"))\(table.isNamed)\(condition)") { row in
            try row.check(table)
            return row.values(0..<table.columns.count)
        }
        guard var values = held else { return false }
        for change in changes {
            guard let place = table.columns.firstIndex(where: { $0.description == change.column.description }) else {
                throw Failure.statement("no column \(change.column) under the code of \(table.name)")
            }
            values[place] = change.value.bound
        }
        let parts = changes.map { change -> SQL in
            "\(SQL(unchecked: change.column.description)) = \(change.value.bound)"
        }
        let code: SQL = "mac = \(try mac(of: values, in: table))"
        try execute(
            """
            \(SQL(unchecked: "UPDATE \(table.name) SET ")) \(SQL.joined(parts + [code], by: ", ")) WHERE \(condition)
            """)
        return true
    }

    func mac(of values: [Value], in table: AuthenticatedTable) throws -> [UInt8] {
        guard let authenticator else { throw Failure.noAuthenticator }
        guard values.count == table.columns.count else {
            throw Failure.statement("\(values.count) values for the \(table.columns.count) columns of \(table.name)")
        }
        scratch.begin(table.name)
        for value in values.prefix(table.covered { values[$0] == .null }) { scratch.append(value) }
        return authenticator.mac(scratch.bytes)
    }
}

extension Row {
    /// Whether the columns from `first` on match their code. They are those of ``AuthenticatedTable/selection(_:)``.
    package func isAuthentic(_ table: AuthenticatedTable, at first: Int = 0) throws(Failure) -> Bool {
        guard let authenticator = transaction.authenticator else { throw Failure.noAuthenticator }
        let end = first + table.columns.count
        let scratch = transaction.scratch
        scratch.begin(table.name)
        scratch.append(self, first..<first + table.covered { source.isNull(first + $0) })
        let row = scratch.count
        scratch.append(self, end..<end + 1)
        return authenticator.isValid(scratch.value(from: row), of: scratch.bytes(row))
    }

    /// Failure: `database.forged`, which names the row.
    package func check(_ table: AuthenticatedTable, at first: Int = 0) throws(Failure) {
        guard transaction.checksRows else { return }
        guard try isAuthentic(table, at: first) else {
            throw Failure.forged(table.place(values(first..<first + table.keys)))
        }
    }

    package func values(_ columns: Range<Int>) -> [Value] { columns.map { source.value($0) } }
}
