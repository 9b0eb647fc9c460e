import Database
import Kernel

package struct OrganisationStore {
    let transaction: Transaction

    package init(_ transaction: Transaction) { self.transaction = transaction }

    private static let columns: SQL = "SELECT \(OrganisationSchema.table.selection("o")) FROM organisation o"

    package func find(_ number: ID<Organisation>) throws -> Organisation? {
        try one("\(Self.columns) WHERE number = \(number)")
    }

    package func find(_ uscc: USCC) throws -> Organisation? {
        try one("\(Self.columns) WHERE uscc = \(uscc.text)")
    }

    /// The unit of this name, in whatever spelling; `nil` where several are spelled alike and none just so.
    package func find(_ name: String, in region: RegionCode) throws -> Organisation? {
        try Self.named(name, among: alike(name, in: region))
    }

    /// Of units whose names are spelled alike the one that is meant: the one that is spelled just so, or the only one.
    static func named(_ name: String, among alike: [Organisation]) -> Organisation? {
        alike.first { $0.name == name } ?? (alike.count == 1 ? alike.first : nil)
    }

    /// The units of a region whose names have one ``NormalForm/unit(_:)``, by number.
    package func alike(_ name: String, in region: RegionCode) throws -> [Organisation] {
        try all(
            "\(Self.columns) WHERE region = \(region) AND name_form = \(NormalForm.unit(name)) ORDER BY number")
    }

    /// Names that several units of one region have, but for their spelling: each group by number.
    package func namesakes() throws -> [[Organisation]] {
        let all = try all(
            """
            \(Self.columns) WHERE EXISTS (
                SELECT 1 FROM organisation t
                WHERE t.region = o.region AND t.name_form = o.name_form AND t.number <> o.number)
            ORDER BY region, name_form, number
            """)
        let groups = Dictionary(grouping: all) { "\($0.region) \(NormalForm.unit($0.name))" }
        return groups.values.sorted { ($0.first?.number.number ?? 0) < ($1.first?.number.number ?? 0) }
    }

    /// Writes the form of each name, where it is not there yet or that of another version.
    func putForms() throws {
        let kept = try transaction.rows(Self.columns) { row in
            try row.check(OrganisationSchema.table)
            return (number: try row.int(0), name: try row.text(1), form: try row.optionalText(7))
        }
        for unit in kept where unit.form != NormalForm.unit(unit.name) {
            try transaction.update(
                OrganisationSchema.table, key: [unit.number], [("name_form", NormalForm.unit(unit.name))])
        }
    }

    /// The authority that people and units of a region belong to unless they say another: the one whose jurisdiction
    /// the region is, else the region above.
    package func authority(of region: RegionCode) throws -> Organisation? {
        for region in region.upwards {
            if let found = try one("\(Self.columns) WHERE jurisdiction = \(region)") { return found }
        }
        return nil
    }

    /// The authorities in a region by number, be it theirs or not.
    package func authorities(in region: RegionCode) throws -> [Organisation] {
        try all("\(Self.columns) WHERE region = \(region) AND role = 'authority' ORDER BY number")
    }

    /// Makes a region the jurisdiction of an authority in it, and of no other.
    package func putJurisdiction(_ region: RegionCode, of authority: ID<Organisation>) throws {
        let table = OrganisationSchema.table
        let before = try one("\(Self.columns) WHERE jurisdiction = \(region)")?.number
        if before == authority { return }
        if let before { try transaction.update(table, key: [before], [("jurisdiction", nil as String?)]) }
        try transaction.update(table, key: [authority], [("jurisdiction", region.text)])
    }

    /// Of each region that has authorities and is nobody's, the one with the lowest number looks after it.
    func putFirstJurisdictions() throws {
        let authorities = try all("\(Self.columns) WHERE role = 'authority' ORDER BY number")
        for (region, found) in Dictionary(grouping: authorities, by: \.region) {
            guard let first = found.first, !found.contains(where: { $0.jurisdiction == region }) else { continue }
            try putJurisdiction(region, of: first.number)
        }
    }

    /// Authorities of that name, in whatever region.
    package func authorities(named name: String) throws -> [Organisation] {
        try all("\(Self.columns) WHERE name_form = \(NormalForm.unit(name)) AND role = 'authority' ORDER BY number")
    }

    /// The first authority of a region looks after it. Failure: `organisation.taken` where name and region, or the
    /// credit code, are another's.
    package func add(
        _ name: String, _ role: Organisation.Role, uscc: USCC?, nature: String, region: RegionCode,
        upstream: ID<Organisation>?
    ) throws -> Organisation {
        let number = ID<Organisation>(try NumberStore(transaction).take(of: "organisation"))
        let isFirst = try role == .authority && one("\(Self.columns) WHERE jurisdiction = \(region)") == nil
        let jurisdiction = isFirst ? region : nil
        do {
            try transaction.insert(
                [
                    number, name, role.rawValue, uscc?.text, nature, region, upstream, NormalForm.unit(name),
                    jurisdiction,
                ],
                into: OrganisationSchema.table)
        } catch let violation as Violation where violation.rule == .unique {
            throw Failure(
                .conflict, "organisation.taken", "单位“\(name)”的名称或统一社会信用代码已被另一单位登记。请核对后再导入。",
                en: "The name or credit code of \(name) belongs to another organisation. Check it and import again.")
        }
        return Organisation(
            number: number, name: name, role: role, uscc: uscc, nature: nature, region: region, upstream: upstream,
            jurisdiction: jurisdiction)
    }

    /// Corrects nature or credit code; the unit stays where it is.
    package func correct(_ number: ID<Organisation>, uscc: USCC?, nature: String) throws {
        _ = try NumberStore(transaction).take(of: "organisation correction")
        try transaction.update(
            OrganisationSchema.table, key: [number], [("uscc", uscc?.text), ("nature", nature)])
    }

    /// All of them by number, for what reads everybody.
    package func byNumber() throws -> [ID<Organisation>: Organisation] {
        try all("\(Self.columns)").reduce(into: [:]) { $0[$1.number] = $1 }
    }

    package func count() throws -> Int {
        try transaction.first("SELECT count(*) FROM organisation") { try $0.int(0) } ?? 0
    }

    private func one(_ sql: SQL) throws -> Organisation? { try all(sql).first }

    private func all(_ sql: SQL) throws -> [Organisation] {
        try transaction.rows(sql) { row -> Organisation? in
            try row.check(OrganisationSchema.table)
            guard let role = Organisation.Role(rawValue: try row.text(2)), let region = RegionCode(try row.text(5))
            else { return nil }
            return Organisation(
                number: try row.id(0), name: try row.text(1), role: role,
                uscc: try row.optionalText(3).map { USCC(kept: $0) }, nature: try row.text(4), region: region,
                upstream: try row.optionalInt(6).map { ID($0) },
                jurisdiction: try row.optionalText(8).flatMap { RegionCode($0) })
        }.compactMap { $0 }
    }
}
