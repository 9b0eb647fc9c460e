import Kernel

/// What walking a table found.
package struct TableCheck: Sendable {
    package let table: String
    package var rows = 0
    /// The rows that do not fit their code, by table and key; at most ``most``.
    package var forged: [String] = []
    /// How many there are.
    package var faults = 0

    private static let most = 20

    fileprivate mutating func add(_ row: Row, _ table: AuthenticatedTable) throws {
        rows += 1
        guard try !row.isAuthentic(table) else { return }
        faults += 1
        if forged.count < Self.most { forged.append(table.place(row.values(0..<table.keys))) }
    }
}

/// The rows of a table up to a moment: how many, and the sum of their codes. Any order of adding them gives the same.
package struct TableDigest: Sendable, Hashable, Codable {
    package var rows: Int
    /// Four sums of 64 bits, in hexadecimal.
    package var sum: String

    package init(rows: Int = 0, sum: String = String(repeating: "0", count: 64)) { (self.rows, self.sum) = (rows, sum) }
}

extension Transaction {
    /// Holds every row of a table against its code, in memory that does not grow with it.
    package func walk(_ table: AuthenticatedTable) throws -> TableCheck {
        var walk = TableCheck(table: table.name.description)
        try each("SELECT \(table.selection("t"))\(SQL(unchecked: " FROM \(table.name) t"))") { try walk.add($0, table) }
        return walk
    }

    package func count(_ table: AuthenticatedTable) throws -> Int {
        try first(SQL(unchecked: "SELECT count(*) FROM \(table.name)")) { try $0.int(0) } ?? 0
    }

    /// The rows that were added up to a moment, by the codes in `code`.
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
