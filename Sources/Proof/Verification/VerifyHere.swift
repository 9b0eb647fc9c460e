import Database
import Kernel
import People
import Signing

extension Proof {
    /// Verifies what is presented against the database. Who presents the code sees every fact, a number shows masked
    /// ones.
    package func verify(_ presented: Presented) async throws -> Verification {
        switch presented {
        case .unreadable: return .unreadable
        case .number(let number):
            guard var found = try await answer(number) else { return .unknown(number) }
            found.facts = found.facts?.masked
            return found
        case .code(let code, let number):
            if let fault = Verification.fault(code, number, people.keys.publicKeys) { return fault }
            guard let found = try await answer(code.facts.number) else {
                return .unknown(code.facts.number, code.facts)
            }
            return found.facts == code.facts
                ? found : Verification(.altered, code.facts.number, found.facts, .notAsIssued)
        }
    }

    /// Verifies a file: its code, and what is printed against what was signed.
    package func verify(file path: String) async throws -> Verification {
        let forms = try await database.read { transaction in try self.forms(transaction) }
        return try await PrintedFile.read(path).verification(people.keys.publicKeys, forms) { try await verify($0) }
    }

    private func answer(_ number: CertificateNumber) async throws -> Verification? {
        try await database.read { transaction in
            guard let certificate = try store(transaction).find(number) else { return nil }
            return try state(of: certificate, transaction).verification(certificate.facts)
        }
    }
}

extension Words {
    fileprivate static let notAsIssued = Words(
        "核验码的内容与登记的颁发内容不同。", en: "The code's facts are not those that were issued under this number.")
}
