import Kernel

/// Verifies without the database: with public keys and, if given, a snapshot of superseded and revoked certificates.
package struct OfflineVerifier: Sendable {
    let keys: PublishedKeys
    let status: StatusSnapshot?
    let now: Int
    private let mostDays: Int

    /// The default limit for the age of a snapshot by which a certificate may be `valid`.
    package static let mostDays = 30

    package init(keys: PublishedKeys, status: StatusSnapshot?, now: Int, mostDays: Int = Self.mostDays) {
        (self.keys, self.status, self.now, self.mostDays) = (keys, status, now, mostDays)
    }

    package func verify(_ presented: VerificationInput) -> Verification {
        switch presented {
        case .unreadable: return .unreadable
        case .number(let number): return isKnowing ? standing(number, nil) ?? Self.noCode(number) : Self.noStatus(nil)
        case .code(let code, let number):
            if let fault = Verification.fault(code, number, keys.publicKeys) { return fault }
            guard isKnowing else { return Self.noStatus(code.facts) }
            var found =
                standing(code.facts.number, code.facts)
                ?? (isRecent ? CertificateState.valid.verification(code.facts) : tooOld(code.facts))
            found.reasons.append(age)
            return found
        }
    }

    package func verify(file path: String) async throws -> Verification {
        try await PrintedFile.read(path: path).verification(keys.publicKeys, keys.publishedForms) { verify($0) }
    }

    /// The result if the snapshot lists the number; `nil` otherwise.
    private func standing(_ number: CertificateNumber, _ facts: CertificateFacts?) -> Verification? {
        guard let status else { return nil }
        if status.revoked.contains(number.text) {
            return Verification(
                .revoked, number, facts,
                LocalizedText("证书已被颁发机关作废。原因请联网查询。", en: "Revoked by its issuer. Ask online for the reason."))
        }
        guard status.superseded.contains(number.text) else { return nil }
        return Verification(
            .superseded, number, facts,
            LocalizedText(
                "证书真实，但登记的结果或持证人信息已变更，此证书不再有效。新证书颁发了没有，请联网核验。",
                en: "Genuine, but the registered result or holder has changed. No longer valid; ask online."))
    }

    /// Whether the snapshot, if there is one, is genuine.
    private var isKnowing: Bool { status?.isGenuine(keys.publicKeys) ?? true }

    /// Whether the snapshot, if there is one, is not too old by this computer's clock.
    private var isRecent: Bool {
        status.map { (-86_400_000...mostDays * 86_400_000).contains(now - $0.time) } ?? true
    }

    private func tooOld(_ facts: CertificateFacts) -> Verification {
        Verification(
            .cannotCheck, facts.number, facts,
            LocalizedText(
                "证书是真的，但状态快照不是最近 \(mostDays) 天的（或本机时钟不对），不能据此判断现在是否仍然有效。请取得新的快照，或联网核验。",
                en:
                    "Genuine, but by this clock the snapshot is not of the last \(mostDays) days, so it is unknown "
                    + "whether it is still valid. Fetch another one, or ask online."))
    }

    private static func noStatus(_ facts: CertificateFacts?) -> Verification {
        Verification(
            .cannotCheck, facts?.number, facts,
            LocalizedText(
                "证书状态的签名不符，不能据此判断。请重新取得状态快照。", en: "The snapshot's signature is not valid. Fetch another one."))
    }

    private static func noCode(_ number: CertificateNumber) -> Verification {
        Verification(
            .cannotCheck, number, nil,
            LocalizedText(
                "离线时只凭编号不能核验。请扫描二维码，或联网查询。", en: "A number alone cannot be verified offline. Scan the QR code."))
    }

    private var age: LocalizedText {
        guard let status else {
            return LocalizedText(
                "这里没有证书的状态：此后是否被取代或作废，离线时不知道。",
                en: "Without a snapshot it is unknown whether it was revoked since.")
        }
        let hours = max(0, now - status.time) / 3_600_000
        let (chinese, english) =
            switch hours {
            case 0: ("不到 1 小时", "less than an hour")
            case ..<48: ("\(hours) 小时", "\(hours) hours")
            default: ("\(hours / 24) 天", "\(hours / 24) days")
            }
        let day = Day(milliseconds: status.time)
        return LocalizedText(
            "证书的状态截至 \(day)（\(chinese)前）；其后的变化不在其中。",
            en: "The snapshot is of \(day), \(english) old; later changes are not in it.")
    }
}
