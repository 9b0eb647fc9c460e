import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// The media type of a request's or response's body.
enum APIMediaType: String {
    case json = "application/json"
    /// One JSON value a line.
    case lines = "application/x-ndjson"
}

extension WebRequest {
    /// The body of the request, decoded from JSON.
    ///
    /// Failures: `api.content-type`, `api.charset`, `api.encoding`, `web.too-large`, `web.broken`, `api.json`,
    /// `api.field`.
    func json<Body: Decodable>(_ schema: JSONSchema) async throws -> Body {
        try httpRequest.check(.json)
        let buffer = try await httpRequest.whole(upTo: APIEndpoint.largest)
        return try schema.read(Array(buffer.readableBytesView).withoutMark)
    }

    /// The lines of the request's body. They are received whole and checked one by one, so a list with a bad line
    /// changes nothing. `limit`: the most lines.
    ///
    /// Failures: those of ``json(_:)``; `api.line-too-long`, `api.too-many-lines`, `file.scratch`.
    func lines<Row: Codable & Sendable>(_ schema: JSONSchema, limit: Int) async throws -> NDJSONLines<Row> {
        try httpRequest.check(.lines)
        let file = try OpenFile.scratch()
        do {
            for try await piece in httpRequest.body {
                guard file.size + piece.readableBytes <= APIEndpoint.largestList else { throw Failure.tooLarge }
                try file.append(piece.readableBytesView)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.broken
        }
        return try NDJSONLines(file, schema, limit: limit)
    }
}

extension JSONSchema {
    /// `line`: the line number in NDJSON. Failures: `api.json`, `api.field`.
    func read<Body: Decodable>(_ bytes: [UInt8], line: Int? = nil) throws -> Body {
        do {
            let tree = try JSONReader.read(bytes)
            if let fault = fault(in: tree) { throw fault }
            return try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch let fault as JSONReader.Fault {
            throw Failure.badJSON(fault, line: line)
        } catch let fault as Fault {
            throw Failure.badField(fault, line: line)
        }
    }
}

extension [UInt8] {
    /// Without the byte order mark that some programs put before UTF-8.
    var withoutMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}

extension Request {
    /// Failures: `api.content-type`, `api.charset`, `api.encoding`.
    fileprivate func check(_ type: APIMediaType) throws {
        let parts = (headers[.contentType] ?? "").lowercased().split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.first == type.rawValue else { throw Failure.otherType(type.rawValue) }
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        guard [nil, "utf-8", "utf8", "\"utf-8\""].contains(charset.map(String.init)) else { throw Failure.otherCharset }
        guard [nil, "", "identity"].contains(headers[.contentEncoding]?.lowercased()) else {
            throw Failure.otherEncoding
        }
    }
}

extension Failure {
    static func otherType(_ type: String = "") -> Failure {
        Failure(
            .otherType, "api.content-type", "内容的类型不对，没有处理。请在请求头里写 Content-Type: \(type)，并按这种格式发送。",
            en: "The content has another type and was not accepted. Send \(type), and say so in Content-Type.")
    }

    static let otherCharset = Failure(
        .otherType, "api.charset", "内容的字符集不是 UTF-8，没有处理。请改用 UTF-8 编码再发。",
        en: "The content is not in UTF-8 and was not accepted. Send UTF-8.")

    static let otherEncoding = Failure(
        .otherType, "api.encoding", "内容经过压缩（Content-Encoding），没有处理。请不压缩，直接发送。",
        en: "The content is compressed and was not accepted. Send it as it is, without Content-Encoding.")
}
