import Foundation
import Hummingbird
import Kernel
import NIOCore

/// A submitted form with a file.
package struct Upload<File: ByteSink>: Sendable {
    package let form: Query
    /// The file's name without a path, at most 100 characters; empty if no file was chosen.
    package let name: String
    /// The sink that received the file.
    package let file: File
}

extension WebRequest {
    /// A submitted form with one file (`multipart/form-data`, RFC 7578). The file is written to a scratch file, which
    /// has no name on the disk. `limit` in bytes.
    ///
    /// Failures: `web.too-large`, `web.broken`, `web.query`; `web.form` if the body is no such form; `file.scratch`.
    package func upload(limit: Int) async throws -> Upload<OpenFile> {
        try await upload(limit: limit, to: try .scratch())
    }

    /// The same, with the file written to `file` as it arrives. Failures: also those of `file`.
    package func upload<File: ByteSink>(limit: Int, to file: File) async throws -> Upload<File> {
        try announced(limit + Multipart<File>.longestRest)
        guard isForm, let type = httpRequest.headers[.contentType], let mark = type.firstRange(of: "boundary=") else {
            throw Failure.noForm
        }
        let boundary = type[mark.upperBound...].prefix { $0 != ";" }.trimmingCharacters(in: ["\"", " "])
        var multipart = try Multipart(boundary: boundary, limit: limit, file)
        try await each { try multipart.take($0.readableBytesView) }
        return try multipart.end()
    }

    /// Writes the whole body to `file` as it arrives. `limit` in bytes.
    ///
    /// Failures: `web.too-large`, `web.broken`, and those of `file`.
    package func receive(limit: Int, to file: some ByteSink) async throws {
        try announced(limit)
        try await each { piece in
            guard file.size + piece.readableBytes <= limit else { throw Failure.tooLarge }
            try file.append(piece.readableBytesView)
        }
    }

    /// Refuses a body whose announced size is too large, before it is received.
    private func announced(_ limit: Int) throws {
        guard let size = httpRequest.headers[.contentLength] else { return }
        guard let size = Int(size), size <= limit else { throw Failure.tooLarge }
    }

    /// Whether the body is a form with a file.
    package var isForm: Bool { httpRequest.headers[.contentType]?.hasPrefix("multipart/form-data") ?? false }

    private func each(_ take: (ByteBuffer) throws -> Void) async throws {
        do {
            for try await piece in httpRequest.body { try take(piece) }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.broken
        }
    }
}

/// Parses a multipart body as it arrives. It accepts what browsers send and refuses the rest.
struct Multipart<File: ByteSink> {
    private enum State {
        case start, head, text(String), file, over
        /// After a boundary: another part follows, or the end.
        case behind
    }

    /// Limits: parts in a body, bytes of one part's head, bytes of all text parts together.
    private static var most: Int { 50 }
    private static var longestHead: Int { 8192 }
    private static var longestText: Int { 65_536 }
    /// The most bytes of a body that do not belong to the file.
    static var longestRest: Int { most * (longestHead + 100) + longestText }

    private let mark: [UInt8]
    private let limit: Int
    private var state = State.start
    private var rest: [UInt8] = []
    private var parts = 0
    private var texts = 0
    private var words: [String: [UInt8]] = [:]
    private var values: [String: [String]] = [:]
    private var name = ""
    private let file: File
    private var hasFile = false

    init(boundary: String, limit: Int, _ file: File) throws {
        guard !boundary.isEmpty, boundary.utf8.count <= 70 else { throw Failure.noForm }
        mark = Array("\r\n--\(boundary)".utf8)
        (self.limit, self.file) = (limit, file)
    }

    mutating func take(_ bytes: some Collection<UInt8>) throws {
        if case .over = state { return }
        rest += bytes
        while try step() {}
    }

    func end() throws -> Upload<File> {
        guard case .over = state else { throw Failure.noForm }
        return Upload(form: try Query(values).checked(), name: name, file: file)
    }

    /// Makes one step; `false` if it needs more bytes.
    private mutating func step() throws -> Bool {
        switch state {
        case .start: return try begin()
        case .behind: return try goOn()
        case .head: return try takeHead()
        case .text, .file: return try takeContent()
        case .over:
            rest = []
            return false
        }
    }

    private mutating func begin() throws -> Bool {
        guard rest.count >= mark.count - 2 else { return false }
        guard rest.starts(with: mark.dropFirst(2)) else { throw Failure.noForm }
        rest.removeFirst(mark.count - 2)
        state = .behind
        return true
    }

    private mutating func goOn() throws -> Bool {
        guard rest.count >= 2 else { return false }
        if rest.starts(with: "--".utf8) {
            state = .over
            return true
        }
        parts += 1
        guard rest.starts(with: "\r\n".utf8), parts <= Self.most else { throw Failure.noForm }
        // The line end is kept, because a head may be empty.
        state = .head
        return true
    }

    private mutating func takeHead() throws -> Bool {
        guard let end = rest.place(of: Array("\r\n\r\n".utf8)) else {
            guard rest.count <= Self.longestHead else { throw Failure.noForm }
            return false
        }
        let head = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeFirst(end + 4)
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
        guard let part = Self.value("name", line) else { throw Failure.noForm }
        if let path = Self.value("filename", line) {
            guard !hasFile else { throw Failure.noForm }
            // A browser may send a whole path; only its last part is used.
            (name, hasFile, state) = (FileName.safe(path), true, .file)
        } else {
            (words[part], state) = ([], .text(part))
        }
        return true
    }

    /// Takes the content up to the next boundary. If there is none yet, takes all that cannot be part of one.
    private mutating func takeContent() throws -> Bool {
        let end = rest.place(of: mark)
        let count = end ?? max(0, rest.count - mark.count + 1)
        try keep(rest[..<count])
        rest.removeFirst(end.map { $0 + mark.count } ?? count)
        if end != nil {
            if case .text(let part) = state {
                values[part, default: []].append(String(decoding: words[part] ?? [], as: UTF8.self))
            }
            state = .behind
        }
        return end != nil
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) throws {
        guard case .text(let part) = state else {
            guard file.size + bytes.count <= limit else { throw Failure.tooLarge }
            return try file.append(bytes)
        }
        texts += bytes.count
        guard texts <= Self.longestText else { throw Failure.tooLarge }
        words[part, default: []] += bytes
    }

    /// The value of `name="…"`. Browsers write `%22` for a quotation mark in it.
    private static func value(_ name: String, _ line: Substring) -> String? {
        guard let start = line.firstRange(of: " \(name)=\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" }).replacing("%22", with: "\"")
    }
}

extension [UInt8] {
    /// The first position of these bytes, which begin with CR.
    fileprivate func place(of other: [UInt8]) -> Int? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var place = 0
            while place + other.count <= bytes.count, let found = memchr(base + place, 13, bytes.count - place) {
                place = UnsafeRawPointer(found) - base
                guard place + other.count <= bytes.count else { return nil }
                if memcmp(base + place, other, other.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
