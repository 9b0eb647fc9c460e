import Database
import Kernel
import People

/// One claim on a work: who made it, for whom it stands, at which level, by which evidence.
struct Claim: Hashable {
    let work: String
    let person: ID<Person>
    let level: String
    let claimant: ID<Person>
    let evidence: Int
}

struct WorkStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The number of authors that the work is known to have; outer `nil` where nobody claimed it yet.
    func authors(of work: String) throws -> Int?? {
        try transaction.first("SELECT authors FROM work WHERE name = \(work)").map { try $0.optionalInt(0) }
    }

    func put(_ work: String, authors: Int?) throws {
        try transaction.execute(
            """
            INSERT INTO work (name, authors) VALUES (\(work), \(authors))
            ON CONFLICT (name) DO UPDATE SET authors = excluded.authors
            """)
    }

    func claims(on work: String) throws -> [Claim] {
        try transaction.rows(
            "SELECT work, person, level, claimant, evidence FROM claim WHERE work = \(work) ORDER BY person, level"
        ).map {
            Claim(
                work: try $0.text(0), person: try $0.id(1), level: try $0.text(2), claimant: try $0.id(3),
                evidence: try $0.int(4))
        }
    }

    func add(_ claim: Claim) throws {
        try transaction.execute(
            """
            INSERT INTO claim (work, person, level, claimant, evidence)
            VALUES (\(claim.work), \(claim.person), \(claim.level), \(claim.claimant), \(claim.evidence))
            """)
    }

    /// Gives up every claim made by a piece of evidence.
    func drop(_ claimant: ID<Person>, evidence: Int) throws {
        try transaction.execute("DELETE FROM claim WHERE claimant = \(claimant) AND evidence = \(evidence)")
    }
}

extension WorkStore {
    /// The claims that a piece of evidence holds.
    func claimed(by claimant: ID<Person>, evidence: Int) throws -> [Claim] {
        try transaction.rows(
            "SELECT work, person, level FROM claim WHERE claimant = \(claimant) AND evidence = \(evidence)"
        ).map {
            Claim(
                work: try $0.text(0), person: try $0.id(1), level: try $0.text(2), claimant: claimant,
                evidence: evidence)
        }
    }
}
