import App
import ArgumentParser
import Certificates
import Foundation
import Kernel
import People
import Signing
import Web

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: words("核验证书：二维码内容、PDF 文件或编号", "Verify a certificate by its QR code, its PDF or its number."),
        discussion: words(
            """
            示例：      xueshi verify 证书.pdf
            不联网核验：xueshi verify 证书.pdf --offline public-keys.json --status status.json
            写 - 可从标准输入读取二维码内容。
            """,
            """
            Example:  xueshi verify certificate.pdf
            Offline:  xueshi verify certificate.pdf --offline public-keys.json --status status.json
            A code can also be given on standard input, with -.
            """))
    @OptionGroup var place: InstallationOptions
    @Argument(
        help: .words(
            "二维码内容、证书编号或 PDF 文件；写 - 则从标准输入读取二维码内容", "CODE, NUMBER, FILE.pdf, or - to read a code from standard input."))
    var subject: String
    @Option(
        help: .words(
            "公钥文件（由 xueshi keys export 导出）：只用公钥核验，不用数据库",
            "Public keys (xueshi keys export): verify with them, without the database.")) var offline: String?
    @Option(
        help: .words(
            "状态快照（由 xueshi status export 导出），与 --offline 同用",
            "A status snapshot (xueshi status export), with --offline.")) var status: String?
    @Option(help: .words("状态快照最多可用的天数", "The highest age in days of a snapshot by which a certificate is valid."))
    var maxAge = OfflineVerifier.mostDays

    func validate() throws {
        try bounded("--max-age", maxAge, 1...36_500)
        if status != nil, offline == nil {
            throw ValidationError(words("--status 须与 --offline 同时使用。", "--status goes with --offline."))
        }
    }

    func run() async throws {
        if let offline {
            try await answering(place.json) {
                let verifier = OfflineVerifier(
                    keys: try PublishedKeys(reading: contents(of: offline)),
                    status: try status.map { try StatusSnapshot(reading: contents(of: $0)) },
                    now: SystemInputs.real.now(),
                    mostDays: maxAge)
                return output(
                    isFile ? try await verifier.verify(file: subject) : verifier.verify(VerificationInput(presented)))
            }
        } else {
            try await place.run { installation in
                output(
                    isFile
                        ? try await installation.certificates.verify(file: subject)
                        : try await installation.certificates.verify(VerificationInput(presented)))
            }
        }
    }

    private var isFile: Bool {
        subject.lowercased().hasSuffix(".pdf") || subject != "-" && FileManager.default.fileExists(atPath: subject)
    }

    /// A pasted code may be broken over several lines; a code has a few kilobytes at most.
    private var presented: String {
        guard subject == "-" else { return subject }
        let read = (try? FileHandle.standardInput.read(upToCount: 16_384)) ?? Data()
        return String(decoding: read, as: UTF8.self)
    }

    private func contents(of path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .badInput, "file.unreadable", "不能读取 \(path)。请核对路径。", en: "\(path) cannot be read. Check the path.")
        }
        return data
    }

    private func output(_ found: Verification) -> CommandOutput {
        var lines = found.reasons.map { words($0) }
        lines += (found.facts?.printed ?? []).map { field, title, text in
            "\(words(title, field.rawValue))\(words("：", ": "))\(text)"
        }
        return CommandOutput(
            "verify", lines: lines,
            ["state": found.state.rawValue, "number": found.number?.grouped ?? "-"], isBad: found.state != .valid)
    }
}

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: words("密钥：导出公钥，或更换密钥", "Keys: export the public keys, or make new keys."),
        subcommands: [Export.self, Rotate.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: words(
                "以 JSON 输出公钥和版式，停用的密钥注明日期", "Print public keys and forms as JSON, retired keys with their dates."),
            discussion: words(
                "示例：xueshi keys export > public-keys.json", "Example: xueshi keys export > public-keys.json"))
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.document { installation in
                try await installation.audit.record(.exportKeys)
                return try await installation.certificates.publishedKeys().json
            }
        }
    }
}

extension KeysCommand {
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: words(
                "更换加密和签名的密钥，旧密钥仍可用于解密和核验", "Make new keys for encryption and signing; old keys stay readable."),
            discussion: words(
                """
                更换后请备份 keys.json，并重新导出公钥。时钟早于某把密钥的日期时不予更换；如果该日期是因时钟曾经偏快而记错的，请加 --accept-clock。
                示例：xueshi keys rotate
                """,
                """
                Back up keys.json afterwards, and export the public keys again. If the clock is behind a key's day,
                nothing is done; if the key's day is wrong because the clock was ahead then, use --accept-clock.
                Example: xueshi keys rotate
                """))
        @OptionGroup var place: InstallationOptions
        @Flag(help: .words("时钟无误，虽有密钥的日期更晚", "The clock is right, although a key has a later day."))
        var acceptClock = false

        func run() async throws {
            try await place.run { installation in
                try confirmed(
                    LocalizedText(
                        "将启用新的密钥，旧密钥不再用于加密和签名。", en: "New keys will encrypt and sign; old keys no longer do."))
                let keys = try await rotated(installation)
                return CommandOutput("keys", ["signing": keys.signingKey.id, "keys": keys.publicKeys.count])
            }
        }

        /// Rotates the keys and records the result.
        private func rotated(_ installation: Installation) async throws -> KeyRing {
            let keys: KeyRing
            do {
                keys = try installation.rotateKeys(acceptingClock: acceptClock)
            } catch let failure as Failure {
                try? await installation.audit.record(.rotateKeys, failure: failure.code)
                throw failure
            }
            try await installation.audit.record(.rotateKeys)
            return keys
        }
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: words("数据库、版本和待办事项", "Database, versions, and work that is due."),
        discussion: words("示例：xueshi status", "Example: xueshi status"), subcommands: [Show.self, Export.self],
        defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: words("显示状态", "Show the status."))
        @OptionGroup var place: InstallationOptions

        func run() async throws {
            try await place.run { installation in
                let status = try await installation.status()
                return CommandOutput(
                    "status", lines: status.lines.map { words($0) }, ["due": status.due, "failing": status.failing])
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: words(
                "导出已更新和已作废证书的签名快照，供不联网核验",
                "A signed snapshot of superseded and revoked certificates, for offline checks."),
            discussion: words("示例：xueshi status export status.json", "Example: xueshi status export status.json"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("输出的 .json 文件", "The .json to write.")) var output: String

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.exportStatus)
                let snapshot = try await installation.certificates.statusSnapshot(progress: progress("status"))
                try write(Array(snapshot.json.utf8), to: output)
                return CommandOutput(
                    "status", ["superseded": snapshot.superseded.count, "revoked": snapshot.revoked.count])
            }
        }
    }
}

struct VerifyPageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-page",
        abstract: words("生成一个不联网也能核验证书的网页文件", "Write one file that verifies certificates without a network."),
        discussion: words(
            """
            文件中有公钥和签名的状态快照，并写明快照的日期。需要多快知道证书作废，就多久重新生成一次。
            示例：xueshi verify-page verify.html
            """,
            """
            It holds the public keys and a signed status snapshot, and states the snapshot's age. Write it again as
            often as revocations must be known.
            Example: xueshi verify-page verify.html
            """))
    @OptionGroup var place: InstallationOptions
    @Argument(help: .words("输出的 .html 文件", "The .html to write.")) var output: String

    func run() async throws {
        try await place.run { installation in
            let views = try Views(siteViews, Assets(siteAssets))
            let text = try await installation.certificates.verifyPage(views, progress: progress("verify-page"))
            try write(Array(text.utf8), to: output)
            return CommandOutput("verify-page", ["bytes": text.utf8.count])
        }
    }
}
