import Database
import Kernel
import People
import Signing

struct CertificateStore {
    let transaction: Transaction
    let keys: KeyRing

    private static let columns: SQL =
        """
        SELECT c.number, c.person, c.kind, c.standing_key, c.period_from, c.settled, c.entry, c.holder, c.code,
               c.issued, c.turn, r.reason, r.revoked
        FROM certificate c LEFT JOIN certificate_revocation r ON r.number = c.number
        """

    func find(_ number: CertificateNumber) throws -> Certificate? {
        try read("\(Self.columns) WHERE c.number = \(number.text)").first
    }

    /// Those of these people, each person's in the order of issue.
    func all(from: Int, through: Int) throws -> [Int: [Certificate]] {
        let all = try read(
            "\(Self.columns) WHERE c.person >= \(from) AND c.person <= \(through) ORDER BY c.person, c.issued, c.turn")
        return Dictionary(grouping: all) { $0.person.number }
    }

    /// What these people were issued for their years, without opening it: person, ground and holder, how often, and
    /// whether the last was revoked.
    func grounds(from: Int, through: Int) throws -> [IssuedGround: (count: Int, isRevoked: Bool)] {
        var grounds: [IssuedGround: (count: Int, isRevoked: Bool)] = [:]
        try transaction.each(
            """
            SELECT c.person, c.standing_key, c.period_from, c.settled, c.holder, c.turn, r.revoked
            FROM certificate c LEFT JOIN certificate_revocation r ON r.number = c.number
            WHERE c.person >= \(from) AND c.person <= \(through) AND c.kind = 'annual' ORDER BY c.person, c.turn
            """
        ) { row in
            let ground = Certificate.Ground.standing(
                key: try row.text(1), from: try row.day(2), version: try row.int(3))
            let place = IssuedGround(person: try row.int(0), ground: ground, holder: try row.bytes(4))
            grounds[place] = (try row.int(5) + 1, try row.optionalInt(6) != nil)
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
        try transaction.execute(
            """
            INSERT INTO certificate (number, person, kind, standing_key, period_from, settled, entry, holder, turn,
                                     code, issued)
            VALUES (\(number), \(certificate.person), \(kind), \(key), \(from), \(version), \(entry),
                    \(certificate.holder), \(certificate.turn), \(sealed), \(certificate.issued))
            """)
    }

    /// The next people who have a certificate.
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
        try transaction.rows(sql) { row in
            let number = try row.text(0)
            guard
                let code = CertificateCode(held: try keys.open(row.bytes(8), context: Self.context(number))),
                code.facts.number.text == number
            else { throw Failure.certificateDamaged(number) }
            let ground: Certificate.Ground =
                try row.text(2) == "annual"
                ? .standing(key: row.text(3), from: row.day(4), version: row.int(5)) : .entry(row.int(6))
            return Certificate(
                person: try row.id(1), ground: ground, holder: try row.bytes(7), turn: try row.int(10), code: code,
                issued: try row.int(9),
                revocation: try row.optionalText(11).map { .init(reason: $0, at: try row.int(12)) })
        }
    }
}

/// What a certificate was issued for.
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

    /// Keeps the first print; a second one that was drawn at the same time is dropped.
    func keep(_ pdf: [UInt8], of number: CertificateNumber, at now: Int) throws {
        let sealed = try keys.seal(pdf, context: Self.printContext(number.text))
        try transaction.execute(
            """
            INSERT INTO certificate_print (number, pdf, printed) VALUES (\(number.text), \(sealed), \(now))
            ON CONFLICT (number) DO NOTHING
            """)
    }

    func revoke(_ number: CertificateNumber, reason: String, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO certificate_revocation (number, reason, revoked) VALUES (\(number.text), \(reason), \(now))
            """)
    }
}

extension Failure {
    fileprivate static func certificateDamaged(_ number: String) -> Failure {
        Failure(
            .damaged, "certificate.damaged", "证书 \(number) 的记录被改动或无法读取。请停止写入，并从备份恢复。",
            en: "The record of certificate \(number) was altered or cannot be read. Stop writing, restore a backup.")
    }
}
