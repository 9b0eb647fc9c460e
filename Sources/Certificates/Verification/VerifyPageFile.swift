import Foundation
import Kernel
import People
import Web

/// A single HTML file that verifies certificates in a browser without a network: public keys, a signed snapshot and the
/// same module that the site serves.
struct VerifyPageFile: PageValue {
    let style: String
    let code: String
    let keys: String
    let status: String
    let city: String
    let made: String

    static var fields: [String: Field<VerifyPageFile>] {
        [
            "style": .html { HTML(trusted: $0.style) }, "code": .html { HTML(trusted: $0.code) },
            "keys": .html { HTML(trusted: $0.keys) }, "status": .html { HTML(trusted: $0.status) },
            "city": .text { $0.city }, "made": .text { $0.made },
        ]
    }

    static var sample: VerifyPageFile {
        VerifyPageFile(style: "", code: "", keys: "{}", status: "null", city: "泰安市", made: "2026-11-23 10:32")
    }
}

extension Certificates {
    /// The scripts in the file.
    package static var verifyScripts: [URL] {
        ["certificate-code.js", "verify-page.js"].map {
            Bundle.module.bundleURL.appending(path: "Verification.assets/\($0)")
        }
    }

    /// The file's text. Revocations are known up to now, and the page states this.
    ///
    /// Failure: `verify.page` if a script or the style sheet cannot be read.
    package func verifyPage(
        _ views: Views, _ scripts: [URL] = Self.verifyScripts, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> String {
        let code = try scripts.map { try Self.text($0.path).replacing(#/(?m)^export /#, with: "") }
        let value = VerifyPageFile(
            style: try Self.text(WebResources.theme.path), code: code.joined(separator: "\n"),
            keys: Self.embedded(try await publishedKeys().json),
            status: Self.embedded(try await statusSnapshot(progress: progress).json), city: "专业技术人员继续教育",
            made: ClockTime(people.system.now()).text)
        return try views.view("verify-page", of: VerifyPageFile.self).draw(value).text
    }

    private static func text(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw Failure.noVerifyPage(path) }
        return text
    }

    /// A form's text may contain `</script>`, so `<` is written as an escape in JSON.
    private static func embedded(_ json: String) -> String { json.replacing("<", with: "\\u003c") }
}

extension Failure {
    fileprivate static func noVerifyPage(_ path: String) -> Failure {
        Failure(
            .unavailable, "verify.page", "核验页的组成文件 \(path) 读不到。请重新安装本程序。",
            en: "\(path) cannot be read. Install the program again.")
    }
}
