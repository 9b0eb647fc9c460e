import Kernel
import Synchronization

/// A table whose rows have a message authentication code in the column `mac`. Without the keys, rows cannot be changed
/// or added unnoticed.
///
/// The code covers the table's name and all columns of `columns`, in this order, as ``RowBytes`` encodes them. Columns
/// that were added later come last. Older rows have NULL in them, and their codes do not cover them. So a new column
/// needs no rewriting of rows, and cannot be filled or emptied without the keys.
package struct AuthenticatedTable: Sendable {
    package let name: StaticString
    /// The columns that the code covers, beginning with the key, which has `keys` columns.
    package let columns: [StaticString]
    package let keys: Int
    /// The number of columns that every row has; the others were added later.
    let first: Int
    /// The column with the time (milliseconds since 1970) at which a row was added, for tables whose rows are never
    /// changed or removed. With it the rows of an earlier moment can be counted again.
    package let added: StaticString?

    private let insertion: UnsafeLiteral
    private let overwriting: UnsafeLiteral
    private let selections = Selections()
    private static let end = UnsafeLiteral(")")

    package init(
        _ name: StaticString, key: [StaticString], _ columns: [StaticString], later: [StaticString] = [],
        added: StaticString? = nil
    ) {
        let others = columns + later
        (self.name, self.columns, keys, self.added) = (name, key + others, key.count, added)
        first = key.count + columns.count
        let all = (key + others).map(\.description) + ["mac"]
        insertion = UnsafeLiteral(lasting: "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (")
        let changed = (others.map(\.description) + ["mac"]).map { "\($0) = excluded.\($0)" }
        overwriting = UnsafeLiteral(
            lasting: ") ON CONFLICT (\(key.map(\.description).joined(separator: ", "))) DO UPDATE SET "
                + changed.joined(separator: ", "))
    }

    /// The number of columns of ``selection(_:)``: those under the code, and the code.
    package var width: Int { columns.count + 1 }

    /// `e.person, e.number, …, e.mac`: the columns that a SELECT must contain in this order for its rows to be checked.
    package func selection(_ alias: StaticString) -> SQL {
        selections.of(alias) {
            (columns.map(\.description) + ["mac"]).map { "\(alias).\($0)" }.joined(separator: ", ")
        }
    }

    func insertion(_ values: [Value], _ mac: [UInt8], overwriting isOverwriting: Bool, _ end: SQL?) -> SQL {
        SQL(row: values + [.blob(mac)], after: insertion, before: isOverwriting ? overwriting : Self.end, end)
    }

    /// The table without the columns that were added later.
    var original: AuthenticatedTable {
        let others = Array(columns[keys..<first])
        return first == columns.count
            ? self : AuthenticatedTable(name, key: Array(columns.prefix(keys)), others, added: added)
    }

    /// How many columns the code of a row covers.
    func covered(_ isNull: (Int) -> Bool) -> Int {
        var end = columns.count
        while end > first, isNull(end - 1) { end -= 1 }
        return end
    }

    var isNamed: SQL { SQL(unchecked: " FROM \(name) t WHERE ") }

    /// `a = $1 AND b = $2`: the condition for this key. `orNull`: a column of the key may be NULL.
    func condition(_ key: [Value], orNull: Bool = false) -> SQL {
        let parts = zip(columns.prefix(keys), key).map { column, value -> SQL in
            let name = SQL(unchecked: column.description)
            return orNull && value == .null ? "\(name) IS NULL" : "\(name) = \(value)"
        }
        return .joined(parts, by: " AND ")
    }

    /// `certificate_revocation MCMT2GJ4Y74DCKO4`: the table and the key of a row.
    func place(_ key: [Value]) -> String { ([name.description] + key.map(\.shown)).joined(separator: " ") }
}

/// The columns of a table by alias, cached.
private final class Selections: Sendable {
    private let known = Mutex<[String: SQL]>([:])

    func of(_ alias: StaticString, _ make: () -> String) -> SQL {
        known.withLock { known in
            if let made = known[alias.description] { return made }
            let made = SQL(lasting: UnsafeLiteral(lasting: make()))
            known[alias.description] = made
            return made
        }
    }
}

extension Value {
    fileprivate var shown: String {
        switch self {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes): bytes.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }
}

/// Makes and checks the codes of rows.
package protocol RowAuthenticator: Sendable {
    func mac(_ bytes: UnsafeRawBufferPointer) -> [UInt8]
    func isValid(_ mac: UnsafeRawBufferPointer, of bytes: UnsafeRawBufferPointer) -> Bool
}

extension Failure {
    /// A row that this program did not write, or that was altered.
    package static func forged(_ place: String) -> Failure {
        Failure(
            .damaged, "database.forged",
            "数据库的一行（\(place)）不是本系统写下的，或被改动过，不能据此办理。请停止写入，运行 xueshi ledger verify 查看，并从备份恢复。",
            en:
                "The row \(place) was not written by this program, or was changed. Run ledger verify, restore a backup."
        )
    }

    static let noAuthenticator = Failure(
        .unavailable, "database.no-keys", "没有密钥，不能读写受保护的数据。请检查密钥文件。",
        en: "Without keys, rows with a MAC can be neither written nor checked.")
}
