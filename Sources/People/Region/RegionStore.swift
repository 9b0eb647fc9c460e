import Database
import Kernel

package struct RegionStore {
    let transaction: Transaction

    package init(_ transaction: Transaction) { self.transaction = transaction }

    /// Adds or renames a region. Returns whether anything changed.
    package func put(_ region: Region) throws -> Bool {
        let known = try transaction.first("SELECT name FROM region WHERE code = \(region.code)") { try $0.text(0) }
        guard known != region.name else { return false }
        try transaction.put([region.code, region.name], into: RegionSchema.table)
        return true
    }

    package func all() throws -> [Region] {
        try transaction.rows("SELECT \(RegionSchema.table.selection("r")) FROM region r ORDER BY r.code") { row in
            try row.check(RegionSchema.table)
            let name = try row.text(1)
            return RegionCode(try row.text(0)).map { Region(code: $0, name: name) }
        }.compactMap { $0 }
    }
}

extension Sequence<Region> {
    /// The name of each region.
    package var names: [RegionCode: String] {
        Dictionary(map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
    }
}
