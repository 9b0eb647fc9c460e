import Kernel
import People
import Web

/// The API for verifying certificates, without a token.
package struct VerificationAPI: Sendable {
    private let certificates: Certificates
    private let limit: RateLimit

    /// `limit` is shared with the pages, so that the API allows no additional checks.
    package init(_ certificates: Certificates, _ limit: RateLimit) {
        (self.certificates, self.limit) = (certificates, limit)
    }

    private static let certificatePath = Path<String>("/api/v1/certificates/{}")

    /// The state of a certificate with masked facts, as its number alone shows them.
    struct Found: Codable, Sendable {
        let number: String
        let state: Verification.State
        let reasons: [String]
        let facts: [Fact]

        struct Fact: Codable, Sendable {
            let name: String
            let title: String
            let text: String
        }
    }

    package var endpoints: [APIEndpoint] {
        [
            .get(
                Self.certificatePath, names: ["number"], "按编号核验证书：状态和遮去部分文字的内容。"
            ) { request, text in
                try limit.count(request.network, at: certificates.people.system.now())
                guard let number = CertificateNumber(text) else { throw Failure.noSuchCertificate }
                let found = try await certificates.verify(.number(number))
                guard found.state != .unknown else { throw Failure.noSuchCertificate }
                return Found(
                    number: number.text, state: found.state, reasons: found.reasons.map(\.chinese),
                    facts: (found.facts?.printed ?? []).map {
                        Found.Fact(name: $0.field.rawValue, title: $0.title, text: $0.text)
                    })
            },
            .get(VerificationPages.keysPath, "公钥和证书版式，供在别处核验。") { _ in try await certificates.publishedKeys() },
        ]
    }
}

extension Failure {
    static let noSuchCertificate = Failure(
        .notFound, "certificate.none", "没有登记过这个编号的证书。请对照证书核对编号。",
        en: "No certificate of this number is registered. Compare it with the paper.")
}
