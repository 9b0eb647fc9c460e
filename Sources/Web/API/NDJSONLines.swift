import Crypto
import Foundation
import Kernel

/// The lines of an NDJSON body, one JSON value each, in a scratch file. Memory does not grow with the file.
package struct NDJSONLines<Row: Codable & Sendable>: Sendable {
    private let file: OpenFile
    private let schema: JSONSchema
    /// A hash of the rows and their line numbers. White space and the order of fields make no difference.
    let digest: String
    package let count: Int

    /// Checks every line. Failures: `api.json`, `api.field`, `api.line-too-long`, `api.too-many-lines`, `file.scratch`.
    init(_ file: OpenFile, _ schema: JSONSchema, limit: Int) throws {
        (self.file, self.schema) = (file, schema)
        var (hash, count) = (SHA256(), 0)
        try Self.each(file, schema) { number, row in
            count += 1
            guard count <= limit else { throw Failure.tooManyLines(limit) }
            hash.update(data: Data("\(number) ".utf8) + (try JSONValue.encoder.encode(row)))
        }
        guard count > 0 else { throw Failure.badJSON() }
        (digest, self.count) = (hash.finalize().hexadecimal, count)
    }

    /// Calls `take` with each row and its line number, from 1. Blank lines are skipped. An error of `take` ends the
    /// loop.
    package func each(_ take: (Int, Row) throws -> Void) throws { try Self.each(file, schema, take) }

    private static func each(_ file: OpenFile, _ schema: JSONSchema, _ take: (Int, Row) throws -> Void) throws {
        var reader = LineReader(file)
        while let line = try reader.next() {
            try take(line.number, schema.read(line.bytes, line: line.number))
        }
    }
}

/// Reads lines that end in LF or CRLF; the last may end without. Blank lines are skipped.
private struct LineReader {
    private let file: OpenFile
    private var (place, number) = (0, 0)
    private var held: ArraySlice<UInt8> = []
    private var isEnded = false
    private static let block = 65_536

    init(_ file: OpenFile) { self.file = file }

    /// `nil` at the end. Failures: `api.line-too-long`, `file.scratch`.
    mutating func next() throws -> (number: Int, bytes: [UInt8])? {
        while let line = try line() {
            number += 1
            let bytes = number == 1 ? line.withoutMark : line
            if bytes.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) { return (number, bytes) }
        }
        return nil
    }

    private mutating func line() throws -> [UInt8]? {
        var looked = held.startIndex
        while true {
            if let end = held[looked...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { held = held[(end + 1)...] }
                return Array(held[..<end])
            }
            guard held.count <= APIEndpoint.largest else { throw Failure.lineTooLong(number + 1) }
            if isEnded {
                defer { held = [] }
                return held.isEmpty ? nil : Array(held)
            }
            let bytes = try file.read(Self.block, at: place)
            place += bytes.count
            isEnded = bytes.isEmpty
            held = ArraySlice(Array(held) + bytes)
            looked = held.startIndex
        }
    }
}

extension Failure {
    static func lineTooLong(_ line: Int = 0) -> Failure {
        Failure(
            .tooLarge, "api.line-too-long", "第 \(line) 行超过 \(APIEndpoint.largest / 1024) KB。没有登记任何内容，请缩短或分成几行再发。",
            en: "Line \(line) is too long. Nothing was done; send shorter lines.")
    }

    static func tooManyLines(_ limit: Int = 0) -> Failure {
        Failure(
            .tooLarge, "api.too-many-lines", "内容超过 \(limit) 行。没有登记任何内容，请分成几次发送，每次用新的 Idempotency-Key。",
            en: "There are more than \(limit) lines. Nothing was done; send them in parts, each with a key of its own.")
    }
}
