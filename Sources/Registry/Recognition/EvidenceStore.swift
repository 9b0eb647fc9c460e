import Database
import Kernel
import People

/// A piece of evidence as it is held now: its latest version.
package struct HeldEvidence: Sendable, Hashable {
    package let person: ID<Person>
    /// 1, 2, 3 … within the person.
    package let number: Int
    package let version: Int
    package let source: String
    package let reference: String
    package let evidence: Evidence
}

struct EvidenceStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let latest: SQL = """
        SELECT \(RecognitionSchema.evidence.selection("e")) FROM evidence e
        WHERE NOT EXISTS (SELECT 1 FROM evidence n
                          WHERE n.person = e.person AND n.number = e.number AND n.version > e.version)
        """

    func find(_ person: ID<Person>, source: String, reference: String) throws -> HeldEvidence? {
        try read(
            "\(Self.latest) AND e.person = \(person) AND e.source = \(source) AND e.reference = \(reference)"
        ).first
    }

    func find(_ person: ID<Person>, number: Int) throws -> HeldEvidence? {
        try read("\(Self.latest) AND e.person = \(person) AND e.number = \(number)").first
    }

    /// What a person brought, each in its latest version: all of it, or some by number.
    func all(of person: ID<Person>, where isWanted: (Int) -> Bool = { _ in true }) throws -> [HeldEvidence] {
        try read("\(Self.latest) AND e.person = \(person) ORDER BY e.number", where: isWanted)
    }

    /// Keeps evidence that is new (`number` nil), or another version of what is held.
    func add(
        _ evidence: Evidence, of person: ID<Person>, replacing held: HeldEvidence?, source: String, reference: String,
        reason: String, at now: Int
    ) throws -> HeldEvidence {
        let number = try held?.number ?? next(person)
        let version = (held?.version ?? 0) + 1
        try transaction.insert(
            [
                person, number, version, source, reference, evidence.kind, FactText.encode(evidence.facts), reason, now,
            ], into: RecognitionSchema.evidence)
        return HeldEvidence(
            person: person, number: number, version: version, source: source, reference: reference, evidence: evidence)
    }

    /// So many items may a person have: all of them are decided again whenever something is learned of the person.
    static let most = 5000

    /// Failure: `recognition.many`.
    private func next(_ person: ID<Person>) throws -> Int {
        let next = try transaction.first("SELECT coalesce(max(number), 0) + 1 FROM evidence WHERE person = \(person)") {
            try $0.int(0)
        }
        guard let next, next <= Self.most else { throw Failure.tooManyItems }
        return next
    }

    private func read(_ sql: SQL, where isWanted: (Int) -> Bool = { _ in true }) throws -> [HeldEvidence] {
        try transaction.rows(sql) { row -> HeldEvidence? in
            guard isWanted(try row.int(1)) else { return nil }
            try row.check(RecognitionSchema.evidence)
            guard let facts = row.withBytes(6, { FactText.decode($0) }) else {
                throw Failure(
                    .damaged, "evidence.damaged", "第 \(try row.int(1)) 项材料的内容无法读取。请停止写入，从备份恢复。",
                    en: "The facts of evidence \(try row.int(1)) cannot be read. Stop writing, restore a backup.")
            }
            return HeldEvidence(
                person: try row.id(0), number: try row.int(1), version: try row.int(2), source: try row.text(3),
                reference: try row.text(4), evidence: Evidence(try row.text(5), facts))
        }.compactMap { $0 }
    }
}

extension Failure {
    fileprivate static let tooManyItems = Failure(
        .refused, "recognition.many", "此人已有 \(EvidenceStore.most) 项登记，不能再登记新的一项。请核对编号是否重复使用；更正已登记的不受影响。",
        en: "This person has \(EvidenceStore.most) items already, and no more are taken. Corrections still are.")
}

struct DecisionStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let columns: SQL = "SELECT \(RecognitionSchema.decision.selection("d")) FROM decision d"

    /// Keeps what was decided, under which version and by which facts of the person. Answers its number.
    func add(
        on held: HeldEvidence, policy: ID<PolicyVersion>?, credited: Bool, words: String, facts: [DatedFact],
        at now: Int
    ) throws -> Int {
        let next = try transaction.first(
            "SELECT coalesce(max(number), 0) + 1 FROM decision WHERE person = \(held.person)"
        ) { try $0.int(0) }
        let number = next ?? 1
        try transaction.insert(
            [
                held.person, number, held.number, held.version, policy, credited, words, Self.encode(facts), now,
            ], into: RecognitionSchema.decision)
        return number
    }

    /// The words of the last decision on a piece of evidence, where it was a refusal.
    func refusal(of held: HeldEvidence) throws -> String? {
        try transaction.first(
            """
            \(Self.columns) WHERE d.person = \(held.person) AND d.evidence = \(held.number)
            ORDER BY d.number DESC LIMIT 1
            """
        ) { row in
            try row.check(RecognitionSchema.decision)
            return try row.flag(5) ? nil : try row.text(6)
        } ?? nil
    }

    /// The last refusals of a person's evidence for which nothing is credited now: evidence number and words.
    func refusals(of person: ID<Person>) throws -> [Int: String] {
        var words: [Int: String] = [:]
        try transaction.each(
            """
            \(Self.columns) WHERE d.person = \(person) AND d.credited = 0
              AND NOT EXISTS (SELECT 1 FROM decision l
                              WHERE l.person = d.person AND l.evidence = d.evidence AND l.number > d.number)
            """
        ) { row in
            try row.check(RecognitionSchema.decision)
            words[try row.int(2)] = try row.text(6)
        }
        return words
    }

    private static func encode(_ facts: [DatedFact]) -> String {
        facts.map { "\($0.name)=\(FactText.encode($0.value)) \($0.during.from)/\($0.during.to)" }.sorted()
            .joined(separator: "\n")
    }
}
