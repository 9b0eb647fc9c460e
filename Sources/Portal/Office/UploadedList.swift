import Foundation
import Kernel
import Web

/// An uploaded file that should be a list. It is judged by its name and its bytes and never parsed here.
///
/// Only parts of the file are in memory, because many files may be uploaded at once.
struct UploadedList {
    private let ending: String
    private let file: OpenFile
    private let head: [UInt8]
    private static let headLength = 65_536
    private static let tailLength = 131_072
    private static let partLength = 1 << 20

    /// Failures: `import.no-file`, `import.empty`, `import.not-excel`, `import.old`.
    static func check(_ upload: Upload<OpenFile>) throws {
        guard !upload.name.isEmpty else { throw Failure.noList }
        guard upload.file.size > 0 else { throw Failure.emptyList }
        let ending = (upload.name as NSString).pathExtension.lowercased()
        try UploadedList(ending: ending, upload.file).check()
    }

    /// Failure: `file.scratch`.
    init(ending: String, _ file: OpenFile) throws(Failure) {
        (self.ending, self.file, head) = (ending, file, try file.read(Self.headLength, at: 0))
    }

    func check() throws(Failure) {
        if begins("PK\u{3}\u{4}") || begins("PK\u{5}\u{6}") { return try checkZip() }
        if begins([0xD0, 0xCF, 0x11, 0xE0]) { throw try oldOffice() }
        if begins("%PDF") { throw .notExcel("PDF 文件", Self.original) }
        if isPicture { throw .notExcel("图片", Self.original) }
        if begins("Rar!") || begins([0x37, 0x7A, 0xBC, 0xAF]) || begins([0x1F, 0x8B]) {
            throw .notExcel("压缩包", Self.unpack)
        }
        if begins("{\\rtf") { throw .notExcel("Word 文档", Self.copy) }
        // Other contents may be a text with commas; the reader says what is wrong with web pages, XML and the rest.
        guard ["xlsx", "csv"].contains(ending) || begins("<") else {
            throw .notExcel(ending.isEmpty ? "其他文件" : ".\(ending) 文件", Self.original)
        }
    }

    private static let original = "请用电子表格软件打开原来的名单，另存为 .xlsx 再上传"
    private static let copy = "请把里面的表格复制到电子表格软件，另存为 .xlsx 再上传"
    private static let unpack = "请先解压，再上传里面的 .xlsx 或 .csv"
    private static let save = "请在电子表格软件中打开，另存为 .xlsx 再上传"

    /// The names of a zip's members stand in plain text at its end, and those of the first ones at its beginning.
    private func checkZip() throws(Failure) {
        let tail = try file.read(Self.tailLength, at: max(head.count, file.size - Self.tailLength))
        let parts = Data(head + tail)
        let holds = { (name: String) in parts.range(of: Data(name.utf8)) != nil }
        if holds("xl/workbook.bin") { throw .oldExcel("这是 .xlsb 文件，无法读取", Self.save) }
        if holds("xl/") { return }
        if holds("word/") { throw .notExcel("Word 文档", Self.copy) }
        if holds("ppt/") { throw .notExcel("PowerPoint 演示文稿", Self.copy) }
        if holds("opendocument.spreadsheet") { throw .oldExcel("这是 .ods 表格，无法读取", Self.save) }
        // A damaged workbook is described by the reader.
        guard holds("[Content_Types].xml") else { throw .notExcel("压缩包", Self.unpack) }
    }

    /// Files of old Office versions, and workbooks with a password: the names of their parts are in UTF-16.
    private func oldOffice() throws(Failure) -> Failure {
        let found = try parts(among: ["EncryptedPackage", "WordDocument", "PowerPoint Document", "Workbook", "Book"])
        let holds = found.contains
        if holds("EncryptedPackage") {
            return .oldExcel("这个工作簿加了密码，无法读取", "请在电子表格软件中打开，取消密码，另存为 .xlsx 再上传")
        }
        if holds("WordDocument") { return .notExcel("Word 文档", Self.copy) }
        if holds("PowerPoint Document") { return .notExcel("PowerPoint 演示文稿", Self.copy) }
        if holds("Workbook") || holds("Book") { return .oldExcel("这是旧版 .xls 文件，无法读取", Self.save) }
        return .oldExcel("这是旧版 Office 文件，无法读取", Self.save)
    }

    /// Those of the names that the file contains in UTF-16.
    private func parts(among names: [String]) throws(Failure) -> Set<String> {
        let searched = names.map { (name: $0, bytes: Data($0.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })) }
        let overlap = searched.map(\.bytes.count).max() ?? 0
        var found: Set<String> = []
        for place in stride(from: 0, to: file.size, by: Self.partLength) {
            let part = Data(try file.read(Self.partLength + overlap, at: place))
            for one in searched where part.range(of: one.bytes) != nil { found.insert(one.name) }
        }
        return found
    }

    private var isPicture: Bool {
        let isRIFF = begins("RIFF") && head.dropFirst(8).starts(with: "WEBP".utf8)
        let isHEIC = head.dropFirst(4).starts(with: "ftyp".utf8)
        return begins([0x89, 0x50, 0x4E, 0x47]) || begins([0xFF, 0xD8, 0xFF]) || begins("GIF8")
            || begins([0x49, 0x49, 0x2A, 0x00]) || isBMP || isRIFF || isHEIC
    }

    /// `BM` and the size of the file; a text may begin with these letters too.
    private var isBMP: Bool {
        begins("BM") && file.size > 14
            && head.dropFirst(2).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) } == file.size
    }

    private func begins(_ text: String) -> Bool { begins(Array(text.utf8)) }
    private func begins(_ start: [UInt8]) -> Bool { head.starts(with: start) }
}

extension Failure {
    static let noList = Failure(
        .badInput, "import.no-file", "没有选择名单。请选择填好的 .xlsx 或 .csv 文件再上传。",
        en: "No list was chosen. Choose the filled list, an .xlsx or .csv.")

    static let emptyList = Failure(
        .badInput, "import.empty", "选择的文件是空的（0 字节）。请打开名单核对、保存以后再上传。",
        en: "The file is empty. Open the list, save it and upload it again.")

    /// `what`: what it looks like; `next`: what to do.
    static func notExcel(_ what: String, _ next: String) -> Failure {
        let isLatin = what.utf8.first.map { $0 < 128 } ?? false
        return Failure(
            .badInput, "import.not-excel", "这不是 Excel 文件，实际是\(isLatin ? " " : "")\(what)。\(next)。",
            en: "This is not an .xlsx or .csv. Open the list in a spreadsheet program and save it as .xlsx.")
    }

    /// A spreadsheet that cannot be read.
    static func oldExcel(_ what: String, _ next: String) -> Failure {
        Failure(
            .badInput, "import.old", "\(what)。\(next)。",
            en: "This is a spreadsheet in another format or with a password. Save it as .xlsx without a password.")
    }

    static let tooLargeList = Failure(
        .badInput, "import.too-large", "文件超过 32 MB，没有接收。请删去多余的工作表和图片，或分成几份名单上传。",
        en: "The file has more than 32 MB. Remove unneeded sheets and pictures, or split the list.")
}
