import Database

/// Figures of the database for the administrator.
package struct SystemStateStore {
    let transaction: Transaction

    package init(_ transaction: Transaction) { self.transaction = transaction }

    /// The size of the database in bytes.
    package func size(_ engine: Engine) throws -> Int {
        let sql: SQL =
            switch engine {
            case .sqlite: "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s"
            case .postgres: "SELECT pg_database_size(current_database())"
            }
        return try transaction.first(sql) { try $0.int(0) } ?? 0
    }
}
