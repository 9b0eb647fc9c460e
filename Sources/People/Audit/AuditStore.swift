import Database
import Kernel
import Signing
import Web

/// Writes records in the transactions of the acts.
package struct AuditStore {
    let transaction: Transaction
    let people: People
    /// The chain that records the beginning of every other chain, so that a missing chain is detected.
    static let chains = "chains"

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people) = (transaction, people)
    }

    /// Records an act of the current actor. `failure`: the code if it was refused.
    ///
    /// Failure: `audit.damaged` if the end of the chain was altered, since a further record would hide that.
    package func record(
        _ act: AuditAct, _ object: AuditObject = .none, about person: ID<Person>? = nil, failure: String? = nil,
        _ detail: AuditDetail = [:]
    ) throws {
        let chain = people.actor.chain
        let head = try head(of: chain)
        if head == nil {
            try append(.beginChain, .chain(chain), to: Self.chains, after: try self.head(of: Self.chains))
        }
        try append(act, object, about: person, failure ?? AuditRecord.done, detail, to: chain, after: head)
    }

    private func append(
        _ act: AuditAct, _ object: AuditObject, about person: ID<Person>? = nil, _ result: String = AuditRecord.done,
        _ detail: AuditDetail = [:], to chain: String, after head: AuditHead?
    ) throws {
        let actor = people.actor
        let record = AuditRecord(
            chain: chain, number: (head?.records ?? 0) + 1, time: max(people.system.now(), head?.time ?? 0),
            account: actor.account, role: actor.role?.rawValue ?? "", organisation: actor.organisation,
            address: actor.address, act: act.rawValue, object: object, person: person?.number, result: result,
            detail: detail.json)
        let mac = people.keys.auditMAC.mac(record.bytes(after: head?.head ?? []))
        // The end is written first: a concurrent write to the same chain then conflicts here and is retried.
        try put(AuditHead(chain: chain, records: record.number, time: record.time, head: mac))
        do {
            try insert(record, mac)
        } catch let violation as Violation where violation.rule == .unique {
            throw Failure.auditDamaged(chain)
        }
    }

    /// Writes the end of a chain without changing it.
    func touch(_ chain: String) throws {
        try transaction.execute("UPDATE audit_chain SET records = records WHERE chain = \(chain)")
    }

    private func insert(_ record: AuditRecord, _ mac: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO audit_record (chain, number, time, account, role, organisation, address, act, object_kind,
                                      object, person, result, detail, mac)
            VALUES (\(record.chain), \(record.number), \(record.time), \(record.account), \(record.role),
                    \(record.organisation), \(record.address), \(record.act), \(record.object.kind),
                    \(record.object.id), \(record.person), \(record.result), \(record.detail), \(mac))
            """)
    }

    private func put(_ head: AuditHead) throws {
        try transaction.execute(
            """
            INSERT INTO audit_chain (chain, records, time, head, mac)
            VALUES (\(head.chain), \(head.records), \(head.time), \(head.head),
                    \(people.keys.auditMAC.mac(head.bytes)))
            ON CONFLICT (chain) DO UPDATE
            SET records = excluded.records, time = excluded.time, head = excluded.head, mac = excluded.mac
            """)
    }
}

// MARK: - Chains

extension AuditStore {
    /// `nil` if the chain has no record yet. Failure: `audit.damaged`.
    func head(of chain: String) throws -> AuditHead? {
        guard let held = try held("chain = \(chain)", limit: 1).first else { return nil }
        guard held.isRight(people.keys.auditMAC) else { throw Failure.auditDamaged(chain) }
        return held.head
    }

    /// The end of a chain as stored.
    struct StoredHead {
        let head: AuditHead
        let mac: [UInt8]

        func isRight(_ key: MACKey) -> Bool { key.isValid(mac, of: head.bytes) }
    }

    /// The ends of the next chains by name.
    func held(after chain: String, limit: Int) throws -> [StoredHead] { try held("chain > \(chain)", limit: limit) }

    private func held(_ condition: SQL, limit: Int) throws -> [StoredHead] {
        try transaction.rows(
            """
            SELECT chain, records, time, head, mac FROM audit_chain WHERE \(condition) ORDER BY chain LIMIT \(limit)
            """
        ) { row in
            let head = AuditHead(
                chain: try row.text(0), records: try row.int(1), time: try row.int(2), head: try row.bytes(3))
            return StoredHead(head: head, mac: try row.bytes(4))
        }
    }

    /// All records of the chains after one and up to another, by chain and number, with their MACs.
    func each(after: String, through last: String?, _ body: (AuditRecord, [UInt8]) throws -> Void) throws {
        let bound: SQL = last.map { "AND chain <= \($0)" } ?? ""
        try transaction.each(
            "\(Self.columns), mac FROM audit_record WHERE chain > \(after) \(bound) ORDER BY chain, number"
        ) { row in try body(try Self.record(row), try row.bytes(Self.width)) }
    }

    /// The next records of a chain, checked against the previous records and the end of the chain.
    ///
    /// Failure: `audit.damaged`.
    func records(of chain: String, after number: Int, limit: Int) throws -> [AuditRecord] {
        guard let head = try head(of: chain), head.records > number else { return [] }
        let rows = try transaction.rows(
            """
            \(Self.columns), mac FROM audit_record WHERE chain = \(chain) AND number >= \(number)
            ORDER BY number LIMIT \(limit + 1)
            """
        ) { (record: try Self.record($0), mac: try $0.bytes(Self.width)) }
        let isFirst = rows.first?.record.number != number
        let fresh = rows.dropFirst(isFirst ? 0 : 1).prefix(limit)
        var (last, previous) = (number, isFirst ? [] : rows[0].mac)
        guard isFirst == (number == 0), !fresh.isEmpty else { throw Failure.auditDamaged(chain) }
        for (record, mac) in fresh {
            let isNext = record.number == last + 1
            guard isNext, people.keys.auditMAC.isValid(mac, of: record.bytes(after: previous)) else {
                throw Failure.auditDamaged(chain)
            }
            (last, previous) = (record.number, mac)
        }
        guard fresh.count == min(limit, head.records - number) else { throw Failure.auditDamaged(chain) }
        return fresh.map(\.record)
    }

    /// Missing chains, and whether the number of chains equals that of recorded beginnings.
    func missing(limit: Int) throws -> (chains: [String], isEven: Bool) {
        let gone = try transaction.rows(
            """
            SELECT r.object FROM audit_record r LEFT JOIN audit_chain c ON c.chain = r.object
            WHERE r.chain = \(Self.chains) AND c.chain IS NULL ORDER BY r.number LIMIT \(limit)
            """
        ) { try $0.text(0) }
        let there = try transaction.first("SELECT count(*) FROM audit_chain WHERE chain <> \(Self.chains)") {
            try $0.int(0)
        }
        let begun = try transaction.first("SELECT count(*) FROM audit_record WHERE chain = \(Self.chains)") {
            try $0.int(0)
        }
        return (gone, there == begun)
    }
}

// MARK: - Queries

/// A query for records, newest first.
package struct AuditQuery: Sendable, Hashable {
    /// Milliseconds since 1970; `to` is excluded.
    package var from: Int?
    package var to: Int?
    package var chain: String?
    package var person: Int?
    package var act: String?
    /// Any of these acts; only together with a person or object, which have few records.
    package var acts: [AuditAct] = []
    package var object: AuditObject?
    /// Only records without a person, such as those of a year as a whole.
    package var isOfNobody = false
    package var isRefused: Bool?
    /// Only records after this one in the list.
    package var after: Cursor?

    /// The place of a record in the list.
    package struct Cursor: Sendable, Hashable {
        package let time: Int
        package let chain: String
        package let number: Int

        package init(time: Int, chain: String, number: Int) {
            (self.time, self.chain, self.number) = (time, chain, number)
        }
    }

    package init() {}
}

extension AuditRecord {
    package var place: AuditQuery.Cursor { AuditQuery.Cursor(time: time, chain: chain, number: number) }
}

extension AuditStore {
    private static let columns: SQL =
        """
        SELECT chain, number, time, account, role, organisation, address, act, object_kind, object, person, result,
               detail
        """
    private static let width = 13

    package func find(_ query: AuditQuery, limit: Int) throws -> [AuditRecord] {
        try transaction.rows(Self.statement(query, limit: limit)) { try Self.record($0) }
    }

    /// Whether a record and its link to the previous one are unaltered.
    func isWhole(_ record: AuditRecord) throws -> Bool {
        let macs = try transaction.rows(
            """
            SELECT number, mac FROM audit_record
            WHERE chain = \(record.chain) AND number IN (\(record.number - 1), \(record.number)) ORDER BY number
            """
        ) { (number: try $0.int(0), mac: try $0.bytes(1)) }
        guard let own = macs.last, own.number == record.number, macs.count == min(2, record.number) else {
            return false
        }
        let before = macs.count == 2 ? macs[0].mac : []
        return people.keys.auditMAC.isValid(own.mac, of: record.bytes(after: before))
    }

    /// The statement of ``find(_:limit:)``, for tests that read its plan.
    package static func statement(_ query: AuditQuery, limit: Int) -> SQL {
        var conditions: [SQL] = ["0 = 0"]
        if let from = query.from { conditions.append("time >= \(from)") }
        if let to = query.to { conditions.append("time < \(to)") }
        if let chain = query.chain { conditions.append("chain = \(chain)") }
        if let person = query.person { conditions.append("person = \(person)") }
        if let act = query.act { conditions.append("act = \(act)") }
        if !query.acts.isEmpty {
            conditions.append("act IN (\(.joined(query.acts.map { "\($0.rawValue)" }, by: ", ")))")
        }
        if let object = query.object {
            conditions.append("object_kind = \(object.kind) AND object = \(object.id)")
        }
        if query.isOfNobody { conditions.append("person IS NULL") }
        if let isRefused = query.isRefused { conditions.append(isRefused ? "result <> 'done'" : "result = 'done'") }
        // Within a chain, times have the order of the numbers.
        let isOneChain = query.chain != nil
        if let after = query.after {
            conditions.append(
                isOneChain
                    ? "number < \(after.number)"
                    : "(time, chain, number) < (\(after.time), \(after.chain), \(after.number))")
        }
        let order: SQL = isOneChain ? "number DESC" : "time DESC, chain DESC, number DESC"
        return """
            \(columns) FROM audit_record WHERE \(.joined(conditions, by: " AND ")) ORDER BY \(order) LIMIT \(limit)
            """
    }

    private static func record(_ row: Row) throws -> AuditRecord {
        AuditRecord(
            chain: try row.text(0), number: try row.int(1), time: try row.int(2), account: try row.optionalInt(3),
            role: try row.text(4), organisation: try row.optionalInt(5), address: try row.text(6),
            act: try row.text(7), object: AuditObject(kind: try row.text(8), kept: try row.text(9)),
            person: try row.optionalInt(10), result: try row.text(11), detail: try row.text(12))
    }
}

extension AuditObject {
    /// From a row.
    fileprivate init(kind: String, kept id: String) { (self.kind, self.id) = (kind, id) }
}

// MARK: - Content of codes

extension AuditRecord {
    /// All columns in order, and the MAC of the previous record.
    func bytes(after previous: [UInt8]) -> [UInt8] {
        let bytes = RowBytes()
        bytes.begin("audit_record")
        let values: [Value] = [
            .text(chain), .integer(number), .integer(time), account.bound, .text(role), organisation.bound,
            .text(address), .text(act), .text(object.kind), .text(object.id), person.bound, .text(result),
            .text(detail), .blob(previous),
        ]
        for value in values { bytes.append(value) }
        return withExtendedLifetime(bytes) { Array(bytes.bytes) }
    }
}

extension AuditHead {
    var bytes: [UInt8] {
        let bytes = RowBytes()
        bytes.begin("audit_chain")
        for value: Value in [.text(chain), .integer(records), .integer(time), .blob(head)] { bytes.append(value) }
        return withExtendedLifetime(bytes) { Array(bytes.bytes) }
    }
}

extension Failure {
    static func auditDamaged(_ chain: String) -> Failure {
        Failure(
            .damaged, "audit.damaged", "审计记录（\(chain)）被改动过，没有办理。请停止写入，运行 xueshi audit verify 核对，并从备份恢复。",
            en: "The audit records of \(chain) were altered; nothing was done. Run audit verify, restore a backup.")
    }
}
