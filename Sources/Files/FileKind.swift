import Kernel

/// A kind of file: its size limit, where it is stored, and how much one account may send.
package struct FileKind: Sendable {
    /// The most bytes of one file.
    package let largest: Int
    /// Whether it is stored in the database at any size, so that every node and every backup has it.
    let isInDatabase: Bool
    /// Whether it is public. Public files are on the disk in plain text, all others encrypted.
    let isPublic: Bool
    /// The most bytes that one account may send in 24 hours.
    let perDay: Int
    /// The most files that one account may send at once to one node.
    let atOnce: Int

    package init(
        largest: Int, isInDatabase: Bool = false, isPublic: Bool = false, perDay: Int = .max, atOnce: Int = .max
    ) {
        (self.largest, self.isInDatabase, self.isPublic) = (largest, isInDatabase, isPublic)
        (self.perDay, self.atOnce) = (perDay, atOnce)
    }

    /// Lists that officers upload, and files that jobs make.
    package static let list = FileKind(largest: 32 << 20, isInDatabase: true)

    /// The context of the keyed hash: the same bytes as public and as personal file have different hashes.
    var context: String { isPublic ? "file/public" : "file" }
}

extension Failure {
    static func fileTooLarge(_ largest: Int) -> Failure {
        let size = FileSize.text(largest)
        return Failure(
            .badInput, "file.too-large", "文件超过 \(size)，没有接收。请分成几份再上传。",
            en: "The file is larger than \(size) and was not accepted. Send it in parts.")
    }

    /// `seconds`: until so much of the day's allowance is free again; `nil` if the file is larger than all of it.
    static func dayIsUsed(_ most: Int, seconds: Int?) -> Failure {
        let size = FileSize.text(most)
        return Failure(
            .tooMany, "file.day-used", "24 小时内最多上传 \(size)，这个文件会超过，没有接收。请明天再传，或减小文件。",
            en: "At most \(size) may be sent in 24 hours; this file was refused. Send it tomorrow, or a smaller one.",
            retryAfter: seconds)
    }

    static func tooManyAtOnce(_ most: Int) -> Failure {
        Failure(
            .tooMany, "file.at-once", "您有 \(most) 个文件正在上传，这一个没有接收。请等它们传完再传。",
            en: "\(most) of your files are being sent already; this one was not accepted. Send it when they are done.")
    }
}

private enum FileSize {
    static func text(_ bytes: Int) -> String {
        let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
        let unit = units.first { bytes >= $0.0 && bytes % $0.0 == 0 } ?? (1, "B")
        return "\(bytes / unit.0) \(unit.1)"
    }
}
