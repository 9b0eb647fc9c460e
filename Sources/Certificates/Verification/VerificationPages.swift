import Foundation
import Kernel
import People
import Processes
import Web

/// The public pages for verifying certificates, without login.
package struct VerificationPages: Sendable {
    private let certificates: Certificates
    private let queryView: View<QueryPage>
    private let numberView: View<NumberPage>
    /// An empty result of each state, for the browser to fill.
    private let templates: HTML
    /// The URL of the script module for the page of a number.
    private let module: String
    private let limit: RateLimit
    /// A file takes three short processes; a hostile file may use the full time limit of each.
    let gate = ProcessLimiter(running: 2, waiting: 8)

    package static let queryPath: Path<> = Path("/verify")
    static let filePath: Path<> = Path("/verify/file")
    /// The address in the QR code; the part after `#` stays in the browser.
    package static let numberPath = Path<String>("/v/{}")
    static let namePath = Path<String>("/v/{}/name")
    static let keysPath: Path<> = Path("/api/v1/keys")

    /// `limit` is the rate per address, shared by the pages and the API.
    package init(_ certificates: Certificates, _ views: Views, _ assets: Assets, _ limit: RateLimit) throws {
        (self.certificates, self.limit) = (certificates, limit)
        queryView = try views.view("verify")
        numberView = try views.view("verify-number")
        templates = try views.view("verdicts").draw(VerificationTemplates())
        module = try assets.path("verify-number.js")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Verification.views") }
    package static var assets: [URL] {
        ["certificate-code.js", "verify-number.js"].map {
            Bundle.module.bundleURL.appending(path: "Verification.assets/\($0)")
        }
    }

    package var routes: [Route] {
        [
            .get(Self.queryPath, .everyone) { request in query(request.query["number"]) }.atOnce,
            .post(Self.filePath, .everyone) { request in try await file(request) },
            .get(Self.numberPath, .everyone) { request, text in try await page(request, text) }.atOnce,
            .post(Self.numberPath, .everyone) { request, text in try await presented(request, text) },
            .post(Self.namePath, .everyone) { request, text in try await name(request, text) },
        ]
    }

    package var navigation: [NavigationItem] {
        [NavigationItem("证书核验", Self.queryPath.link(), .everyone, also: ["/v/"])]
    }

    private static let breadcrumbs = [Breadcrumb.home]

    /// The query page, or a redirect to the number's page. An invalid number stays in its field, with the error.
    private func query(_ text: String, file: Failure? = nil) -> WebResponse {
        if let number = CertificateNumber(text) { return .moved(Self.numberPath.link(number.text)) }
        let page = QueryPage(number: text, file: file)
        let status = file.map { .failed($0) } ?? (text.isEmpty ? Page.Status.ok : .notFound)
        return .page(Page("证书核验", breadcrumbs: Self.breadcrumbs, status: status, queryView.draw(page)))
    }

    private func page(_ request: WebRequest, _ text: String) async throws -> WebResponse {
        guard let number = CertificateNumber(text) else { return query(text) }
        try limit.count(request.network, at: certificates.people.system.now())
        return try await result(.number(number), number)
    }

    private func result(
        _ presented: VerificationInput, _ number: CertificateNumber, named: NameCheckResult? = nil
    ) async throws -> WebResponse {
        let (found, digest) = try await certificates.verify(presented, digestOf: number)
        let isCode = if case .code = presented { true } else { false }
        let value = NumberPage(
            found, number, at: certificates.people.system.now(), digest: digest, isCode: isCode, named: named,
            templates: templates)
        return .page(shown(found, value))
    }

    private func shown(_ found: Verification, _ value: NumberPage) -> Page {
        let breadcrumbs = Self.breadcrumbs + [Breadcrumb("证书核验", Self.queryPath.link())]
        return Page(
            "核验结果", breadcrumbs: breadcrumbs, status: found.state == .unknown ? .notFound : .ok, modules: [module],
            numberView.draw(value))
    }

    /// Verifies a code that the browser could not check, after its owner agreed to send it. The code is not stored.
    private func presented(_ request: WebRequest, _ text: String) async throws -> WebResponse {
        try limit.count(request.network, at: certificates.people.system.now())
        guard let number = CertificateNumber(text) else { return query(text) }
        return try await result(VerificationInput("\(number.text)#\(try await request.form()["code"])"), number)
    }

    /// Verifies an uploaded file. Poppler reads it in separate processes.
    private func file(_ request: WebRequest) async throws -> WebResponse {
        try limit.count(request.network, at: certificates.people.system.now())
        let upload = try await request.upload(limit: PrintedFile.largest)
        guard upload.file.size > 0 else { return query("", file: .noPDF) }
        do {
            let found = try await gate.pass(request.network) { try await certificates.verify(upload.file) }
            let value = NumberPage(
                found, found.number, at: certificates.people.system.now(), digest: nil, isCode: true, named: nil,
                templates: templates)
            return .page(shown(found, value))
        } catch let failure as Failure where [.badInput, .tooLarge].contains(failure.kind) {
            return query("", file: failure)
        }
    }

    /// Whether a typed name is the certificate's: five wrong ones per number and day.
    private func name(_ request: WebRequest, _ text: String) async throws -> WebResponse {
        try limit.count(request.network, at: certificates.people.system.now())
        guard let number = CertificateNumber(text) else { return query(text) }
        let typed = try await request.form()["name"]
        guard !typed.isEmpty else { return .moved(Self.numberPath.link(number.text)) }
        do {
            let isRight = try await certificates.isName(typed, on: number)
            return try await result(.number(number), number, named: NameCheckResult(isRight: isRight))
        } catch let failure as Failure where failure == .tooManyNames {
            return try await result(.number(number), number, named: NameCheckResult(refused: failure))
        }
    }
}

/// The ways to verify, and the meaning of the seven states.
struct QueryPage: PageValue {
    let number: String
    /// Why the uploaded file could not be read.
    let file: Failure?

    /// The error in the typed number.
    private var fault: String {
        let count = number.count { $0 != "-" && $0 != " " }
        return count == 16
            ? "这不是证书编号：编号由字母和数字 2 至 7 组成。请对照证书核对" : "这不是证书编号：填了 \(count) 位，编号有 16 位。请对照证书核对"
    }

    private var field: FormField {
        var field = FormField.certificateNumber(number)
        if !number.isEmpty { field.error = fault }
        return field
    }

    static var fields: [String: Field<QueryPage>] {
        [
            "action": .text { _ in VerificationPages.queryPath.link().text }, "number": .item { $0.field },
            "fileAction": .text { _ in VerificationPages.filePath.link().text },
            "isRefused": .flag { $0.file != nil }, "failure": .text { $0.file?.words.chinese ?? "" },
        ]
    }

    static var sample: QueryPage { QueryPage(number: "MCMT-2GJ4", file: .noPDF) }
}

/// The result of a verification, and what the browser needs to check a code in the address.
struct NumberPage: PageValue {
    let found: Verification
    let number: CertificateNumber?
    /// The time of the request, in China's time zone.
    let time: String
    /// SHA-256 of the issued code, in hexadecimal.
    let digest: String
    /// Whether all facts are shown, because the code or the file was presented.
    let isCode: Bool
    let named: NameCheckResult?
    let templates: HTML

    init(
        _ found: Verification, _ number: CertificateNumber?, at now: Int, digest: String?, isCode: Bool,
        named: NameCheckResult?, templates: HTML
    ) {
        (self.found, self.number, self.isCode, self.named) = (found, number, isCode, named)
        self.templates = templates
        (time, self.digest) = (ClockTime(now).text, digest ?? "")
        facts = (found.facts?.printed ?? []).map { TitledText($0.title, $0.text) }
    }

    private let facts: [TitledText]

    static var fields: [String: Field<NumberPage>] {
        [
            "verdict": .item { VerificationSummary($0.found) }, "hasFacts": .flag { !$0.facts.isEmpty },
            "facts": .list { $0.facts }, "time": .text { $0.time },
            "again": .text { _ in VerificationPages.queryPath.link().text },
            "number": .text { $0.number?.text ?? "" }, "state": .text { VerificationSummary($0.found).name },
            "reasons": .text { $0.found.reasons.map(\.chinese).joined(separator: "\n") },
            "digest": .text { $0.digest }, "keys": .text { _ in VerificationPages.keysPath.link().text },
            "templates": .html { $0.templates },
            "isCode": .flag { $0.isCode }, "isKnown": .flag { !$0.isCode && $0.found.state != .unknown },
            "ask": .text { VerificationPages.numberPath.link($0.number?.text ?? "").text },
            "nameAction": .text { VerificationPages.namePath.link($0.number?.text ?? "").text },
            "named": .item { $0.named }, "fileAction": .text { _ in VerificationPages.filePath.link().text },
        ]
    }

    static var sample: NumberPage {
        let number = CertificateNumber("MCMT2GJ4Y74DCKO4")
        return NumberPage(.unreadable, number, at: 0, digest: nil, isCode: false, named: .sample, templates: HTML())
    }
}

/// The result of each state before its reasons are known.
struct VerificationTemplates: PageValue {
    private static let verdicts =
        Verification.State.allCases.map { VerificationSummary($0) }
        + [VerificationSummary(.superseded, isChanged: true)]

    static var fields: [String: Field<VerificationTemplates>] { ["verdicts": .list { _ in verdicts }] }
    static var sample: VerificationTemplates { VerificationTemplates() }
}

/// Whether a typed name is the certificate's.
struct NameCheckResult: PageValue {
    let words: String
    let isRight: Bool

    init(isRight: Bool) {
        self.isRight = isRight
        words = isRight ? "您填的姓名与登记的一致。" : "您填的姓名与登记的不一致。请对照证书，一个字也不能差。"
    }

    init(refused: Failure) { (words, isRight) = (refused.words.chinese, false) }

    static var fields: [String: Field<NameCheckResult>] {
        ["words": .text { $0.words }, "isRight": .flag { $0.isRight }]
    }

    static var sample: NameCheckResult { NameCheckResult(isRight: true) }
}

extension Failure {
    static let noPDF = Failure(
        .badInput, "verify.no-file", "没有选择文件。请选择下载的证书（PDF）再上传。",
        en: "No file was chosen. Choose the certificate as it was downloaded (PDF).")
}

extension FormField {
    /// The field for a certificate's number.
    package static func certificateNumber(_ value: String = "") -> FormField {
        var field = FormField("number", "证书编号")
        (field.hint, field.value) = ("16 位，在证书右下角，例如 MCMT-2GJ4-Y74D-CKO4；没有数字 0 和 1", value)
        return field
    }
}
