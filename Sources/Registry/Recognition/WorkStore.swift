import Database
import Kernel
import People

/// One claim on a work, with its level and evidence. `claimant`: the person who made it; `root`: the person that the
/// claimant is merged into, or the claimant.
struct Claim: Hashable {
    let work: String
    let level: String
    let claimant: ID<Person>
    let evidence: Int
    let root: ID<Person>

    func isBy(_ held: StoredEvidence) -> Bool { claimant == held.person && evidence == held.number }
}

struct WorkStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    /// The known number of authors of a work; outer `nil` where the work is unknown.
    func authors(of work: String) throws -> Int?? {
        try transaction.first("SELECT \(RecognitionSchema.work.selection("w")) FROM work w WHERE w.name = \(work)") {
            try $0.check(RecognitionSchema.work)
            return try $0.optionalInt(1)
        }
    }

    /// Stores a work. Without `authors`, the stored number of authors stays.
    func put(_ work: String, authors: Int?) throws {
        if let authors { return try transaction.put([work, authors], into: RecognitionSchema.work) }
        try transaction.insert([work, Value.null], into: RecognitionSchema.work, "ON CONFLICT DO NOTHING")
    }

    /// The claims on a work, which may have had two names.
    func claims(on names: [String]) throws -> [Claim] {
        try claims("c.work IN \(.list(names))")
    }

    /// The claims that a piece of evidence holds.
    func claims(by held: StoredEvidence) throws -> [Claim] {
        try claims("c.claimant = \(held.person) AND c.evidence = \(held.number)")
    }

    private func claims(_ condition: SQL) throws -> [Claim] {
        try transaction.rows(
            """
            SELECT \(RecognitionSchema.claim.selection("c")), coalesce(p.alias, p.number)
            FROM claim c JOIN person p ON p.number = c.claimant
            WHERE \(condition) ORDER BY c.work, c.claimant, c.level
            """
        ) { row in
            try row.check(RecognitionSchema.claim)
            return Claim(
                work: try row.text(0), level: try row.text(2), claimant: try row.id(1), evidence: try row.int(3),
                root: try row.id(5))
        }
    }

    func add(_ claim: Claim) throws {
        try transaction.insert(
            [claim.work, claim.claimant, claim.level, claim.evidence], into: RecognitionSchema.claim)
    }

    func drop(_ claim: Claim) throws {
        try transaction.execute(
            """
            DELETE FROM claim
            WHERE work = \(claim.work) AND claimant = \(claim.claimant) AND level = \(claim.level)
            """)
    }
}
