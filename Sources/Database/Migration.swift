import Kernel

/// A step of a feature's schema. A released step is never edited; a change is a new step.
package struct Migration: Sendable {
    /// The feature and the number of the step, such as `ledger-1`.
    package let id: String
    let statements: @Sendable (Engine) -> [String]
    /// Runs after the statements, in the same transaction.
    let work: @Sendable (Transaction) throws -> Void
    /// Whether tables with references to them are rebuilt; SQLite then checks foreign keys once, at the end.
    let rebuilds: Bool
    /// Whether rows that were written without codes get codes, which then vouch for them.
    package let addsCodes: Bool

    /// One text for both engines; statements are separated by a line that contains only `;`.
    ///
    /// Use `INTEGER`, `TEXT` and `BLOB`, and end tables with `) STRICT` or `) STRICT, WITHOUT ROWID`. For PostgreSQL
    /// the text is translated: `BIGINT`, its own type for bytes, no STRICT, and texts sorted by bytes in any locale.
    package init(_ id: String, _ text: StaticString, appendOnly tables: [String] = []) {
        let text = text.description
        (self.id, work, rebuilds, addsCodes) = (id, { _ in }, false, false)
        statements = { engine in Self.split(text, engine) + tables.flatMap { Self.appendOnly($0, engine) } }
    }

    /// A step in Swift, for what statements cannot do: it may use keys and rewrite rows. `text` runs first. `rebuilds`:
    /// the step rebuilds a table; the steps of that migration must leave all foreign keys valid.
    package init(
        _ id: String, _ text: StaticString = "", rebuilds: Bool = false,
        work: @escaping @Sendable (Transaction) throws -> Void
    ) {
        let text = text.description
        (self.id, self.work, self.rebuilds, addsCodes) = (id, work, rebuilds, false)
        statements = { engine in Self.split(text, engine) }
    }

    /// A step that gives codes to all rows of tables made without them. `text` adds the column `mac` to each of them.
    /// `before` must fail if another program may have written the rows.
    ///
    /// New tables have codes from the start: a database that lacks such a step beside a signed head was made to look
    /// old, and is refused.
    package init(
        _ id: String, _ text: StaticString, addingCodesTo tables: [AuthenticatedTable],
        before: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        after: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) {
        let text = text.description
        (self.id, rebuilds, addsCodes) = (id, false, true)
        statements = { engine in Self.split(text, engine) }
        work = { transaction in
            try before(transaction)
            for table in tables { try table.addCodes(transaction) }
            try after(transaction)
        }
    }

    private static func split(_ text: String, _ engine: Engine) -> [String] {
        let portable = text.split(separator: "\n;").map { String($0) }.filter { $0.contains { !$0.isWhitespace } }
        guard engine == .postgres else { return portable }
        let words = [
            (" INTEGER", " BIGINT"), (") STRICT, WITHOUT ROWID", ")"), (") STRICT", ")"), (" BLOB", " bytea"),
            (" TEXT", " TEXT COLLATE \"C\""),
        ]
        return portable.map { text in words.reduce(text) { $0.replacing($1.0, with: $1.1) } }
    }

    /// Triggers that forbid UPDATE and DELETE of a table, in PostgreSQL also TRUNCATE.
    private static func appendOnly(_ table: String, _ engine: Engine) -> [String] {
        switch engine {
        case .sqlite:
            ["UPDATE", "DELETE"].map {
                "CREATE TRIGGER \(table)_no_\($0.lowercased()) BEFORE \($0) ON \(table) "
                    + "BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END"
            }
        case .postgres:
            [
                """
                CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$
                """,
                "CREATE TRIGGER \(table)_append BEFORE UPDATE OR DELETE ON \(table) "
                    + "FOR EACH ROW EXECUTE FUNCTION append_only()",
                "CREATE TRIGGER \(table)_whole BEFORE TRUNCATE ON \(table) "
                    + "FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
            ]
        }
    }

    /// The statements for an engine, for the snapshot of the schema.
    package func text(for engine: Engine) -> String {
        "-- \(id)\n" + statements(engine).map { $0 + ";\n" }.joined()
    }

    /// A checksum that changes if the step is edited: FNV-1a over the statements of SQLite.
    var checksum: String {
        let hash = statements(.sqlite).joined(separator: ";").utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}

extension Database {
    /// Runs the missing steps in one transaction. Returns how many were new.
    ///
    /// A database with an unknown step was made by a newer program and is refused. A step that was edited after it ran
    /// is refused too.
    @discardableResult
    package func migrate(_ migrations: [Migration]) async throws -> Int {
        let engine = engine
        let done = try await migrationsDone()
        let isRebuilding = migrations.contains { $0.rebuilds && !done.contains($0.id) }
        return try await change(rebuilding: isRebuilding) { transaction in
            try transaction.command(
                "CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, place BIGINT)"
            )
            var known: [String: String] = [:]
            try transaction.each("SELECT id, checksum FROM migration ORDER BY place") {
                known[try $0.text(0)] = try $0.text(1)
            }
            try Self.compare(known, migrations)
            let new = migrations.filter { known[$0.id] == nil }
            for (index, migration) in new.enumerated() {
                for statement in migration.statements(engine) { try transaction.command(statement) }
                try migration.work(transaction)
                try transaction.execute(
                    """
                    INSERT INTO migration (id, checksum, place)
                    VALUES (\(migration.id), \(migration.checksum), \(known.count + index))
                    """)
            }
            // Foreign keys were unchecked during all steps.
            if isRebuilding { try transaction.checkForeignKeys() }
            return new.count
        }
    }

    private static func compare(_ known: [String: String], _ migrations: [Migration]) throws {
        let ids = Set(migrations.map(\.id))
        if let newer = known.keys.filter({ !ids.contains($0) }).min() {
            throw Failure(
                .unavailable, "database.newer", "数据库由较新的程序建立（含 \(newer)），本程序不认识。请升级程序后再打开。",
                en: "The database was made by a newer program (it has \(newer)). Upgrade this program to open it.")
        }
        for migration in migrations {
            guard let checksum = known[migration.id], checksum != migration.checksum else { continue }
            throw Failure(
                .damaged, "database.edited-migration", "迁移步骤 \(migration.id) 与数据库中已执行的不同。发布后的步骤不能改，请换回原程序。",
                en: "Migration \(migration.id) differs from what ran in this database. Never edit a released step."
            )
        }
    }
}

extension Database {
    /// The steps that ran; empty for an empty database.
    package func migrationsDone() async throws -> Set<String> {
        try await read { transaction in
            guard try transaction.hasTable("migration") else { return [] }
            return Set(try transaction.rows("SELECT id FROM migration") { try $0.text(0) })
        }
    }
}

extension Transaction {
    package func hasTable(_ name: String) throws -> Bool {
        try exists(
            engine == .sqlite
                ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = \(name)"
                : """
                SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = \(name)
                """)
    }

    /// Runs a statement of the schema without parameters.
    func command(_ text: String) throws { try session.command(text) }

    /// Failure: `database.dangling` (damaged) if a row refers to a missing one.
    fileprivate func checkForeignKeys() throws {
        guard engine == .sqlite else { return }
        let table = try first("PRAGMA foreign_key_check") { try $0.text(0) }
        guard let table else { return }
        throw Failure(
            .damaged, "database.dangling", "升级数据库时发现 \(table) 表引用了不存在的记录，没有改动。请从备份恢复后再升级。",
            en: "A row of \(table) refers to a missing row. Nothing was changed; restore a backup first.")
    }
}

// MARK: - Changes of tables by steps in Swift

extension Migration {
    /// Lets `body` change rows of append-only tables.
    package static func rewriting(
        _ tables: [String], _ transaction: Transaction, _ body: () throws -> Void
    ) throws {
        for table in tables {
            for statement in dropAppendOnly(table, transaction.engine) { try transaction.command(statement) }
        }
        try body()
        for table in tables {
            for statement in appendOnly(table, transaction.engine) { try transaction.command(statement) }
        }
    }

    private static func dropAppendOnly(_ table: String, _ engine: Engine) -> [String] {
        switch engine {
        case .sqlite: ["DROP TRIGGER \(table)_no_update", "DROP TRIGGER \(table)_no_delete"]
        case .postgres: ["DROP TRIGGER \(table)_append ON \(table)", "DROP TRIGGER \(table)_whole ON \(table)"]
        }
    }
}
