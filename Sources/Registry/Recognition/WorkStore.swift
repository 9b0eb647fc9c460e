import Database
import Kernel
import People

/// One claim on a work: who made it, whom that number stands for now, at which level, by which evidence.
struct Claim: Hashable {
    let work: String
    let level: String
    let claimant: ID<Person>
    let evidence: Int
    let root: ID<Person>

    func isBy(_ held: HeldEvidence) -> Bool { claimant == held.person && evidence == held.number }
}

struct WorkStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The number of authors that the work is known to have; outer `nil` where nobody claimed it yet.
    func authors(of work: String) throws -> Int?? {
        try transaction.first("SELECT authors FROM work WHERE name = \(work)") { try $0.optionalInt(0) }
    }

    func put(_ work: String, authors: Int?) throws {
        try transaction.execute(
            """
            INSERT INTO work (name, authors) VALUES (\(work), \(authors))
            ON CONFLICT (name) DO UPDATE SET authors = excluded.authors
            """)
    }

    func claims(on work: String) throws -> [Claim] {
        try claims("c.work = \(work)")
    }

    /// The claims that a piece of evidence holds.
    func claims(by held: HeldEvidence) throws -> [Claim] {
        try claims("c.claimant = \(held.person) AND c.evidence = \(held.number)")
    }

    private func claims(_ condition: SQL) throws -> [Claim] {
        try transaction.rows(
            """
            SELECT c.work, c.level, c.claimant, c.evidence, coalesce(p.alias, p.number)
            FROM claim c JOIN person p ON p.number = c.claimant
            WHERE \(condition) ORDER BY c.work, c.claimant, c.level
            """
        ) {
            Claim(
                work: try $0.text(0), level: try $0.text(1), claimant: try $0.id(2), evidence: try $0.int(3),
                root: try $0.id(4))
        }
    }

    func add(_ claim: Claim) throws {
        try transaction.execute(
            """
            INSERT INTO claim (work, claimant, level, evidence)
            VALUES (\(claim.work), \(claim.claimant), \(claim.level), \(claim.evidence))
            """)
    }

    func drop(_ claim: Claim) throws {
        try transaction.execute(
            """
            DELETE FROM claim
            WHERE work = \(claim.work) AND claimant = \(claim.claimant) AND level = \(claim.level)
            """)
    }
}
