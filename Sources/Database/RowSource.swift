/// The columns of the current row of an engine's statement.
///
/// An enumeration instead of a protocol, for speed: millions of columns are read by direct calls.
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

    /// By the type that the engine reports.
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

    /// Appends these columns in the format of ``RowBytes``.
    func append(_ columns: Range<Int>, to bytes: RowBytes) {
        switch self {
        case .sqlite(let row): row.append(columns, to: bytes)
        case .postgres(let row): row.append(columns, to: bytes)
        }
    }
}
