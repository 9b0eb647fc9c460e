import Kernel

/// The result of checking a table.
package struct TableCheck: Sendable {
    package let table: String
    package var rows = 0
    /// The rows that do not match their codes, by table and key; at most ``most``.
    package var forged: [String] = []
    /// The number of such rows.
    package var faults = 0

    private static let most = 20

    fileprivate mutating func add(_ row: Row, _ table: AuthenticatedTable) throws {
        rows += 1
        guard try !row.isAuthentic(table) else { return }
        faults += 1
        if forged.count < Self.most { forged.append(table.place(row.values(0..<table.keys))) }
    }
}

/// The number of a table's rows up to a moment, and the sum of their codes, which does not depend on their order.
package struct TableDigest: Sendable, Hashable, Codable {
    package var rows: Int
    /// Four sums of 64 bits, in hexadecimal.
    package var sum: String

    package init(rows: Int = 0, sum: String = String(repeating: "0", count: 64)) { (self.rows, self.sum) = (rows, sum) }
}

extension Transaction {
    /// Compares every row of a table with its code. Memory does not grow with the table.
    package func walk(_ table: AuthenticatedTable) throws -> TableCheck {
        var walk = TableCheck(table: table.name.description)
        try each("SELECT \(table.selection("t"))\(SQL(unchecked: " FROM \(table.name) t"))") { try walk.add($0, table) }
        return walk
    }

    package func count(_ table: AuthenticatedTable) throws -> Int {
        try first(SQL(unchecked: "SELECT count(*) FROM \(table.name)")) { try $0.int(0) } ?? 0
    }

    /// The digest of the rows added up to a time, with the codes in the column `code`.
    package func digest(
        _ table: StaticString, code: StaticString, added: StaticString, through time: Int
    ) throws -> TableDigest {
        var (rows, sums) = (0, [UInt64](repeating: 0, count: 4))
        try each("\(SQL(unchecked: "SELECT \(code) FROM \(table) WHERE \(added) <= "))\(time)") { row in
            rows += 1
            row.withBytes(0) { bytes in
                for (place, byte) in bytes.suffix(32).enumerated() {
                    sums[place / 8] &+= UInt64(byte) << UInt64(8 * (place % 8))
                }
            }
        }
        let sum = sums.map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        return TableDigest(rows: rows, sum: sum)
    }
}
