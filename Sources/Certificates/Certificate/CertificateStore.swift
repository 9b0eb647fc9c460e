import Database
import Integrity
import Kernel
import People
import Signing

struct CertificateStore {
    let transaction: Transaction
    let keys: KeyRing
    let states: StateLog

    private static let columns: SQL =
        """
        SELECT \(CertificateSchema.certificate.selection("c")), \(CertificateSchema.revocation.selection("r"))
        FROM certificate c LEFT JOIN certificate_revocation r ON r.number = c.number
        """

    func find(_ number: CertificateNumber) throws -> Certificate? {
        try read("\(Self.columns) WHERE c.number = \(number.text)").first
    }

    /// The certificates of these people; each person's in the order of issue.
    func all(from: Int, through: Int) throws -> [Int: [Certificate]] {
        let all = try read(
            """
            \(Self.columns) WHERE c.person >= \(from) AND c.person <= \(through)
            ORDER BY c.person, c.issued, c.settled, c.turn
            """)
        return Dictionary(grouping: all) { $0.person.number }
    }

    /// The grounds of the certificates of these people for years, without decrypting the facts: person, ground and
    /// holder, the number of certificates, and whether the last one was revoked.
    func grounds(from: Int, through: Int) throws -> [IssuedGround: (count: Int, isRevoked: Bool)] {
        var grounds: [IssuedGround: (count: Int, isRevoked: Bool)] = [:]
        let states = try states.states(transaction)
        try transaction.each(
            """
            \(Self.columns)
            WHERE c.person >= \(from) AND c.person <= \(through) AND c.kind = 'annual' ORDER BY c.person, c.turn
            """
        ) { row in
            let revocation = try revocation(row, states)
            let ground = Certificate.Ground.standing(
                key: try row.text(3), from: try row.day(4), version: try row.int(5))
            let place = IssuedGround(person: try row.int(1), ground: ground, holder: try row.bytes(7))
            grounds[place] = (try row.int(8) + 1, revocation != nil)
        }
        return grounds
    }

    func add(_ certificate: Certificate) throws {
        let number = certificate.number.text
        let (kind, key, from, version, entry) =
            switch certificate.ground {
            case .standing(let key, let from, let version): ("annual", key, from.description, version, 0)
            case .entry(let number): ("hours", "", "", 0, number)
            }
        let sealed = try keys.seal(certificate.code.bytes, context: Self.context(number))
        try transaction.insert(
            [
                number, certificate.person, kind, key, from, version, entry, certificate.holder, certificate.turn,
                sealed, certificate.issued,
            ], into: CertificateSchema.certificate)
    }

    /// The next people who have a certificate, by number.
    func people(after person: Int, limit: Int) throws -> [Int] {
        try transaction.rows(
            "SELECT DISTINCT person FROM certificate WHERE person > \(person) ORDER BY person LIMIT \(limit)"
        ) { try $0.int(0) }
    }

    func numbers(limit: Int) throws -> [CertificateNumber] {
        try transaction.rows("SELECT number FROM certificate ORDER BY number LIMIT \(limit)") {
            CertificateNumber(try $0.text(0))
        }.compactMap { $0 }
    }

    private static func context(_ number: String) -> String { "certificate/code/\(number)" }
    private static func printContext(_ number: String) -> String { "certificate/pdf/\(number)" }

    private func read(_ sql: SQL) throws -> [Certificate] {
        let states = try states.states(transaction)
        return try transaction.rows(sql) { row in
            let revocation = try revocation(row, states)
            let number = try row.text(0)
            guard
                let code = CertificateCode(held: try keys.open(row.bytes(9), context: Self.context(number))),
                code.facts.number.text == number
            else { throw Failure.certificateDamaged(number) }
            let ground: Certificate.Ground =
                try row.text(2) == "annual"
                ? .standing(key: row.text(3), from: row.day(4), version: row.int(5)) : .entry(row.int(6))
            return Certificate(
                person: try row.id(1), ground: ground, holder: try row.bytes(7), turn: try row.int(8), code: code,
                issued: try row.int(10), revocation: revocation)
        }
    }

    /// Records as state changes the revocations that are older than the state log.
    static func logRevocations(_ transaction: Transaction) throws {
        let revoked = try transaction.rows(
            "SELECT number, revoked FROM certificate_revocation ORDER BY revoked, number"
        ) { (number: try $0.text(0), at: try $0.int(1)) }
        for item in revoked {
            try StateLog.record(StateChange(.revocation, item.number, "revoked"), at: item.at, transaction)
        }
    }

    /// The revocation of a certificate. A failure if the row and the state log disagree.
    private func revocation(_ row: Row, _ states: CurrentStates) throws -> Certificate.Revocation? {
        try row.check(CertificateSchema.certificate)
        let (number, first) = (try row.text(0), CertificateSchema.certificate.width)
        let isRevoked = try row.optionalText(first) != nil
        guard isRevoked == (states.value(.revocation, number) != nil) else {
            throw Failure.revocationAltered(number)
        }
        guard isRevoked else { return nil }
        try row.check(CertificateSchema.revocation, at: first)
        return .init(reason: try row.text(first + 1), at: try row.int(first + 2))
    }
}

/// The ground of a certificate: the standing or entry, and the holder.
struct IssuedGround: Hashable {
    let person: Int
    let ground: Certificate.Ground
    let holder: [UInt8]
}

// MARK: - Prints and revocations

extension CertificateStore {
    func pdf(of number: CertificateNumber) throws -> [UInt8]? {
        try transaction.first("SELECT pdf FROM certificate_print WHERE number = \(number.text)") {
            try keys.open($0.bytes(0), context: Self.printContext(number.text))
        }
    }

    /// Stores the first print. Returns the one that is stored: another that was drawn at the same time is dropped.
    func keep(_ pdf: [UInt8], of number: CertificateNumber, at now: Int) throws -> [UInt8] {
        let sealed = try keys.seal(pdf, context: Self.printContext(number.text))
        let added = try transaction.execute(
            """
            INSERT INTO certificate_print (number, pdf, printed) VALUES (\(number.text), \(sealed), \(now))
            ON CONFLICT (number) DO NOTHING
            """)
        return try added > 0 ? pdf : self.pdf(of: number) ?? pdf
    }

    func revoke(_ number: CertificateNumber, reason: String, at now: Int) throws {
        try transaction.insert([number.text, reason, now], into: CertificateSchema.revocation)
        try states.record(StateChange(.revocation, number.text, "revoked"), transaction)
    }
}

extension Failure {
    fileprivate static func revocationAltered(_ number: String) -> Failure {
        Failure(
            .damaged, "certificate.revocation-altered", "证书 \(number) 的作废记录与变更记录不符，可能被删除或伪造，不能核验。请停止写入，从备份恢复。",
            en: "The revocation of certificate \(number) was removed or forged. Stop writing, restore a backup.")
    }

    fileprivate static func certificateDamaged(_ number: String) -> Failure {
        Failure(
            .damaged, "certificate.damaged", "证书 \(number) 的记录被改动或无法读取。请停止写入，并从备份恢复。",
            en: "The record of certificate \(number) was altered or cannot be read. Stop writing, restore a backup.")
    }
}
