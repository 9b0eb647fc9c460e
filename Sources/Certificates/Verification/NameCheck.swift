import Database
import Foundation
import Kernel
import People
import Signing

extension Certificates {
    /// Whether a certificate was issued to a person of this name. Only wrong names are counted.
    ///
    /// Failure: `verify.names`.
    func isName(_ name: String, on number: CertificateNumber) async throws -> Bool {
        let today = people.system.today
        return try await database.write { transaction in
            guard let held = try store(transaction).find(number) else { return false }
            let names = NameCheckStore(transaction: transaction)
            try names.count(number, on: today)
            guard NormalForm.sameIgnoringCase(held.facts.name, name) else { return false }
            try names.giveBack(number, on: today)
            return true
        }
    }

    /// See ``Certificate/digest``.
    func digest(of number: CertificateNumber) async throws -> String? {
        try await database.read { try store($0).find(number)?.digest }
    }
}

extension Certificate {
    /// SHA-256 of the issued code, in hexadecimal. A browser compares it with the code that it holds.
    var digest: String { sha256(code.bytes).hexadecimal }
}

extension Failure {
    static let tooManyNames = Failure(
        .tooMany, "verify.names", "这张证书今天已经填错过 5 次姓名，请明天再试，或扫描二维码核验。",
        en: "Five wrong names were tried for this certificate today. Try tomorrow, or scan its QR code.")
}
