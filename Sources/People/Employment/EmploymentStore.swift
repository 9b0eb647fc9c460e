import Database
import Kernel

package struct EmploymentStore {
    let transaction: Transaction
    let people: People
    let now: Int

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people, now) = (transaction, people, people.system.now())
    }

    /// Adds an employment from a day on. The open employment ends the day before; one that began the same day was a
    /// mistake and is replaced. Returns whether anything changed.
    package func put(_ stated: Employment, of person: ID<Person>) throws -> Bool {
        let held = try transaction.rows(
            """
            SELECT \(EmploymentSchema.employment.selection("e")) FROM employment e
            WHERE e.person = \(person)
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            ORDER BY e.from_day, e.turn
            """
        ) { row in
            try row.check(EmploymentSchema.employment)
            return Timeline.Item(
                turn: try row.int(1), value: Post(organisation: try row.id(2), relation: try row.text(3)),
                during: Period(from: try row.day(4), to: try row.day(5)))
        }
        let post = Post(organisation: stated.organisation, relation: stated.relation)
        let steps = Timeline(held: held).steps(to: post, during: stated.during)
        for step in steps {
            let employment = Employment(
                organisation: step.value.organisation, relation: step.value.relation, during: step.during)
            try add(employment, of: person, replacing: step.replaces)
        }
        return !steps.isEmpty
    }

    private struct Post: Equatable {
        let organisation: ID<Organisation>
        let relation: String
    }

    private func add(_ new: Employment, of person: ID<Person>, replacing turn: Int?) throws {
        let next = try transaction.first(
            "SELECT coalesce(max(turn), 0) + 1 FROM employment WHERE person = \(person)"
        ) { try $0.int(0) }
        try transaction.insert(
            [
                person, next ?? 1, new.organisation, new.relation, new.during.from, new.during.to, now, turn,
            ], into: EmploymentSchema.employment)
    }

    /// Adds a fact from a day on. The open fact of that name ends the day before. Returns whether anything changed.
    package func put(_ fact: DatedFact, of person: ID<Person>) throws -> Bool {
        let held = try transaction.rows(
            """
            SELECT \(EmploymentSchema.fact.selection("f")) FROM person_fact f
            WHERE f.person = \(person) AND f.name = \(fact.name)
              AND NOT EXISTS (SELECT 1 FROM person_fact r WHERE r.person = f.person AND r.replaces = f.turn)
            ORDER BY f.from_day, f.turn
            """
        ) { row in
            try row.check(EmploymentSchema.fact)
            return Timeline.Item(
                turn: try row.int(1), value: try row.text(3),
                during: Period(from: try row.day(4), to: try row.day(5)))
        }
        let steps = Timeline(held: held).steps(to: FactText.encode(fact.value), during: fact.during)
        for step in steps { try add(fact.name, step.value, step.during, of: person, replacing: step.replaces) }
        return !steps.isEmpty
    }

    private func add(
        _ name: String, _ value: String, _ during: Period, of person: ID<Person>, replacing turn: Int?
    ) throws {
        let next = try transaction.first(
            "SELECT coalesce(max(turn), 0) + 1 FROM person_fact WHERE person = \(person)"
        ) { try $0.int(0) }
        try transaction.insert(
            [person, next ?? 1, name, value, during.from, during.to, now, turn], into: EmploymentSchema.fact)
    }

    /// The valid employments and facts of each of these people, by number.
    package func histories(from: Int, through: Int) throws -> [Int: History] {
        var histories: [Int: History] = [:]
        let employments = try employments(from: from, through: through).holding { $0.during.from < $1.during.from }
        let units = try units(of: Set(employments.map(\.value.organisation)))
        for row in employments {
            guard let unit = units[row.value.organisation] else { continue }
            histories[row.at.person, default: History()].employments.append((row.value, unit))
        }
        let facts = try facts(from: from, through: through).holding {
            ($0.name, $0.during.from) < ($1.name, $1.during.from)
        }
        for row in facts {
            guard let value = row.value.fact else { continue }
            let fact = DatedFact(row.value.name, value, row.value.during)
            histories[row.at.person, default: History()].facts.append(fact)
        }
        return histories
    }

    private func employments(from: Int, through: Int) throws -> [StatedRow<Employment>] {
        var rows: [StatedRow<Employment>] = []
        try transaction.each(
            """
            SELECT \(EmploymentSchema.employment.selection("e")) FROM employment e
            WHERE e.person >= \(from) AND e.person <= \(through) ORDER BY e.person, e.turn
            """
        ) { row in
            try row.check(EmploymentSchema.employment)
            let during = Period(from: try row.day(4), to: try row.day(5))
            let value = Employment(organisation: try row.id(2), relation: try row.text(3), during: during)
            rows.append(try StatedRow(row, value))
        }
        return rows
    }

    private typealias StatedFact = (name: String, fact: Fact?, during: Period)

    private func facts(from: Int, through: Int) throws -> [StatedRow<StatedFact>] {
        var rows: [StatedRow<StatedFact>] = []
        try transaction.each(
            """
            SELECT \(EmploymentSchema.fact.selection("f")) FROM person_fact f
            WHERE f.person >= \(from) AND f.person <= \(through) ORDER BY f.person, f.turn
            """
        ) { row in
            try row.check(EmploymentSchema.fact)
            let during = Period(from: try row.day(4), to: try row.day(5))
            rows.append(try StatedRow(row, (try row.text(2), FactText.fact(try row.text(3)), during)))
        }
        return rows
    }

    private func units(of numbers: Set<ID<Organisation>>) throws -> [ID<Organisation>: Organisation] {
        let store = OrganisationStore(transaction)
        if numbers.count > 50 { return try people.organisations(transaction) }
        return try numbers.reduce(into: [:]) { $0[$1] = try store.find($1) }
    }
}

/// A row of a person that may replace an earlier one. The tables of employments and facts have the same key columns.
private struct StatedRow<Value> {
    struct Key: Hashable {
        let person: Int
        let turn: Int
    }

    let at: Key
    let replaces: Key?
    let value: Value

    init(_ row: Row, _ value: Value) throws {
        let person = try row.int(0)
        at = Key(person: person, turn: try row.int(1))
        replaces = try row.optionalInt(7).map { Key(person: person, turn: $0) }
        self.value = value
    }
}

extension Array {
    /// The rows that no other replaces, by person, then in the given order, then by turn.
    ///
    /// Few people have more than one row, so this is faster than a query for replaced rows.
    fileprivate func holding<Value>(_ isBefore: (Value, Value) -> Bool) -> [StatedRow<Value>]
    where Element == StatedRow<Value> {
        let replaced = Set(compactMap(\.replaces))
        let held = replaced.isEmpty ? self : filter { !replaced.contains($0.at) }
        return held.sorted { a, b in
            if a.at.person != b.at.person { return a.at.person < b.at.person }
            if isBefore(a.value, b.value) { return true }
            return !isBefore(b.value, a.value) && a.at.turn < b.at.turn
        }
    }
}
