import Database
import Foundation
import Integrity
import Kernel
import Signing

/// Signed digests of the database at a moment. They detect a cut chain, a removed person or row, and a
/// restored older row.
///
/// The root is one line of text, which can be stored elsewhere too (`ledger root`): `xueshi-root-2.` and, in base64,
/// the JSON of ``Content`` with its signature.
package struct SignedRoot: Sendable {
    struct Content: Codable, Sendable {
        var format = 2
        /// Milliseconds since 1970.
        let time: Int
        /// The rows of ``tables`` are covered up to this moment: transactions that began earlier have ended by
        /// ``time``.
        let through: Int
        let chains: Int
        let entries: Int
        /// SHA-256 of the heads of all chains, in hexadecimal.
        let heads: String
        /// The digests of the append-only tables.
        let tables: [String: TableDigest]
        /// The numbers of rows of the other tables whose rows are never removed.
        let counts: [String: Int]
        /// The last change of state: its number, and its MAC in hexadecimal.
        let state: Int
        let stateCode: String
    }

    private struct Signed: Codable {
        /// The JSON of the content, byte for byte as it was signed.
        let content: Data
        let key: Int
        let suite: Int
        let signature: Data
    }

    let content: Content
    private let signed: Data

    package var time: Int { content.time }
    package var chains: Int { content.chains }
    package var entries: Int { content.entries }
    /// The moment up to which it covers rows, in milliseconds since 1970.
    package var through: Int { content.through }
    /// A short name for people: the first characters of its hash.
    package var name: String { String(sha256(signed).hexadecimal.prefix(16)) }
    package var text: String { Self.mark + signed.base64EncodedString() }

    private static let mark = "xueshi-root-2."
    private static let context = Array("xueshi ledger root 2 ".utf8)

    init(signing content: Content, _ keys: KeyRing) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = try encoder.encode(content)
        let made = try keys.sign(Self.context + bytes)
        self.content = content
        signed = try encoder.encode(
            Signed(content: bytes, key: made.key, suite: made.suite, signature: Data(made.bytes)))
    }

    /// Failure: `ledger.root` (damaged) where the text is no root, or was not signed with these keys.
    package init(reading text: String, _ keys: KeyRing) throws(Failure) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix(Self.mark), let bytes = Data(base64Encoded: String(text.dropFirst(Self.mark.count))),
            let signed = try? JSONDecoder().decode(Signed.self, from: bytes),
            let content = try? JSONDecoder().decode(Content.self, from: signed.content), content.format == 2,
            keys.verify(
                Self.context + signed.content,
                Signature(key: signed.key, suite: signed.suite, bytes: Array(signed.signature))) == .valid
        else { throw .rootAltered("xueshi-root-2") }
        (self.content, self.signed) = (content, bytes)
    }

    /// Reads a root from a file that the operator names. The file may contain other lines.
    ///
    /// Failure: `ledger.not-a-root` (badInput), which says nothing about the ledger.
    package init(named text: String, _ keys: KeyRing) throws(Failure) {
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(Self.mark) }
        do {
            self = try SignedRoot(reading: String(line ?? ""), keys)
        } catch {
            throw .notARoot
        }
    }
}

extension Failure {
    static let notARoot = Failure(
        .badInput, "ledger.not-a-root",
        "这个文件里没有本系统 ledger root 写出的签名根：可能选错了文件、抄写有误，或是用别的密钥签的。账本没有核对，请换用原来保存的文件。",
        en: "This file has no root that ledger root of this installation wrote: another file, mistyped, or signed with "
            + "other keys. The ledger was not checked.")

    static func rootAltered(_ place: String) -> Failure {
        Failure(
            .damaged, "ledger.root", "账本签名根或其链头文件被改动或不完整（\(place)）。请从备份取回后再核对。",
            en: "The ledger's signed root or its heads in \(place) are altered or incomplete. Restore a backup.")
    }

    static func rootUnwritten(_ place: String) -> Failure {
        Failure(
            .unavailable, "ledger.root-unwritten", "账本签名根不能写入 \(place)。请检查目录权限和磁盘空间后再运行一次。",
            en: "The ledger's signed root cannot be written to \(place). Check the folder and the disk, run again.")
    }
}
