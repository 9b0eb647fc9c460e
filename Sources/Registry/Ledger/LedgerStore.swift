import Database
import Kernel
import People
import Policy

struct LedgerStore {
    let transaction: Transaction

    init(_ transaction: Transaction) { self.transaction = transaction }

    private static let columns: SQL = "SELECT \(LedgerSchema.entry.selection("e")) FROM entry e"

    /// Adds drafts to a person's chain, in this order, and gives them their numbers. Returns the entries.
    func append(
        _ drafts: [LedgerEntry], to person: ID<Person>, policyHash: (ID<PolicyVersion>) -> [UInt8]
    ) throws -> [LedgerEntry] {
        guard !drafts.isEmpty else { return [] }
        var (count, head) = try wholeChain(of: person) ?? (0, Canonical.first)
        var entries: [LedgerEntry] = []
        var canonical = Canonical()
        for draft in drafts {
            count += 1
            let entry = draft.numbered(count)
            head = try canonical.hash(entry, policy: policyHash(entry.policy), after: head)
            try insert(entry, head)
            entries.append(entry)
        }
        try transaction.put([person, count, head], into: LedgerSchema.chain)
        return entries
    }

    private func insert(_ entry: LedgerEntry, _ hash: [UInt8]) throws {
        try transaction.insert(
            [
                entry.person, entry.number, entry.reverses, entry.after, entry.evidence, entry.decision, entry.policy,
                entry.policyKey, entry.day, entry.year, entry.subject, entry.hours, entry.kind, entry.tags, entry.work,
                entry.entered, hash,
            ], into: LedgerSchema.entry)
    }

    /// The unreversed entries of a person, by number. Failure: `ledger.cut` where an entry is missing.
    func unreversed(of person: ID<Person>) throws -> [LedgerEntry] { try all(of: person).unreversed }

    /// The unreversed entries of a range of people, by person. With `policies`, only the entries that the filter
    /// selects.
    func unreversedByPerson(from: Int, through: Int, under policies: EntryFilter? = nil) throws -> [Int: [LedgerEntry]]
    {
        var (people, run): ([Int: [LedgerEntry]], [LedgerEntry]) = ([:], [])
        let only: SQL =
            policies.map { choice -> SQL in
                """
                AND (e.policy_key IN \(.list(choice.keys))
                     OR (e.policy_key IN \(.list(choice.beside)) AND e.kind IN \(.list(choice.kinds))))
                """
            } ?? ""
        try each(
            """
            \(Self.columns) WHERE e.person >= \(from) AND e.person <= \(through) \(only) ORDER BY e.person, e.number
            """
        ) { entry in
            if let person = run.first?.person, person != entry.person {
                people[person.number] = run.unreversed
                run.removeAll(keepingCapacity: true)
            }
            run.append(entry)
        }
        if let person = run.first?.person { people[person.number] = run.unreversed }
        return people
    }

    /// All entries of a person, including reversals. Failure: `ledger.cut` where one is missing.
    func all(of person: ID<Person>) throws -> [LedgerEntry] {
        let entries = try read("\(Self.columns) WHERE e.person = \(person) ORDER BY e.number")
        guard try chain(of: person)?.entries ?? 0 == entries.count else { throw Failure.ledgerCut(person) }
        return entries
    }

    private func chain(of person: ID<Person>) throws -> (entries: Int, head: [UInt8])? {
        try transaction.first(
            "SELECT \(LedgerSchema.chain.selection("c")) FROM chain c WHERE c.person = \(person)"
        ) { row in
            try row.check(LedgerSchema.chain)
            return (try row.int(1), try row.bytes(2))
        }
    }

    /// The end of a person's chain. Failure: `ledger.cut` where an entry is missing.
    private func wholeChain(of person: ID<Person>) throws -> (entries: Int, head: [UInt8])? {
        try transaction.first(
            """
            SELECT \(LedgerSchema.chain.selection("c")), (SELECT count(*) FROM entry e WHERE e.person = c.person)
            FROM chain c WHERE c.person = \(person)
            """
        ) { row in
            try row.check(LedgerSchema.chain)
            let entries = try row.int(1)
            guard try row.int(4) == entries else { throw Failure.ledgerCut(person) }
            return (entries, try row.bytes(2))
        }
    }

    /// The people of whom an entry is missing.
    func cut(from: Int, through: Int) throws -> [ID<Person>] {
        try transaction.rows(
            """
            SELECT c.person FROM chain c WHERE c.person >= \(from) AND c.person <= \(through)
              AND c.entries <> (SELECT count(*) FROM entry e WHERE e.person = c.person) ORDER BY c.person
            """
        ) { try $0.id(0) }
    }

    /// The unreversed entries of one piece of evidence.
    func unreversed(of person: ID<Person>, evidence: Int) throws -> [LedgerEntry] {
        try read(
            "\(Self.columns) WHERE e.person = \(person) AND e.evidence = \(evidence) ORDER BY e.number"
        ).unreversed
    }

    /// The number of the last reversal for these hours, 0 where there was none.
    func lastReversal(_ person: ID<Person>, _ slot: LedgerEntry.Slot) throws -> Int {
        try transaction.first(
            """
            SELECT coalesce(max(number), 0) FROM entry
            WHERE person = \(person) AND evidence = \(slot.evidence) AND policy_key = \(slot.policy)
              AND year = \(slot.year) AND subject = \(slot.subject) AND reverses IS NOT NULL
            """
        ) { try $0.int(0) } ?? 0
    }

    /// The number of the person's next entry.
    func next(_ person: ID<Person>) throws -> Int {
        (try transaction.first("SELECT entries FROM chain WHERE person = \(person)") { try $0.int(0) } ?? 0) + 1
    }

    private func read(_ sql: SQL) throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        try each(sql) { entries.append($0) }
        return entries
    }

    private func each(_ sql: SQL, _ body: (LedgerEntry) -> Void) throws {
        let tags = TagReader()
        try transaction.each(sql) { row in
            try row.check(LedgerSchema.entry)
            let (number, work) = (try row.int(1), try row.text(14))
            let line = Entry(
                person: try row.int(0), number: number, day: try row.day(8), year: try row.year(9),
                hours: try row.hours(11), subject: try row.text(10), kind: try row.text(12),
                tags: try tags.tags(row, 13),
                work: work.isEmpty ? nil : work)
            body(
                LedgerEntry(
                    person: try row.id(0), number: number, reverses: try row.optionalInt(2), after: try row.int(3),
                    evidence: try row.int(4), decision: try row.int(5), policy: try row.id(6),
                    policyKey: try row.text(7), line: line, entered: try row.int(15)))
        }
    }
}

extension Failure {
    fileprivate static func ledgerCut(_ person: ID<Person>) -> Failure {
        Failure(
            .damaged, "ledger.cut", "人员 \(person) 的账本缺少记录，不能据此办理。请停止写入，运行 xueshi ledger verify 查看，并从备份恢复。",
            en: "Entries of person \(person) are missing. Stop writing, run ledger verify, restore a backup.")
    }
}

extension [LedgerEntry] {
    /// Without reversals and the entries that they reverse.
    fileprivate var unreversed: [LedgerEntry] {
        guard contains(where: { $0.reverses != nil }) else { return self }
        let reversed = Set(compactMap { entry in entry.reverses.map { EntryKey(person: entry.person, number: $0) } })
        return filter { entry in
            entry.reverses == nil && !reversed.contains(EntryKey(person: entry.person, number: entry.number))
        }
    }
}

private struct EntryKey: Hashable {
    let person: ID<Person>
    let number: Int
}

extension LedgerStore {
    /// The highest number of a person with a chain or an entry.
    func lastPerson() throws -> Int {
        try transaction.first(
            """
            SELECT max(person) FROM (SELECT coalesce(max(person), 0) AS person FROM chain
                                     UNION ALL SELECT coalesce(max(person), 0) FROM entry) AS people
            """
        ) { try $0.int(0) } ?? 0
    }

    func chains(after person: Int, through last: Int, limit: Int) throws -> [(person: Int, entries: Int, head: [UInt8])]
    {
        try transaction.rows(
            """
            SELECT person, entries, head FROM chain WHERE person > \(person) AND person <= \(last)
            ORDER BY person LIMIT \(limit)
            """
        ) { (try $0.int(0), try $0.int(1), try $0.bytes(2)) }
    }

    /// Every entry of these people in the order of person and number, with the columns of ``CanonicalField``.
    func chained(after person: Int, through last: Int, _ row: (Row) throws -> Void) throws {
        try transaction.each(
            """
            SELECT person, number, reverses, follows, evidence, decision, policy, day, year, subject, hours, kind, tags,
                   work, entered, hash, policy_key
            FROM entry WHERE person > \(person) AND person <= \(last) ORDER BY person, number
            """, row)
    }

    /// The heads of all chains, by person.
    func heads(_ body: (ChainHead) throws -> Void) throws {
        try transaction.each("SELECT person, entries, head FROM chain ORDER BY person") { row in
            try body(ChainHead(person: try row.int(0), entries: try row.int(1), hash: try row.bytes(2)))
        }
    }

    /// The number of entries in all chains.
    func entries() throws -> Int {
        try transaction.first("SELECT CAST(coalesce(sum(entries), 0) AS bigint) FROM chain") { try $0.int(0) } ?? 0
    }
}
