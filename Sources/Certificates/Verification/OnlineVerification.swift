import Database
import Kernel
import People
import Signing

extension Certificates {
    /// Verifies against the database. With the code all facts are shown, with a number only masked ones.
    package func verify(_ presented: VerificationInput) async throws -> Verification {
        if case .unreadable = presented { return .unreadable }
        return try await database.inlineRead { try verify(presented, $0) }
    }

    /// The same, with the digest of the issued code of a number, read in the same transaction.
    func verify(
        _ presented: VerificationInput, digestOf number: CertificateNumber
    ) async throws -> (found: Verification, digest: String?) {
        try await database.inlineRead { transaction in
            if case .number(number) = presented {
                // The common case: the record is read and decrypted once for both.
                guard let held = try store(transaction).find(number) else { return (.unknown(number), nil) }
                return (try masked(held, transaction), held.digest)
            }
            return (try verify(presented, transaction), try store(transaction).find(number)?.digest)
        }
    }

    private func verify(_ presented: VerificationInput, _ transaction: Transaction) throws -> Verification {
        switch presented {
        case .unreadable: return .unreadable
        case .number(let number):
            guard let held = try store(transaction).find(number) else { return .unknown(number) }
            return try masked(held, transaction)
        case .code(let code, let number):
            if let fault = Verification.fault(code, number, people.keys.publicKeys) { return fault }
            guard let held = try store(transaction).find(code.facts.number) else {
                return .unknown(code.facts.number, code.facts)
            }
            let found = try state(of: held, transaction).verification(held.facts)
            return found.facts == code.facts
                ? found : Verification(.altered, code.facts.number, found.facts, .notAsIssued)
        }
    }

    /// Verifies a file: its code, and the printed text against the signed facts.
    package func verify(file path: String) async throws -> Verification {
        try await verify(PrintedFile.read(path: path))
    }

    /// The same for an open file.
    package func verify(_ file: OpenFile) async throws -> Verification { try await verify(PrintedFile.read(file)) }

    private func verify(_ printed: PrintedFile) async throws -> Verification {
        let forms = try await database.read { transaction in try self.forms(transaction) }
        return try await printed.verification(people.keys.publicKeys, forms) { try await verify($0) }
    }

    private func masked(_ held: Certificate, _ transaction: Transaction) throws -> Verification {
        var found = try state(of: held, transaction).verification(held.facts)
        found.facts = found.facts?.masked
        return found
    }
}

extension LocalizedText {
    fileprivate static let notAsIssued = LocalizedText(
        "核验码的内容与登记的颁发内容不同。", en: "The facts in the code differ from those that were issued under this number.")
}
