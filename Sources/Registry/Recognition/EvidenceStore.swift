import Database
import Kernel
import People

/// A version of a piece of evidence, the latest unless said otherwise.
package struct StoredEvidence: Sendable, Hashable {
    package let person: ID<Person>
    /// 1, 2, 3 … within the person.
    package let number: Int
    package let version: Int
    /// The name of the ``EvidenceSource`` when this was submitted.
    let source: String
    package let reference: String
    package let evidence: Evidence
    /// Milliseconds since 1970.
    let received: Int

    var place: EvidenceKey { EvidenceKey(person: person, number: number) }
}

struct EvidenceStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let latest: SQL = """
        SELECT \(RecognitionSchema.evidence.selection("e")) FROM evidence e
        WHERE NOT EXISTS (SELECT 1 FROM evidence n
                          WHERE n.person = e.person AND n.number = e.number AND n.version > e.version)
        """

    /// The evidence of a person under a reference, in any spelling and from any source.
    func find(_ person: ID<Person>, reference: String) throws -> [StoredEvidence] {
        let form = NormalForm.caseless(reference)
        let numbers = try transaction.rows("SELECT number, reference FROM evidence WHERE person = \(person)") { row in
            NormalForm.caseless(try row.text(1)) == form ? try row.int(0) : nil
        }.compactMap { $0 }
        return numbers.isEmpty
            ? [] : try read("\(Self.latest) AND e.person = \(person) AND e.number IN \(.list(Set(numbers)))")
    }

    /// All names of sources, in the order of their first evidence.
    func sources() throws -> [String] {
        try transaction.rows("SELECT source FROM evidence GROUP BY source ORDER BY min(received), source") {
            try $0.text(0)
        }
    }

    func find(_ person: ID<Person>, number: Int) throws -> StoredEvidence? {
        try read("\(Self.latest) AND e.person = \(person) AND e.number = \(number)").first
    }

    /// The evidence of a person, each in its latest version: all of it, or some by number.
    func all(of person: ID<Person>, where isIncluded: (Int) -> Bool = { _ in true }) throws -> [StoredEvidence] {
        try read("\(Self.latest) AND e.person = \(person) ORDER BY e.number", where: isIncluded)
    }

    /// Some versions of the evidence of these people, chosen by key and version.
    func versions(
        from: Int, through: Int, where isIncluded: (EvidenceKey, Int) -> Bool, _ body: (StoredEvidence) throws -> Void
    ) throws {
        try transaction.each(
            """
            SELECT \(RecognitionSchema.evidence.selection("e")) FROM evidence e
            WHERE e.person >= \(from) AND e.person <= \(through)
            """
        ) { row in
            let place = EvidenceKey(person: try row.id(0), number: try row.int(1))
            if isIncluded(place, try row.int(2)) { try body(try Self.held(row)) }
        }
    }

    /// Stores new evidence (`held` is nil), or another version of `held`. Failure: `recognition.many`.
    func add(
        _ evidence: Evidence, of person: ID<Person>, replacing held: StoredEvidence?, source: String, reference: String,
        reason: String, at now: Int
    ) throws -> StoredEvidence {
        let number = try held?.number ?? next(person)
        let version = (held?.version ?? 0) + 1
        try transaction.insert(
            [
                person, number, version, source, reference, evidence.kind, FactText.encode(evidence.facts), reason, now,
            ], into: RecognitionSchema.evidence)
        return StoredEvidence(
            person: person, number: number, version: version, source: source, reference: reference, evidence: evidence,
            received: now)
    }

    /// The most items of a person: all of them are decided again whenever a fact of the person is added.
    static let most = 5000

    /// Failure: `recognition.many`.
    private func next(_ person: ID<Person>) throws -> Int {
        let next = try transaction.first("SELECT coalesce(max(number), 0) + 1 FROM evidence WHERE person = \(person)") {
            try $0.int(0)
        }
        guard let next, next <= Self.most else { throw Failure.tooManyItems }
        return next
    }

    private func read(_ sql: SQL, where isIncluded: (Int) -> Bool = { _ in true }) throws -> [StoredEvidence] {
        try transaction.rows(sql) { row -> StoredEvidence? in
            isIncluded(try row.int(1)) ? try Self.held(row) : nil
        }.compactMap { $0 }
    }

    private static func held(_ row: Row) throws -> StoredEvidence {
        try row.check(RecognitionSchema.evidence)
        guard let facts = row.withBytes(6, { FactText.decode($0) }) else {
            throw Failure(
                .damaged, "evidence.damaged", "第 \(try row.int(1)) 项材料的内容无法读取。请停止写入，从备份恢复。",
                en: "The facts of evidence \(try row.int(1)) cannot be read. Stop writing, restore a backup.")
        }
        return StoredEvidence(
            person: try row.id(0), number: try row.int(1), version: try row.int(2), source: try row.text(3),
            reference: try row.text(4), evidence: Evidence(try row.text(5), facts), received: try row.int(8))
    }
}

extension Failure {
    fileprivate static let tooManyItems = Failure(
        .refused, "recognition.many", "此人已有 \(EvidenceStore.most) 项登记，不能再登记新的一项。请核对编号是否重复使用；更正已登记的不受影响。",
        en: "This person has \(EvidenceStore.most) items already, and no new ones are accepted. Corrections still are.")
}
