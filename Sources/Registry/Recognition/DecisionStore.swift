import Database
import Kernel
import People

struct DecisionStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let columns: SQL = "SELECT \(RecognitionSchema.decision.selection("d")) FROM decision d"

    /// Stores a decision with its policy version and basis. Returns its number.
    func add(
        on held: StoredEvidence, policy: ID<PolicyVersion>?, credited: Bool, words: String, basis: DecisionBasisText,
        claims: [ClaimSnapshot], at now: Int
    ) throws -> Int {
        let next = try transaction.first(
            "SELECT coalesce(max(number), 0) + 1 FROM decision WHERE person = \(held.person)"
        ) { try $0.int(0) }
        let number = next ?? 1
        try transaction.insert(
            [
                held.person, number, held.number, held.version, policy, credited, words, basis.facts, now,
                basis.rest(claims),
            ], into: RecognitionSchema.decision)
        return number
    }

    /// Whether the last decision on a piece of evidence was a refusal.
    func isRefused(_ held: StoredEvidence) throws -> Bool {
        try transaction.first(
            """
            \(Self.columns) WHERE d.person = \(held.person) AND d.evidence = \(held.number)
            ORDER BY d.number DESC LIMIT 1
            """
        ) { row in
            try row.check(RecognitionSchema.decision)
            return try !row.flag(5)
        } ?? false
    }

    /// Some decisions on a person's evidence, and the last refusals of evidence that is credited nowhere now, by the
    /// number of the evidence.
    func read(
        of person: Int, where isIncluded: (DecisionKey) -> Bool
    ) throws -> (decisions: [StoredDecision], refusals: [Int: StoredRefusal]) {
        var (decisions, refusals): ([StoredDecision], [Int: StoredRefusal]) = ([], [:])
        try transaction.each("\(Self.columns) WHERE d.person = \(person) ORDER BY d.number") { row in
            if try row.flag(5) {
                if !refusals.isEmpty { refusals[try row.int(2)] = nil }
            } else {
                try row.check(RecognitionSchema.decision)
                refusals[try row.int(2)] = StoredRefusal(
                    words: try row.text(6), policy: try row.optionalInt(4).map { ID($0) }, facts: try row.text(7),
                    basis: try row.optionalText(9))
            }
            if let decision = try Self.decision(row, where: isIncluded) { decisions.append(decision) }
        }
        return (decisions, refusals)
    }

    /// Some decisions on the evidence of these people.
    func each(
        from: Int, through: Int, where isIncluded: (DecisionKey) -> Bool, _ body: (StoredDecision) throws -> Void
    ) throws {
        try transaction.each("\(Self.columns) WHERE d.person >= \(from) AND d.person <= \(through)") { row in
            if let decision = try Self.decision(row, where: isIncluded) { try body(decision) }
        }
    }

    private static func decision(_ row: Row, where isIncluded: (DecisionKey) -> Bool) throws -> StoredDecision? {
        let place = DecisionKey(person: try row.id(0), number: try row.int(1))
        guard isIncluded(place) else { return nil }
        try row.check(RecognitionSchema.decision)
        return StoredDecision(
            place: place, evidence: try row.int(2), version: try row.int(3), facts: try row.text(7),
            basis: try row.optionalText(9))
    }
}

struct DecisionKey: Hashable, Sendable {
    let person: ID<Person>
    let number: Int
}

/// A stored refusal.
struct StoredRefusal: Sendable {
    let words: String
    /// The policy that refused; `nil` where none did.
    let policy: ID<PolicyVersion>?
    let facts: String
    /// The rest of the basis; `nil` in decisions from before it was stored.
    let basis: String?
}

/// A stored decision: the version of the evidence, and the basis.
struct StoredDecision: Sendable {
    let place: DecisionKey
    let evidence: Int
    let version: Int
    let facts: String
    /// `nil` in decisions from before it was stored.
    let basis: String?
}
