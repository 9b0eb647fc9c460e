import Database
import Kernel

package struct RegionStore {
    let transaction: Transaction

    package init(_ transaction: Transaction) { self.transaction = transaction }

    /// Adds a region or gives it this name; answers whether anything changed.
    package func put(_ region: Region) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO region (code, name) VALUES (\(region.code), \(region.name))
            ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE region.name <> excluded.name
            """) > 0
    }

    package func all() throws -> [Region] {
        try transaction.rows("SELECT code, name FROM region ORDER BY code") { row in
            let name = try row.text(1)
            return RegionCode(try row.text(0)).map { Region(code: $0, name: name) }
        }.compactMap { $0 }
    }
}
