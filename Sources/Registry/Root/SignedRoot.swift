import Database
import Foundation
import Integrity
import Kernel
import Signing

/// What the database held at a moment, signed: who cuts a chain's tail, removes a person or a row, or puts an older row
/// in its place cannot do so here.
///
/// The root is one line of text, to be kept elsewhere too (`ledger root`): `xueshi-root-2.` and the JSON of ``Content``
/// with its signature in base64.
package struct SignedRoot: Sendable {
    struct Content: Codable, Sendable {
        var format = 2
        /// Milliseconds since 1970.
        let time: Int
        /// Up to this moment the rows of ``tables`` are counted: what was begun earlier is done by ``time``.
        let through: Int
        let chains: Int
        let entries: Int
        /// SHA-256 of the heads of all chains, in hexadecimal.
        let heads: String
        /// The tables whose rows are only added to.
        let tables: [String: TableDigest]
        /// How many rows the other tables had whose rows are never removed.
        let counts: [String: Int]
        /// The last change of state: its number, and its code in hexadecimal.
        let state: Int
        let stateCode: String
    }

    private struct Signed: Codable {
        /// The JSON of the content, to the byte.
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
    /// Up to this moment it covers what was written; milliseconds since 1970.
    package var through: Int { content.through }
    /// By which people tell two roots apart: the first characters of its hash.
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

    /// Failure: `ledger.root` (damaged) where it is no root, or not one of these keys.
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

    /// The same of a file that somebody names, which may hold what was printed round the root.
    ///
    /// Failure: `ledger.not-a-root` (badInput): that says nothing of the ledger.
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
            en: "The ledger's signed root or its heads in \(place) are altered or cut. Take them from a backup.")
    }

    static func rootUnwritten(_ place: String) -> Failure {
        Failure(
            .unavailable, "ledger.root-unwritten", "账本签名根不能写入 \(place)。请检查目录权限和磁盘空间后再运行一次。",
            en: "The ledger's signed root cannot be written to \(place). Check the folder and the disk, run again.")
    }
}
