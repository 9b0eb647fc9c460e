import Database
import Foundation
import Kernel
import People
import Signing

/// What a verifier without this database needs: the public keys with their validity, and the forms. JSON.
package struct PublishedKeys: Codable, Sendable {
    struct Key: Codable, Sendable {
        let id: Int
        let suite: Int
        let algorithm: String
        let created: String
        let retired: String?
        let key: Data
    }

    struct Form: Codable, Sendable {
        let number: Int
        let version: Int
        let text: String
    }

    let format: Int
    let keys: [Key]
    let forms: [Form]

    init(_ keys: [PublicKey], _ forms: [Int: PublishedForm]) {
        format = 1
        self.keys = keys.map { key in
            Key(
                id: key.id, suite: key.suite, algorithm: "Ed25519", created: key.created.description,
                retired: key.retired?.description, key: Data(key.bytes))
        }
        self.forms = forms.values.sorted { $0.number < $1.number }.map {
            Form(number: $0.number, version: $0.version, text: $0.form.text)
        }
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Failure: `verify.keys` if it is not a file of public keys.
    package init(reading bytes: Data) throws(Failure) {
        guard let read = try? JSONDecoder().decode(Self.self, from: bytes), read.format == 1 else {
            throw Failure(
                .badInput, "verify.keys", "这不是公钥文件。请用 xueshi keys export 导出的文件。",
                en: "This is no file of public keys. Use what xueshi keys export writes.")
        }
        self = read
    }

    var publicKeys: [PublicKey] {
        keys.compactMap { key in
            let retired = key.retired.map { Day($0) }
            guard let created = Day(key.created), retired == nil || retired != .some(nil) else { return nil }
            return PublicKey(
                id: key.id, suite: key.suite, created: created, retired: retired ?? nil, bytes: Array(key.key))
        }
    }

    var publishedForms: [Int: PublishedForm] {
        forms.reduce(into: [:]) { forms, held in
            guard let form = try? CertificateForm(reading: held.text) else { return }
            forms[held.number] = PublishedForm(number: held.number, version: held.version, form: form)
        }
    }
}

extension Certificates {
    package func publishedKeys() async throws -> PublishedKeys {
        PublishedKeys(people.keys.publicKeys, try await database.read { try forms($0) })
    }
}
