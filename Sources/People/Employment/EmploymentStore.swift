import Database
import Kernel

package struct EmploymentStore {
    let transaction: Transaction
    let people: People
    let now: Int

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people, now) = (transaction, people, people.outside.now())
    }

    /// Lets a person be at a unit from a day on. The employment that was open ends the day before; one that began the
    /// same day is replaced, since it was a mistake. Answers whether anything changed.
    package func put(_ stated: Employment, of person: ID<Person>) throws -> Bool {
        let rows = try transaction.rows(
            """
            SELECT e.turn, e.organisation, e.relation, e.from_day, e.to_day FROM employment e
            WHERE e.person = \(person)
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            ORDER BY e.from_day, e.turn
            """)
        let held = try rows.map { row in
            Succession.Item(
                turn: try row.int(0), value: Post(organisation: try row.id(1), relation: try row.text(2)),
                during: Period(from: try row.day(3), to: try row.day(4)))
        }
        let post = Post(organisation: stated.organisation, relation: stated.relation)
        let steps = Succession(held: held).steps(to: post, during: stated.during)
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
        try transaction.execute(
            """
            INSERT INTO employment (person, turn, organisation, relation, from_day, to_day, learned, replaces)
            SELECT \(person), coalesce(max(turn), 0) + 1, \(new.organisation), \(new.relation), \(new.during.from),
                   \(new.during.to), \(now), CAST(\(turn) AS BIGINT) FROM employment WHERE person = \(person)
            """)
    }

    /// States a fact from a day on; one of that name that was open ends the day before.
    package func put(_ fact: DatedFact, of person: ID<Person>) throws -> Bool {
        let rows = try transaction.rows(
            """
            SELECT f.turn, f.value, f.from_day, f.to_day FROM person_fact f
            WHERE f.person = \(person) AND f.name = \(fact.name)
              AND NOT EXISTS (SELECT 1 FROM person_fact r WHERE r.person = f.person AND r.replaces = f.turn)
            ORDER BY f.from_day, f.turn
            """)
        let held = try rows.map { row in
            Succession.Item(
                turn: try row.int(0), value: try row.text(1),
                during: Period(from: try row.day(2), to: try row.day(3)))
        }
        let steps = Succession(held: held).steps(to: FactText.encode(fact.value), during: fact.during)
        for step in steps { try add(fact.name, step.value, step.during, of: person, replacing: step.replaces) }
        return !steps.isEmpty
    }

    private func add(
        _ name: String, _ value: String, _ during: Period, of person: ID<Person>, replacing turn: Int?
    ) throws {
        try transaction.execute(
            """
            INSERT INTO person_fact (person, turn, name, value, from_day, to_day, learned, replaces)
            SELECT \(person), coalesce(max(turn), 0) + 1, \(name), \(value), \(during.from), \(during.to), \(now),
                   CAST(\(turn) AS BIGINT) FROM person_fact WHERE person = \(person)
            """)
    }

    /// What holds of each of these people now, by number.
    package func histories(from: Int, through: Int) throws -> [Int: History] {
        var histories: [Int: History] = [:]
        var employments: [(person: Int, Employment)] = []
        try transaction.each(
            """
            SELECT e.person, e.organisation, e.relation, e.from_day, e.to_day FROM employment e
            WHERE e.person >= \(from) AND e.person <= \(through)
              AND NOT EXISTS (SELECT 1 FROM employment r WHERE r.person = e.person AND r.replaces = e.turn)
            ORDER BY e.person, e.from_day, e.turn
            """
        ) { row in
            let during = Period(from: try row.day(3), to: try row.day(4))
            let employment = Employment(organisation: try row.id(1), relation: try row.text(2), during: during)
            employments.append((try row.int(0), employment))
        }
        let units = try units(of: Set(employments.map(\.1.organisation)))
        for (person, employment) in employments {
            guard let unit = units[employment.organisation] else { continue }
            histories[person, default: History()].employments.append((employment, unit))
        }
        try transaction.each(
            """
            SELECT f.person, f.name, f.value, f.from_day, f.to_day FROM person_fact f
            WHERE f.person >= \(from) AND f.person <= \(through)
              AND NOT EXISTS (SELECT 1 FROM person_fact r WHERE r.person = f.person AND r.replaces = f.turn)
            ORDER BY f.person, f.name, f.from_day, f.turn
            """
        ) { row in
            guard let value = FactText.fact(try row.text(2)) else { return }
            let during = Period(from: try row.day(3), to: try row.day(4))
            histories[try row.int(0), default: History()].facts.append(DatedFact(try row.text(1), value, during))
        }
        return histories
    }

    private func units(of numbers: Set<ID<Organisation>>) throws -> [ID<Organisation>: Organisation] {
        let store = OrganisationStore(transaction)
        if numbers.count > 50 { return try people.organisations.all(transaction) }
        return try numbers.reduce(into: [:]) { $0[$1] = try store.find($1) }
    }
}
