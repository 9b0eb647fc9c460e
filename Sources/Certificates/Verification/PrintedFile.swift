import Foundation
import Kernel
import Processes
import Signing

/// The contents of a PDF, extracted by poppler in separate processes because the file may be hostile.
struct PrintedFile: Sendable {
    private let file: OpenFile
    /// The PDF's keywords: the address with the code.
    let keywords: String
    let pages: Int
    /// The bytes of the file.
    let bytes: [UInt8]

    /// The size limit. A certificate has about 60 kB.
    static let largest = 20 << 20

    /// A certificate takes a tenth of a second and 100 MB of address space.
    private static let limits = ProcessLimits(memory: 400 << 20, processor: 5, time: 60, output: 1 << 20)

    /// Failures: `certificate.file` if the file cannot be read; those of ``read(_:)``.
    static func read(path: String) async throws -> PrintedFile {
        guard let file = OpenFile(reading: path), file.size <= largest else {
            throw Failure(
                .badInput, "certificate.file", "不能读取文件 \(path)：它不存在、不可读或大于 20 MB。请核对路径和权限。",
                en: "\(path) cannot be read: it is missing, not readable, or over 20 MB. Check path and rights.")
        }
        return try await read(file)
    }

    /// Failures: `certificate.pdf` if the file is not a readable PDF; `certificate.poppler` if poppler is not
    /// installed.
    static func read(_ file: OpenFile) async throws -> PrintedFile {
        let info = try await poppler("pdfinfo", ["-enc", "UTF-8", LimitedProcess.inputPath], file)
        return PrintedFile(
            file: file, keywords: value("Keywords", info), pages: Int(value("Pages", info)) ?? 0,
            bytes: try file.bytes())
    }

    /// All text in the order of the page, and whether poppler read the file without errors.
    private func text() async throws -> (text: String, isWhole: Bool) {
        let words = ["-raw", "-enc", "UTF-8", LimitedProcess.inputPath, "-"]
        let (text, complains) = try await Self.reading("pdftotext") {
            try await LimitedProcess($0, words, Self.limits).outputWithErrors(to: file)
        }
        return (String(decoding: text, as: UTF8.self), !complains)
    }

    /// Whether there are raster images; a certificate has none.
    private func hasPictures() async throws -> Bool {
        try await Self.poppler("pdfimages", ["-list", LimitedProcess.inputPath], file).split(separator: "\n").count > 2
    }

    /// The last line of that name, because a title with a line end could forge an earlier one.
    private static func value(_ name: String, _ info: String) -> String {
        info.split(separator: "\n").last { $0.hasPrefix(name + ":") }?
            .dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) ?? ""
    }

    private static func poppler(_ program: String, _ arguments: [String], _ file: OpenFile) async throws -> String {
        try await reading(program) {
            String(decoding: try await LimitedProcess($0, arguments, limits).output(to: file), as: UTF8.self)
        }
    }

    private static func reading<T>(_ program: String, _ read: (String) async throws -> T) async throws -> T {
        do {
            return try await read(program)
        } catch LimitedProcess.Fault.missing {
            throw Failure(
                .unavailable, "certificate.poppler", "没有安装 \(program)，不能读取 PDF。请安装 poppler-utils 后再试。",
                en: "\(program) is not installed. Install poppler-utils and try again.")
        } catch is LimitedProcess.Fault {
            throw Failure.notPDF
        }
    }
}

extension Failure {
    fileprivate static let notPDF = Failure(
        .badInput, "certificate.pdf", "这个文件不是可读取的 PDF 证书。请使用下载的原文件，或改扫二维码。",
        en: "This is not a readable PDF. Use the file as it was downloaded, or scan the QR code.")
}

extension PrintedFile {
    /// The result for the code, unless the printed text differs from the signed facts.
    func verification(
        _ keys: [PublicKey], _ forms: [Int: PublishedForm], _ verify: (VerificationInput) async throws -> Verification
    ) async throws -> Verification {
        var found = try await compared(keys, forms, verify)
        found.isFile = true
        return found
    }

    private func compared(
        _ keys: [PublicKey], _ forms: [Int: PublishedForm], _ verify: (VerificationInput) async throws -> Verification
    ) async throws -> Verification {
        let presented = VerificationInput(keywords)
        guard case .code(let code, _) = presented else {
            return Verification(
                .cannotCheck, nil, nil,
                LocalizedText(
                    "文件中没有核验码，可能被另存或打印过。请扫描页面上的二维码，或输入证书编号。",
                    en: "There is no code in the file; it may have been saved by another program. Scan the QR code."))
        }
        let found = try await verify(presented)
        guard found.facts != nil, found.state != .altered else { return found }
        let signature = FileSignature.state(of: bytes, keys)
        if case .whole = signature { return found }
        if case .padded = signature { return found.but(.cannotCheck, [.padded]) }
        guard let form = forms[code.facts.form]?.form else {
            return found.but(.cannotCheck, [.noForm])
        }
        let (text, isWhole) = try await text()
        guard isWhole else { return found.but(.cannotCheck, [.damaged]) }
        guard !text.allSatisfy(\.isWhitespace) else { return found.but(.cannotCheck, [.noText]) }
        let faults = try await faults(form.printed(code.facts), text)
        guard faults.isEmpty else { return found.but(.altered, faults) }
        if case .broken = signature { return found.but(.altered, [.brokenSeal]) }
        return found.but(.cannotCheck, [.noSeal])
    }

    /// The fields whose printed text differs from the facts, with the text that is printed.
    func faults(_ runs: [PrintedRun]) async throws -> [LocalizedText] { try await faults(runs, text().text) }

    private func faults(_ runs: [PrintedRun], _ text: String) async throws -> [LocalizedText] {
        var faults = TextComparison(runs, printed: text).faults
        if try await hasPictures() { faults.append(LocalizedText("页面上有后加的图片。", en: "The page has an added picture.")) }
        if pages != 1 {
            faults.append(LocalizedText("文件有 \(pages) 页，原证书只有 1 页。", en: "The file has \(pages) pages, not 1."))
        }
        return faults
    }
}

extension LocalizedText {
    fileprivate static let brokenSeal = LocalizedText(
        "文件在打印之后被改动过：文件封签与内容不符。请以下列登记信息为准，或向持证人索取原文件。",
        en: "The file was changed after it was printed: its signature does not match. Ask for the issued file.")
    fileprivate static let padded = LocalizedText(
        "文件前后多了或少了空白字节（经邮件、网站转存时常见），不是颁发时的原文件。请以下列登记信息为准，或向持证人索取原文件。",
        en: "Blank bytes were added around the file, or its last byte is missing. Compare the facts, or get it again.")
    fileprivate static let damaged = LocalizedText(
        "文件在传送或转存中损坏，读不完整，版面是否改动无法判断。请重新获取原文件，或扫描页面上的二维码；登记信息见下。",
        en: "The file is damaged and cannot be read completely. Download it again, or scan the QR code.")
    fileprivate static let noSeal = LocalizedText(
        "文件不是颁发时的原文件（没有文件封签，可能被另存过），版面是否改动无法判断。请逐项对照下列登记信息，或索取原文件。",
        en: "This is not the issued file (it has no signature), so its page is not verified. Compare the facts.")
    fileprivate static let noForm = LocalizedText(
        "没有此证书的版式，不能核对文件上的文字。请更新公钥文件后再试，或逐项对照下列登记信息。",
        en: "The certificate's form is missing, so the text cannot be compared. Fetch newer keys.")
    fileprivate static let noText = LocalizedText(
        "文件上没有可提取的文字（可能是扫描件），不能逐项核对。请对照下列登记信息。",
        en: "No text can be extracted (a scan?), so nothing was compared. Compare the page with the facts below.")
}
