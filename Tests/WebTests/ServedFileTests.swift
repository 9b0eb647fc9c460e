import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Testing

@testable import Web

/// Ranges, conditions, names and types of files by RFC 9110 and RFC 6266.
@Suite struct ServedFileTests {
    private static let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 3) }
    private static let path: Path<String> = Path("/files/{}")

    private static func site() throws -> Site {
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(.sample)
        parts.routes = [
            .get(path, .everyone) { _, name in
                let all = name == "empty.pdf" ? [] : bytes
                return .file(
                    ServedFile(
                        names[name] ?? name, type: FileType(name: name), size: all.count, tag: "abc1",
                        isInline: true, isPublic: name == "open.mp4"
                    ) { range in
                        if name == "lost.pdf" { throw Failure.noScratch }
                        return Array(all[range].prefix(64))
                    })
            }
        ]
        return try Site(parts, views: Views([WebResources.views], assets), assets: assets)
    }

    private static let names = ["attack": attack, "chinese.pdf": "学时.pdf"]
    private static let attack =
        "..\\..\\a/\u{202E}\"\r\nSet-Cookie: a=b\r\n" + String(repeating: "证", count: 300) + ".pdf"

    private func ask(
        _ headers: HTTPFields = [:], _ name: String = "a.pdf", _ method: HTTPRequest.Method = .get
    ) async throws -> (status: Int, headers: HTTPFields, body: [UInt8]) {
        let app = Application(router: try Self.site().router())
        return try await app.test(.router) { client in
            try await client.execute(uri: "/files/\(name)", method: method, headers: headers) {
                ($0.status.code, $0.headers, Array($0.body.readableBytesView))
            }
        }
    }

    // MARK: - Ranges

    /// The field of the request, and the status and bytes of the response.
    private static let ranges: [(field: String, status: Int, bytes: Range<Int>)] = [
        ("bytes=0-99", 206, 0..<100), ("bytes=0-0", 206, 0..<1), ("bytes=999-", 206, 999..<1000),
        ("bytes=100-", 206, 100..<1000), ("bytes=900-5000", 206, 900..<1000), ("BYTES=1-2", 206, 1..<3),
        ("bytes=0-99999999999999999999999", 206, 0..<1000), ("bytes= 5-9 ", 206, 5..<10),
        // Suffix ranges.
        ("bytes=-1", 206, 999..<1000), ("bytes=-64", 206, 936..<1000), ("bytes=-5000", 206, 0..<1000),
        ("bytes=-99999999999999999999999", 206, 0..<1000),
        // Outside of the file.
        ("bytes=1000-", 416, 0..<0), ("bytes=1000-2000", 416, 0..<0), ("bytes=-0", 416, 0..<0),
        ("bytes=99999999999999999999999-", 416, 0..<0),
        // Malformed, another unit, or several ranges: the whole file.
        ("bytes=9-5", 200, 0..<1000), ("bytes=-", 200, 0..<1000), ("bytes=", 200, 0..<1000), ("bytes", 200, 0..<1000),
        ("bytes=a-b", 200, 0..<1000), ("bytes=1-2-3", 200, 0..<1000), ("bytes=+1-2", 200, 0..<1000),
        ("items=0-1", 200, 0..<1000), ("bytes=0-1,5-6", 200, 0..<1000), ("bytes=0-1, -1", 200, 0..<1000),
        ("bytes=0x1-2", 200, 0..<1000), ("bytes=１-２", 200, 0..<1000),
    ]

    @Test(arguments: ranges.indices) func aRangeReturnsItsBytes(_ index: Int) async throws {
        let (field, status, range) = Self.ranges[index]
        let found = try await ask([.range: field])
        #expect(found.status == status, "\(field)")
        guard status != 416 else {
            #expect(found.headers[.contentRange] == "bytes */1000")
            #expect(String(decoding: found.body, as: UTF8.self).contains("1000 字节"))
            return
        }
        #expect(found.body == Array(Self.bytes[range]), "\(field)")
        #expect(found.headers[.contentLength] == "\(range.count)")
        let told = status == 206 ? "bytes \(range.lowerBound)-\(range.upperBound - 1)/1000" : nil
        #expect(found.headers[.contentRange] == told)
        #expect(found.headers[.acceptRanges] == "bytes" && found.headers[.eTag] == "\"abc1\"")
    }

    /// A thousand overlapping ranges return the whole file once.
    @Test func manyRangesReturnTheWholeFile() async throws {
        let field = "bytes=" + (0..<1000).map { "\($0)-" }.joined(separator: ",")
        let found = try await ask([.range: field])
        #expect(found.status == 200 && found.body.count == 1000)
    }

    @Test(arguments: [("bytes=0-", 416), ("bytes=-5", 200), ("", 200)])
    func anEmptyFileHasNoRange(_ field: String, _ status: Int) async throws {
        let found = try await ask(field.isEmpty ? [:] : [.range: field], "empty.pdf")
        #expect(found.status == status && (status == 416 || found.body.isEmpty))
    }

    /// A part is returned only if the client has the same version.
    @Test(arguments: [
        ("\"abc1\"", 206), ("\"abc2\"", 200), ("W/\"abc1\"", 200), ("Thu, 26 Nov 2026 10:00:00 GMT", 200), ("", 200),
    ])
    func ifRangeAppliesToTheSameBytesOnly(_ tag: String, _ status: Int) async throws {
        #expect(try await ask([.range: "bytes=0-9", .ifRange: tag]).status == status)
    }

    @Test(arguments: [
        ("\"abc1\"", 304), ("W/\"abc1\"", 304), ("\"x\", \"abc1\"", 304), ("*", 304), ("\"abc2\"", 200), ("abc1", 200),
    ])
    func aCurrentCopyIsNotSentAgain(_ tag: String, _ status: Int) async throws {
        let found = try await ask([.ifNoneMatch: tag, .range: "bytes=0-9"])
        #expect(found.status == (status == 200 ? 206 : 304) && found.headers[.eTag] == "\"abc1\"")
        #expect(status == 200 || found.body.isEmpty)
    }

    /// HEAD returns the headers of GET for the whole file; ranges apply only to GET.
    @Test func headReturnsTheHeadersOfTheFile() async throws {
        let found = try await ask([.range: "bytes=0-9"], "a.pdf", .head)
        #expect(found.status == 200 && found.body.isEmpty && found.headers[.contentLength] == "1000")
        #expect(found.headers[.contentRange] == nil && found.headers[.acceptRanges] == "bytes")
    }

    @Test func aLostFileReturnsAFailurePage() async throws {
        let found = try await ask([:], "lost.pdf")
        #expect(found.status == 503 && String(decoding: found.body, as: UTF8.self).contains("file.scratch"))
        #expect(found.headers[.contentDisposition] == nil)
    }

    // MARK: - Names and types

    @Test func aChineseNameIsKept() async throws {
        let found = try await ask([:], "chinese.pdf")
        let told = "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%AD%A6%E6%97%B6.pdf"
        #expect(found.headers[.contentDisposition] == told)
        #expect(found.headers[.contentType] == "application/pdf" && found.headers[.cacheControl] == "no-store")
        #expect(found.headers[HTTPField.Name("X-Content-Type-Options")!] == "nosniff")
    }

    /// A name with a path, direction marks, line breaks and too many characters.
    @Test func aHostileFileNameIsCleaned() async throws {
        let found = try await ask([:], "attack")
        let told = try #require(found.headers[.contentDisposition]?.split(separator: "''").last)
        let name = try #require(String(told).removingPercentEncoding)
        #expect(name == "\"Set-Cookie: a=b" + String(repeating: "证", count: 80) + ".pdf")
        #expect(found.headers[.setCookie] == nil && told.allSatisfy(\.isASCII))
    }

    @Test(arguments: [
        ("a.html", "application/octet-stream", "attachment"), ("a.svg", "application/octet-stream", "attachment"),
        ("a.pdf", "application/pdf", "attachment"), ("a.png", "image/png", "inline"),
        ("a.JPEG", "image/jpeg", "inline"),
        ("open.mp4", "video/mp4", "inline"), ("a.pdf.exe", "application/octet-stream", "attachment"),
        ("a.js", "application/octet-stream", "attachment"), ("a.xml", "application/octet-stream", "attachment"),
    ])
    func scriptableFilesAreServedAsDownloads(_ name: String, _ type: String, _ way: String) async throws {
        let found = try await ask([:], name)
        #expect(found.headers[.contentType] == type)
        #expect(found.headers[.contentDisposition]?.hasPrefix(way + ";") == true)
        #expect((found.headers[.cacheControl] == "public, max-age=3600") == (name == "open.mp4"))
    }

    /// The type is determined by the first bytes; HTML is none of the known types.
    @Test func theTypeIsDeterminedByTheFirstBytes() throws {
        let mp4: [UInt8] = [0, 0, 0, 32] + Array("ftypisom".utf8)
        let known: [(FileType, [UInt8])] = [
            (.pdf, Array("%PDF-1.7".utf8)), (.png, [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0]),
            (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0]), (.mp4, mp4), (.webm, [0x1A, 0x45, 0xDF, 0xA3]),
        ]
        for (type, head) in known { #expect(try FileType.of(head, among: Set(FileType.allCases)) == type) }
        let others: [String] = ["<!DOCTYPE html>", "<svg xmlns=", "GIF89a", "", "%PD", "\u{FEFF}<html>", "MZ"]
        for text in others {
            let failure = #expect(throws: Failure.self) {
                try FileType.of(Array(text.utf8), among: Set(FileType.allCases))
            }
            #expect(failure?.code == "web.file-type", "\(text)")
        }
        #expect(throws: Failure.otherType) { try FileType.of(mp4, among: [.pdf, .png]) }
    }

    @Test(arguments: [
        ("a.pdf", "a.pdf"), ("C:\\Users\\张\\证书.pdf", "证书.pdf"), ("../../etc/passwd", "passwd"), ("...", ""),
        ("a\u{200B}b\u{202E}fdp.exe", "abfdp.exe"), ("/", ""), (".htaccess", "htaccess"), ("a\nb", "ab"),
        (String(repeating: "长", count: 300) + ".xlsx", String(repeating: "长", count: 95) + ".xlsx"),
        (String(repeating: "e\u{301}", count: 300), String(repeating: "e\u{301}", count: 50)),
    ])
    func aDownloadNameIsMadeSafe(_ name: String, _ safe: String) {
        #expect(FileName.safe(name) == safe)
    }
}
