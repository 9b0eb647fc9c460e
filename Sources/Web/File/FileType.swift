import Kernel

/// The media type of a file. Browsers execute none of these types.
package enum FileType: String, Sendable, CaseIterable {
    case pdf = "application/pdf"
    case xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case csv = "text/csv; charset=utf-8"
    case zip = "application/zip"
    case json = "application/json"
    case png = "image/png"
    case jpeg = "image/jpeg"
    case mp4 = "video/mp4"
    case webm = "video/webm"
    case binary = "application/octet-stream"

    /// By the extension of a file's name.
    package init(name: String) {
        let ending = "." + (name.split(separator: ".").last?.lowercased() ?? "")
        self = Self.allCases.first { $0.ending == ending } ?? (ending == ".jpeg" ? .jpeg : .binary)
    }

    /// By the first bytes (12 are enough); `nil` if they match no type that users upload as document, picture or video.
    package init?(head: [UInt8]) {
        let starts: [(FileType, [UInt8])] = [
            (.pdf, Array("%PDF-".utf8)), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            (.jpeg, [0xFF, 0xD8, 0xFF]), (.webm, [0x1A, 0x45, 0xDF, 0xA3]),
        ]
        let isMP4 = head.dropFirst(4).starts(with: "ftyp".utf8)
        guard let type = isMP4 ? .mp4 : starts.first(where: { head.starts(with: $0.1) })?.0 else { return nil }
        self = type
    }

    /// The type of an upload. Failure: `web.file-type` if it is not one of `types`.
    package static func of(_ head: [UInt8], among types: Set<FileType>) throws(Failure) -> FileType {
        guard let type = FileType(head: head), types.contains(type) else { throw .otherType }
        return type
    }

    /// The extension, such as `.pdf`.
    var ending: String {
        switch self {
        case .pdf: ".pdf"
        case .xlsx: ".xlsx"
        case .csv: ".csv"
        case .zip: ".zip"
        case .json: ".json"
        case .png: ".png"
        case .jpeg: ".jpg"
        case .mp4: ".mp4"
        case .webm: ".webm"
        case .binary: ".bin"
        }
    }

    /// Whether a browser can show it safely.
    var mayBeShown: Bool { [.png, .jpeg, .mp4, .webm].contains(self) }
}

/// Names of uploaded and downloaded files.
enum FileName {
    /// In Unicode scalars, because one character may have any number of them.
    private static let longest = 100

    /// The field `Content-Disposition` (RFC 6266), with an ASCII name for clients that do not read UTF-8 in it.
    static func disposition(_ name: String, _ type: FileType, isInline: Bool = false) -> String {
        let encoded = Link.encoded(safe(name))
        return "\(isInline ? "inline" : "attachment"); filename=\"file\(type.ending)\"; filename*=UTF-8''\(encoded)"
    }

    /// The last part of a path without invisible characters and direction marks. A long name keeps its extension. Empty
    /// if nothing is left.
    static func safe(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map { String($0).visible } ?? ""
        let seen = last.unicodeScalars.filter { $0.value >= 32 }.drop { $0 == " " || $0 == "." }
        let scalars = Array(seen)
        guard scalars.count > longest else { return Self.text(scalars[...]) }
        let dot = scalars.lastIndex(of: ".") ?? scalars.endIndex
        let ending = scalars.count - dot <= 6 ? scalars[dot...] : []
        return Self.text(scalars.prefix(longest - ending.count) + ending)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}

extension Failure {
    static let otherType = Failure(
        .badInput, "web.file-type", "文件内容不是这里可以上传的类型，可能是改了名的其他文件。请按页面上写明的格式另存以后再上传。",
        en: "The content of the file has a type that is not accepted here. Save it in a type that the page names.")
}
