import Foundation
import Hummingbird
import Kernel
import NIOCore

/// What a form with a file sent.
package struct Upload: Sendable {
    package let form: Query
    /// Empty where no file was chosen.
    package let name: String
    package let bytes: [UInt8]
}

extension Visit {
    /// What a form with one file sent (`multipart/form-data`, RFC 7578). `limit` in bytes.
    ///
    /// Failures: `web.too-large`, `web.broken`, `web.query`; `web.form` where it is no such body.
    package func upload(limit: Int) async throws -> Upload {
        let type = request.headers[.contentType] ?? ""
        guard type.hasPrefix("multipart/form-data"), let mark = type.firstRange(of: "boundary=") else {
            throw Failure.noForm
        }
        let boundary = type[mark.upperBound...].prefix { $0 != ";" }.trimmingCharacters(in: ["\"", " "])
        let body = try await request.whole(upTo: limit + 65_536)
        return try Multipart(boundary: boundary).upload(Data(Array(buffer: body)))
    }
}

/// Reads the parts of a body. Browsers write it; what they do not write is refused.
struct Multipart {
    let boundary: String
    private static let most = 50

    func upload(_ body: Data) throws -> Upload {
        let mark = Data(("--" + boundary).utf8)
        guard !boundary.isEmpty, boundary.utf8.count <= 70, body.starts(with: mark) else { throw Failure.noForm }
        var (words, name, bytes): ([String: [String]], String, [UInt8]) = ([:], "", [])
        var start = body.startIndex + mark.count
        for _ in 0..<Self.most {
            if body[start...].starts(with: Data("--".utf8)) {
                return Upload(form: try Query(words).checked(), name: name, bytes: bytes)
            }
            guard let end = body.range(of: Data("\r\n".utf8) + mark, in: start..<body.endIndex),
                let part = part(body[start..<end.lowerBound])
            else { throw Failure.noForm }
            if let file = part.file {
                (name, bytes) = (file, Array(part.content))
            } else {
                words[part.name, default: []].append(String(decoding: part.content, as: UTF8.self))
            }
            start = end.upperBound
        }
        throw Failure.noForm
    }

    private func part(_ part: Data) -> (name: String, file: String?, content: Data)? {
        guard part.starts(with: Data("\r\n".utf8)), let gap = part.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: part[part.startIndex..<gap.lowerBound], as: UTF8.self)
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
        guard let name = Self.value("name", line) else { return nil }
        // A browser may send a whole path; only the last part is a name.
        let file = Self.value("filename", line).map { String($0.split { $0 == "/" || $0 == "\\" }.last ?? "") }
        return (name, file, part[gap.upperBound...])
    }

    /// The value of `name="…"`, in which browsers write `%22` for a quotation mark.
    private static func value(_ name: String, _ line: Substring) -> String? {
        guard let start = line.firstRange(of: " \(name)=\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" }).replacing("%22", with: "\"")
    }
}
