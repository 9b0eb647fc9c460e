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

    /// The unit of this name in any spelling; `nil` if several match and none exactly.
    package func find(_ name: String, in region: RegionCode) throws -> Organisation? {
        try Self.named(name, among: alike(name, in: region))
    }

    /// Among units of the same normal form, the one with exactly this name, or the only one.
    static func named(_ name: String, among alike: [Organisation]) -> Organisation? {
        alike.first { $0.name == name } ?? (alike.count == 1 ? alike.first : nil)
    }

    /// The units of a region with the same ``NormalForm/unit(_:)``, by number.
    package func alike(_ name: String, in region: RegionCode) throws -> [Organisation] {
        try all(
            "\(Self.columns) WHERE region = \(region) AND name_form = \(NormalForm.unit(name)) ORDER BY number")
    }

    /// Groups of units of one region with the same normal form of the name, each by number.
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

    /// Writes missing and outdated normal forms of names.
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

    /// The default authority for people and units of a region: the one that has it as jurisdiction, else that of the
    /// region above.
    package func authority(of region: RegionCode) throws -> Organisation? {
        for region in region.upwards {
            if let found = try one("\(Self.columns) WHERE jurisdiction = \(region)") { return found }
        }
        return nil
    }

    /// The authorities in a region by number, with or without jurisdiction.
    package func authorities(in region: RegionCode) throws -> [Organisation] {
        try all("\(Self.columns) WHERE region = \(region) AND role = 'authority' ORDER BY number")
    }

    /// Gives an authority the jurisdiction over its region, and takes it from any other.
    package func putJurisdiction(_ region: RegionCode, of authority: ID<Organisation>) throws {
        let table = OrganisationSchema.table
        let before = try one("\(Self.columns) WHERE jurisdiction = \(region)")?.number
        if before == authority { return }
        try advanceMark()
        if let before { try transaction.update(table, key: [before], [("jurisdiction", nil as String?)]) }
        try transaction.update(table, key: [authority], [("jurisdiction", region.text)])
    }

    /// In each region without jurisdiction, the authority with the lowest number gets it.
    func putFirstJurisdictions() throws {
        let authorities = try all("\(Self.columns) WHERE role = 'authority' ORDER BY number")
        for (region, found) in Dictionary(grouping: authorities, by: \.region) {
            guard let first = found.first, !found.contains(where: { $0.jurisdiction == region }) else { continue }
            try putJurisdiction(region, of: first.number)
        }
    }

    /// Authorities of that name in any region.
    package func authorities(named name: String) throws -> [Organisation] {
        try all("\(Self.columns) WHERE name_form = \(NormalForm.unit(name)) AND role = 'authority' ORDER BY number")
    }

    /// Adds an organisation. The first authority of a region gets its jurisdiction. Failure: `organisation.taken` if
    /// name and region, or the credit code, belong to another.
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

    /// Corrects the nature or credit code.
    package func correct(_ number: ID<Organisation>, uscc: USCC?, nature: String) throws {
        try advanceMark()
        try transaction.update(
            OrganisationSchema.table, key: [number], [("uscc", uscc?.text), ("nature", nature)])
    }

    /// After a change of an existing organisation, cached ones are read again: ``NumberStore/organisationMark()``.
    private func advanceMark() throws { _ = try NumberStore(transaction).take(of: "organisation correction") }

    /// All organisations by number.
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
