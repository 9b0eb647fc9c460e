import Kernel
import People

/// A certificate as it is held: what it stands on, and its facts and signature as they were issued.
package struct Certificate: Sendable {
    /// What a certificate stands on.
    enum Ground: Sendable, Hashable {
        case standing(key: String, from: Day, version: Int)
        case entry(Int)
    }

    package let person: ID<Person>
    let ground: Ground
    /// A keyed hash of name and ID number: other ones ask for another certificate.
    let holder: [UInt8]
    /// How many were issued for the same before it.
    let turn: Int
    package let code: CertificateCode
    /// Milliseconds since 1970.
    package let issued: Int
    var revocation: Revocation?

    /// That it was declared invalid, and when; in milliseconds since 1970.
    struct Revocation: Sendable {
        let reason: String
        let at: Int
    }

    package var number: CertificateNumber { code.facts.number }
    package var facts: CertificateFacts { code.facts }
}

/// Where a certificate stands now.
package enum CertificateState: Sendable, Hashable {
    case valid
    /// What it stands on, or who holds it, has another version; the certificate of that version, where there is one.
    case superseded(by: CertificateNumber?)
    case revoked(on: Day, reason: String)

    package var name: LocalizedText {
        switch self {
        case .valid: LocalizedText("有效", en: "valid")
        case .superseded: LocalizedText("已被取代", en: "superseded")
        case .revoked: LocalizedText("已作废", en: "revoked")
        }
    }
}

extension Failure {
    static func noCertificate(_ number: CertificateNumber) -> Failure {
        Failure(
            .notFound, "certificate.unknown", "没有编号为 \(number.grouped) 的证书。请对照证书核对编号。",
            en: "There is no certificate \(number.grouped). Compare the number with the paper.")
    }
}
