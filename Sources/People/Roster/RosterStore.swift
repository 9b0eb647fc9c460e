import Database
import Kernel

/// Who is at which unit today. Merged people are not listed.
package struct RosterStore {
    let transaction: Transaction
    let today: Day

    package init(_ transaction: Transaction, today: Day) { (self.transaction, self.today) = (transaction, today) }

    /// At most `limit` people after a place, unit by unit. Each unit reads an index and stops at the limit, so the time
    /// does not depend on the size of the city.
    package func page(
        _ scope: Scope, _ filter: RosterFilter, after place: RosterCursor?, limit: Int
    ) throws -> [RosterEntry] {
        var lines: [RosterEntry] = []
        for unit in try units(scope, filter, from: place?.unit ?? 0) {
            let last = unit == place?.unit ? place?.person ?? 0 : 0
            lines += try self.lines(
                "e.organisation = \(unit) AND e.person > \(last)", by: "e.person", limit - lines.count)
            if lines.count >= limit { break }
        }
        return lines
    }

    /// The units of these people today, as far as they are in the scope, by number.
    package func lines(of people: [ID<Person>], _ scope: Scope, _ filter: RosterFilter) throws -> [RosterEntry] {
        guard let last = people.last else { return [] }
        // Padded with the last one, so that one statement serves every length.
        let whole = people + Array(repeating: last, count: max(0, Self.most - people.count))
        return try lines(
            "e.person IN \(SQL.list(whole)) AND \(try condition(scope, filter))", by: "e.person, o.number",
            people.count * 4)
    }

    /// The most people in one call.
    package static let most = 250

    /// People with a title of this level today, by number, after one person.
    package func holders(of level: String, after person: Int, limit: Int) throws -> [ID<Person>] {
        try transaction.rows(
            """
            SELECT DISTINCT f.person FROM person_fact f
            WHERE f.name = 'title-level' AND f.value = \(FactText.encode(.text(level))) AND f.person > \(person)
              AND f.from_day <= \(today) AND f.to_day >= \(today)
              AND NOT EXISTS (SELECT 1 FROM person_fact r WHERE r.person = f.person AND r.replaces = f.turn)
            ORDER BY f.person LIMIT \(limit)
            """
        ) { try $0.id(0) }
    }

    /// All people by the characters of their names, so that equal surnames are together, after one person.
    package func byName(after person: ID<Person>?, limit: Int) throws -> [ID<Person>] {
        let last = try person.flatMap { person in
            try transaction.first("SELECT name FROM person WHERE number = \(person)") { try $0.text(0) }
        }
        return try transaction.rows(
            """
            SELECT number FROM person WHERE (name, number) > (\(last ?? ""), \(person?.number ?? 0))
            ORDER BY name, number LIMIT \(limit)
            """
        ) { try $0.id(0) }
    }

    private func units(_ scope: Scope, _ filter: RosterFilter, from unit: Int) throws -> [Int] {
        try transaction.rows(
            """
            SELECT o.number FROM organisation o WHERE \(try condition(scope, filter)) AND o.number >= \(unit)
            ORDER BY o.number
            """
        ) { try $0.int(0) }
    }

    /// People whose names begin with this text, by number.
    package func named(_ name: String, _ scope: Scope, limit: Int) throws -> [RosterEntry] {
        guard let last = name.unicodeScalars.last, let next = Unicode.Scalar(last.value + 1) else { return [] }
        let end = String(String.UnicodeScalarView(name.unicodeScalars.dropLast())) + String(Character(next))
        return try lines(
            "\(try condition(scope, RosterFilter())) AND p.name >= \(name) AND p.name < \(end)", by: Self.byName, limit)
    }

    /// People of a unit whose names contain this text.
    package func named(
        containing name: String, at unit: ID<Organisation>, _ scope: Scope, limit: Int
    ) throws -> [RosterEntry] {
        var filter = RosterFilter()
        filter.unit = unit
        return try lines(
            "\(try condition(scope, filter)) AND p.name LIKE \(Self.pattern(name)) ESCAPE '\\'", by: "e.person", limit)
    }

    /// A person's units today, within the scope; empty if the person is elsewhere.
    package func places(of person: ID<Person>, _ scope: Scope) throws -> [RosterEntry] {
        try lines("\(try condition(scope, RosterFilter())) AND e.person = \(person)", by: "o.number", 10)
    }

    /// Whether a person is at a unit of the scope today.
    func isAt(_ person: ID<Person>, _ scope: Scope) throws -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM employment e JOIN organisation o ON o.number = e.organisation
            WHERE e.person = \(person) AND e.from_day <= \(today) AND e.to_day >= \(today) AND \(try within(scope))
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            """)
    }

    /// Whether a person was at a unit of the scope at a time, by the knowledge of that time.
    func wasAt(_ person: ID<Person>, _ scope: Scope, at moment: Int) throws -> Bool {
        let day = Day(milliseconds: moment)
        return try transaction.exists(
            """
            SELECT 1 FROM employment e JOIN organisation o ON o.number = e.organisation
            WHERE e.person = \(person) AND e.learned <= \(moment) AND e.from_day <= \(day) AND e.to_day >= \(day)
              AND \(try within(scope)) AND \(Self.isUnreplaced(at: moment))
            """)
    }

    /// Whether a person was at a unit outside the scope at any time since a time.
    func wasOutside(_ person: ID<Person>, _ scope: Scope, since moment: Int) throws -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM employment e JOIN organisation o ON o.number = e.organisation
            WHERE e.person = \(person) AND e.to_day >= \(Day(milliseconds: moment)) AND NOT (\(try within(scope)))
              AND \(Self.isUnreplaced(at: moment))
            """)
    }

    private static func isUnreplaced(at moment: Int) -> SQL {
        """
        NOT EXISTS (SELECT 1 FROM employment r
                    WHERE r.person = e.person AND r.replaces = e.turn AND r.learned <= \(moment))
        """
    }

    /// Whether a unit or authority is in the scope.
    package func contains(_ unit: ID<Organisation>, _ scope: Scope) throws -> Bool {
        try transaction.exists("SELECT 1 FROM organisation o WHERE o.number = \(unit) AND \(try within(scope))")
    }

    /// Units of the scope whose names contain this text.
    package func units(containing name: String, _ scope: Scope, limit: Int) throws -> [(ID<Organisation>, String)] {
        let pattern = Self.pattern(NormalForm.unit(name))
        return try transaction.rows(
            """
            SELECT o.number, o.name FROM organisation o
            WHERE \(try within(scope)) AND o.name_form LIKE \(pattern) ESCAPE '\\' AND o.role <> 'authority'
            ORDER BY o.number LIMIT \(limit)
            """
        ) { (try $0.id(0), try $0.text(1)) }
    }

    /// Region and nature of the unit of each of these people today, by person number.
    package func posts(_ range: ClosedRange<Int>) throws -> [Int: (region: RegionCode, nature: String)] {
        let units = try OrganisationStore(transaction).byNumber()
        var posts: [Int: (region: RegionCode, nature: String)] = [:]
        try transaction.each(
            """
            SELECT e.person, e.organisation FROM employment e
            WHERE e.person >= \(range.lowerBound) AND e.person <= \(range.upperBound)
              AND e.from_day <= \(today) AND e.to_day >= \(today)
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            ORDER BY e.person, e.from_day
            """
        ) { row in
            if let unit = units[try row.id(1)] { posts[try row.int(0)] = (unit.region, unit.nature) }
        }
        return posts
    }

    private static func pattern(_ text: String) -> String {
        "%" + text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
    }
}

// MARK: - The query

extension RosterStore {
    private func condition(_ scope: Scope, _ filter: RosterFilter) throws -> SQL {
        var parts = [try within(scope)]
        if let region = filter.region { parts.append(try within(.region(region))) }
        if let unit = filter.unit { parts.append("o.number = \(unit)") }
        if !filter.nature.isEmpty { parts.append("o.nature = \(filter.nature)") }
        return SQL.joined(parts, by: " AND ")
    }

    /// The condition that organisation `o` is in the scope.
    func within(_ scope: Scope) throws -> SQL {
        switch scope {
        case .everybody: return "1 = 1"
        case .unit(let unit): return "o.number = \(unit)"
        case .region(let region):
            let codes = try RegionStore(transaction).all().map(\.code).filter { $0.lies(in: region) }
            // An expression, so that the search uses an index of people or units and not one of regions.
            return "o.region || '' IN \(SQL.list(codes))"
        case .below(let authority):
            return """
                +o.number IN (WITH RECURSIVE under (number) AS (
                    SELECT number FROM organisation WHERE upstream = \(authority)
                    UNION SELECT c.number FROM organisation c JOIN under u ON c.upstream = u.number)
                  SELECT number FROM under)
                """
        }
    }

    /// The level of the current title.
    private var level: SQL {
        """
        (SELECT f.value FROM person_fact f
         WHERE f.person = e.person AND f.name = 'title-level' AND f.from_day <= \(today) AND f.to_day >= \(today)
           AND NOT EXISTS (SELECT 1 FROM person_fact r WHERE r.person = f.person AND r.replaces = f.turn)
         ORDER BY f.from_day DESC, f.turn DESC LIMIT 1)
        """
    }

    private static let byName: SQL = "p.name, p.number, o.number"

    private func lines(_ condition: SQL, by order: SQL, _ limit: Int) throws -> [RosterEntry] {
        try transaction.rows(
            """
            SELECT e.person, p.name, o.number, o.name, o.region, o.nature, coalesce(\(level), '')
            FROM organisation o
            JOIN employment e ON e.organisation = o.number
            JOIN person p ON p.number = e.person
            WHERE \(condition) AND +p.alias IS NULL AND e.from_day <= \(today) AND e.to_day >= \(today)
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            ORDER BY \(order) LIMIT \(limit)
            """
        ) { row -> RosterEntry? in
            guard let region = RegionCode(try row.text(4)) else { return nil }
            return RosterEntry(
                person: try row.id(0), name: try row.text(1), unit: try row.id(2), unitName: try row.text(3),
                region: region, nature: try row.text(5), level: FactText.fact(try row.text(6))?.description ?? "")
        }.compactMap { $0 }
    }
}
