import Database
import Documents
import Integrity
import Kernel
import People
import Registry

extension Certificates {
    /// The PDF of one certificate. Failures: those of ``pdfs(of:)``.
    package func pdf(of number: CertificateNumber) async throws -> [UInt8] { try await pdfs(of: [number])[0] }

    /// Hands over the PDFs of any number of certificates, in their order. One transaction stores 50 of them.
    ///
    /// Failures: those of ``pdfs(of:)``.
    package func eachPDF(
        of numbers: [CertificateNumber], _ take: (CertificateNumber, [UInt8]) throws -> Void
    ) async throws {
        for start in stride(from: 0, to: numbers.count, by: Self.printed) {
            let some = Array(numbers[start..<min(start + Self.printed, numbers.count)])
            for (number, pdf) in zip(some, try await pdfs(of: some)) { try take(number, pdf) }
        }
    }

    private static let printed = 50

    /// The PDFs of some certificates, in their order, all in memory. Each is drawn, signed and stored at the first
    /// print, so that every later print is the same file. One transaction stores those of a call.
    ///
    /// Failures: `certificate.unknown`; `form.removed`.
    package func pdfs(of numbers: [CertificateNumber]) async throws -> [[UInt8]] {
        let (found, forms) = try await database.read { transaction in
            let store = store(transaction)
            return (
                try numbers.map { (number: $0, pdf: try store.pdf(of: $0), certificate: try store.find($0)) },
                try self.forms(transaction)
            )
        }
        var pdfs = found.map { $0.pdf ?? [] }
        let missing = found.indices.filter { found[$0].pdf == nil }
        for place in missing {
            let (number, _, certificate) = found[place]
            guard let certificate else { throw Failure.noCertificate(number) }
            guard let form = forms[certificate.facts.form]?.form else { throw Failure.formRemoved }
            let page = try renderer.draw(form.page(certificate.code))
            pdfs[place] = try FileSignature.sign(page, on: people.system.today, people.keys)
        }
        guard !missing.isEmpty else { return pdfs }
        let drawn = pdfs
        return try await database.write { transaction in
            let store = store(transaction)
            return try zip(found, drawn).map { item, pdf in
                guard item.pdf == nil else { return pdf }
                return try store.keep(pdf, of: item.number, at: people.system.now())
            }
        }
    }

    /// The page of a certificate as a picture (PNG), drawn anew each time. It has no signature of its own; its QR code
    /// is that of the PDF.
    ///
    /// Failures: `certificate.unknown`; `form.removed`.
    package func picture(of number: CertificateNumber) async throws -> [UInt8] {
        let (found, forms) = try await database.read { transaction in
            (try store(transaction).find(number), try self.forms(transaction))
        }
        guard let found else { throw Failure.noCertificate(number) }
        guard let form = forms[found.facts.form]?.form else { throw Failure.formRemoved }
        return try renderer.picture(form.page(found.code)).png()
    }

    /// The certificates of a person, the oldest first, each with its current state.
    package func all(
        of person: ID<Person>
    ) async throws -> [(certificate: Certificate, state: CertificateState)] {
        try await database.read { try all(of: person, $0) }
    }

    /// The same within a given transaction, for one year or for all.
    package func all(
        of person: ID<Person>, in year: Year? = nil, _ transaction: Transaction
    ) throws -> [(certificate: Certificate, state: CertificateState)] {
        let held = try store(transaction).all(from: person.number, through: person.number)[person.number] ?? []
        return try held.filter { certificate in year.map(certificate.facts.period.contains) ?? true }
            .map { ($0, try state(of: $0, transaction)) }
    }

    /// A certificate and its current state. Failure: `certificate.unknown`.
    package func certificate(
        _ number: CertificateNumber
    ) async throws -> (certificate: Certificate, state: CertificateState) {
        try await database.read { transaction in
            guard let held = try store(transaction).find(number) else { throw Failure.noCertificate(number) }
            return (held, try state(of: held, transaction))
        }
    }

    /// At most `limit` numbers, in no particular order.
    package func numbers(limit: Int) async throws -> [CertificateNumber] {
        try await database.read { try store($0).numbers(limit: limit) }
    }

    /// Revokes a certificate permanently. Failures: `certificate.unknown`; `certificate.revoked` if it is revoked
    /// already.
    package func revoke(_ number: CertificateNumber, reason: String) async throws {
        try await database.write { transaction in
            let store = store(transaction)
            guard let held = try store.find(number) else { throw Failure.noCertificate(number) }
            if let earlier = held.revocation {
                throw Failure(
                    .conflict, "certificate.revoked",
                    "证书 \(number.grouped) 已于 \(Day(milliseconds: earlier.at)) 作废（\(earlier.reason)），没有改动。",
                    en: "\(number.grouped) was revoked on \(Day(milliseconds: earlier.at)) already. Nothing changed.")
            }
            try store.revoke(number, reason: reason, at: people.system.now())
            try AuditStore(transaction, people).record(
                .revokeCertificate, .certificate(number.grouped), about: held.person)
        }
    }

    /// The current state of a certificate, derived from the settled standings, the entries and the holder's data.
    ///
    /// At most one certificate of a standing or entry is valid: the one that states the same as the newest version, or,
    /// without such a one, the last that was issued, as long as the newest version covers what it states.
    func state(of certificate: Certificate, _ transaction: Transaction) throws -> CertificateState {
        if let revocation = certificate.revocation {
            return .revoked(on: Day(milliseconds: revocation.at), reason: revocation.reason)
        }
        if try agreement(with: certificate, transaction) == .same { return .valid }
        let root = try PersonStore(transaction, people).root(of: certificate.person)
        let held = (try store(transaction).all(from: root.number, through: root.number)[root.number] ?? [])
            .filter { $0.ground.isOfSame(certificate.ground) }
        let current =
            try held.last { try $0.revocation == nil && agreement(with: $0, transaction) == .same }
            ?? held.suffix(1).first { try $0.revocation == nil && agreement(with: $0, transaction) == .covered }
        return current?.number == certificate.number ? .valid : .superseded(by: current?.number)
    }

    /// How the standing or entry, and the holder, compare with what the certificate states.
    private func agreement(
        with certificate: Certificate, _ transaction: Transaction
    ) throws -> SettledYear.Agreement {
        let person = certificate.person
        guard let holder = try PersonStore(transaction, people).holder(person), hash(of: holder) == certificate.holder
        else { return .changed }
        switch certificate.ground {
        case .standing(let key, let from, let version):
            return try registry.agreement(
                person, key: key, from: from, version: version, printed: certificate.facts.printedYear, transaction)
        case .entry(let number):
            let lines = try registry.entry(number, of: person, transaction)?.explained.lines
            return lines == certificate.facts.lines ? .same : .changed
        }
    }
}

extension CertificateFacts {
    /// The printed values of a settled year.
    var printedYear: SettledYear.Printed {
        .init(result, lines.map { SettledYear.RequirementHours($0.name, $0.hours) })
    }
}

extension Certificate.Ground {
    /// Whether both refer to the same standing or entry, in any version.
    func isOfSame(_ other: Self) -> Bool {
        switch (self, other) {
        case (.standing(let a, let from, _), .standing(let b, let start, _)): a == b && from == start
        case (.entry(let a), .entry(let b)): a == b
        default: false
        }
    }
}
