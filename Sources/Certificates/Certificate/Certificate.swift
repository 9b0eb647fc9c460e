import Kernel
import People

/// A certificate as stored: the standing or entry it was issued for, and the facts and signature as issued.
package struct Certificate: Sendable {
    /// The standing or entry that a certificate was issued for.
    enum Ground: Sendable, Hashable {
        case standing(key: String, from: Day, version: Int)
        case entry(Int)
    }

    package let person: ID<Person>
    let ground: Ground
    /// A keyed hash of name and ID number; if either changes, another certificate is due.
    let holder: [UInt8]
    /// The number of certificates issued before for the same standing or entry.
    let turn: Int
    package let code: CertificateCode
    /// Milliseconds since 1970.
    package let issued: Int
    var revocation: Revocation?

    /// The declaration that a certificate is invalid, with its time in milliseconds since 1970.
    struct Revocation: Sendable {
        let reason: String
        let at: Int
    }

    package var number: CertificateNumber { code.facts.number }
    package var facts: CertificateFacts { code.facts }
}

/// The current state of a certificate.
package enum CertificateState: Sendable, Hashable {
    case valid
    /// A newer certificate was issued, or what it states is no longer covered by its standing, its entry or its holder;
    /// with the valid certificate, if there is one.
    case superseded(by: CertificateNumber?)
    case revoked(on: Day, reason: String)

    package var name: LocalizedText {
        switch self {
        case .valid: LocalizedText("有效", en: "valid")
        case .superseded(by: nil): LocalizedText("结果已变更，新证书尚未颁发", en: "superseded, no new one issued yet")
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
