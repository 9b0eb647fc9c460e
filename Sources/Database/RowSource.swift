/// Where a row's columns are read from: an engine's statement while it stands on the row.
///
/// There are two, and no protocol: millions of columns are read, each by a direct call.
enum RowSource {
    case sqlite(SQLiteRow)
    case postgres(PostgresRow)

    var columns: Int {
        switch self {
        case .sqlite(let row): row.columns
        case .postgres(let row): row.columns
        }
    }

    func isNull(_ column: Int) -> Bool {
        switch self {
        case .sqlite(let row): row.isNull(column)
        case .postgres(let row): row.isNull(column)
        }
    }

    func integer(_ column: Int) -> Int? {
        switch self {
        case .sqlite(let row): row.integer(column)
        case .postgres(let row): row.integer(column)
        }
    }

    func text(_ column: Int) -> String? {
        switch self {
        case .sqlite(let row): row.text(column)
        case .postgres(let row): row.text(column)
        }
    }

    /// By the type that the engine says it has.
    func value(_ column: Int) -> Value {
        switch self {
        case .sqlite(let row): row.value(column)
        case .postgres(let row): row.value(column)
        }
    }

    func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        switch self {
        case .sqlite(let row): try row.withBytes(column, body)
        case .postgres(let row): try row.withBytes(column, body)
        }
    }

    /// Appends these columns as ``RowBytes`` has them.
    func append(_ columns: Range<Int>, to bytes: RowBytes) {
        switch self {
        case .sqlite(let row): row.append(columns, to: bytes)
        case .postgres(let row): row.append(columns, to: bytes)
        }
    }
}
