import Kernel
import Signing

/// The result of verifying a certificate, in one of seven states.
package struct Verification: Sendable {
    package enum State: String, Sendable, CaseIterable, Codable {
        /// Signed by a known key, as issued, and current.
        case valid
        /// Genuine, and replaced by a newer one, or the registered result no longer covers it.
        case superseded
        /// Genuine, and revoked.
        case revoked
        /// The code or the printed text differs from what was signed.
        case altered
        /// No such certificate was issued here.
        case unknown
        /// Signed by a key that is not known here; it may be a genuine certificate of another city.
        case unknownKey = "unknown-key"
        /// There is nothing to check, or the means to check it are missing.
        case cannotCheck = "cannot-check"
    }

    package var state: State
    package var number: CertificateNumber?
    /// The signed facts; masked if only the number was presented, `nil` if nothing is certain.
    package var facts: CertificateFacts?
    /// The reasons and the next steps, one sentence each.
    package var reasons: [LocalizedText]
    /// The valid certificate in place of a superseded one, if there is one and it is known.
    let successor: CertificateNumber?
    /// Whether a file was presented, and not the code alone.
    var isFile = false

    init(
        _ state: State, _ number: CertificateNumber? = nil, _ facts: CertificateFacts? = nil,
        successor: CertificateNumber? = nil, _ reasons: LocalizedText...
    ) {
        (self.state, self.number, self.facts, self.successor) = (state, number, facts, successor)
        self.reasons = reasons
    }

    /// The same with a state that takes precedence; that the code is valid is no reason then.
    func but(_ state: State, _ reasons: [LocalizedText]) -> Verification {
        var other = self
        (other.state, other.reasons) = (state, reasons + (self.state == .valid ? [] : self.reasons))
        return other
    }
}

extension Verification {
    static let unreadable = Verification(
        .cannotCheck, nil, nil,
        LocalizedText(
            "这里没有可核验的内容：既不是证书编号，也不是完整的核验码。请重新扫描二维码，或输入 16 位证书编号。",
            en: "This is no certificate number and no complete code. Scan the QR again, or type the 16 characters."))

    static func unknown(_ number: CertificateNumber, _ facts: CertificateFacts? = nil) -> Verification {
        Verification(
            .unknown, number, facts,
            LocalizedText(
                "没有登记过编号为 \(number.grouped) 的证书。",
                en: "No certificate \(number.grouped) is registered here. Compare the number, or ask the issuer."))
    }

    /// The error that the signature shows; `nil` if it is correct.
    static func fault(
        _ code: CertificateCode, _ number: CertificateNumber?, _ keys: [PublicKey]
    ) -> Verification? {
        let facts = code.facts
        guard let key = keys.first(where: { $0.id == code.signature.key }) else {
            return Verification(
                .unknownKey, facts.number, nil,
                LocalizedText(
                    "签发这张证书的机关不在本网站能核验的名单里：可能由其他机关签发，也可能不是真的。",
                    en: "Key \(code.signature.key) is unknown here: another authority's, or false. Use its keys."))
        }
        guard key.verify(code.signed, code.signature) == .valid else {
            return Verification(
                .altered, facts.number, nil,
                LocalizedText(
                    "二维码的内容对不上签名：可能被改动过，也可能没有扫准。", en: "The code does not match its signature: altered, or misread."))
        }
        if let number, number != facts.number {
            return Verification(
                .altered, facts.number, facts,
                LocalizedText("二维码是另一张证书的：编号与打开的网址不同。", en: "The number in the address differs from the signed one.")
            )
        }
        guard key.wasUsed(on: facts.issued) else {
            return Verification(
                .altered, facts.number, facts,
                LocalizedText(
                    "颁发日期 \(facts.issued) 不在签名密钥的使用期内（\(key.created) 至 \(key.retired?.description ?? "今")）。",
                    en: "Its date \(facts.issued) is outside the validity of the key that signed it."))
        }
        return nil
    }
}

extension CertificateState {
    /// The result for a genuine certificate in this state.
    func verification(_ facts: CertificateFacts) -> Verification {
        switch self {
        case .valid:
            Verification(
                .valid, facts.number, facts,
                LocalizedText("证书真实有效，登记信息如下。", en: "The certificate is genuine and valid, with these facts."))
        case .superseded(by: let successor?):
            Verification(
                .superseded, facts.number, facts, successor: successor,
                LocalizedText(
                    "证书真实，但已被新证书取代：\(successor.grouped)。请以新证书为准。",
                    en: "Genuine, and superseded by \(successor.grouped). Ask for that one."))
        case .superseded(by: nil):
            Verification(
                .superseded, facts.number, facts,
                LocalizedText(
                    "证书真实，但登记的结果或持证人信息已变更，新证书尚未颁发。此证书不再有效。",
                    en: "Genuine, but the registered result or holder has changed. No longer valid; no new one yet."))
        case .revoked(let day, let reason):
            Verification(
                .revoked, facts.number, facts,
                LocalizedText("证书已于 \(day) 被颁发机关作废：\(reason)。", en: "The issuer revoked it on \(day): \(reason)."))
        }
    }
}
