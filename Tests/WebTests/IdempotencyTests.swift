import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Idempotency keys, and NDJSON requests and responses.
@Suite struct IdempotencyTests {
    private static let course = #"{"title":"数据安全","hours":8}"#

    @Test func theSameRequestHasTheSameResponse() async throws {
        let api = WritingAPI()
        try await api.run { client in
            let first = try await client.post(Self.course)
            #expect(first.turn == 1 && !first.isReplayed)
            // White space, the order of fields, `null` for missing fields and escapes in texts make no difference.
            let same = [
                Self.course, "{ \"hours\" : 8,\n\"title\":\"数据安全\"}", #"{"note":null,"title":"数据安全","hours":8}"#,
                #"{"title":"\u6570据安全","hours":8}"#, "\u{FEFF}" + Self.course,
            ]
            for body in same {
                let again = try await client.post(body)
                #expect(again.turn == 1 && again.isReplayed && again.text == first.text, "\(body)")
            }
            #expect(try await client.post(Self.course, key: "\"k\"").isReplayed)
            #expect(try await client.post(Self.course, token: "other").turn == 2)
        }
    }

    @Test func anotherRequestWithTheSameKeyIsRefused() async throws {
        let api = WritingAPI()
        try await api.run { client in
            _ = try await client.post(Self.course)
            let others: [(HTTPRequest.Method, String, String)] = [
                (.post, "/api/v1/courses", #"{"title":"数据安全","hours":80}"#),
                (.post, "/api/v1/courses", #"{"title":"数据安全","hours":8,"note":""}"#),
                (.post, "/api/v1/courses", #"{"title":"数据安全 ","hours":8}"#),
                (.post, "/api/v1/courses?dryRun=true", Self.course), (.put, "/api/v1/courses/2022", Self.course),
                (.delete, "/api/v1/courses/2022", ""),
            ]
            for (method, path, body) in others {
                let response = try await client.send(method, path, body)
                #expect(response.status == 422 && response.code == "api.key-reused", "\(method) \(path) \(body)")
            }
            #expect(try await client.lines(Self.course).code == "api.key-reused")
        }
        #expect(api.done.withLock { $0.count } == 1)
    }

    @Test func aKeyIsRequiredAndPlain() async throws {
        try await WritingAPI().run { client in
            #expect(try await client.post(Self.course, key: nil).code == "api.key-missing")
            #expect(try await client.send(.delete, "/api/v1/courses/2022", "", key: nil).status == 400)
            let bad = ["", "\"\"", "a b", "学时", "a\"b", "a\\b", String(repeating: "x", count: 256)]
            for key in bad {
                let response = try await client.post(Self.course, key: key)
                #expect(response.status == 400 && response.code == "api.key", "\(key)")
            }
            #expect(try await client.post(Self.course, [("Idempotency-Key", "z")]).code == "api.key")
            #expect(try await client.post(Self.course, key: String(repeating: "x", count: 255)).status == 200)
        }
    }

    /// A request during the work is refused as running; after a failure the key can be used again.
    @Test func aRunningRequestIsRefusedAndAFailedOneReleasesTheKey() async throws {
        let (held, hold) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let fails = Mutex(true)
        let api = WritingAPI { course in
            if course.title == "wait" {
                begin.finish()
                for await _ in held {}
            } else if fails.withLock({ $0 }) {
                throw Failure(.refused, "test.refused", "不行。", en: "No.")
            }
        }
        try await api.run { client in
            let wait = #"{"title":"wait","hours":1}"#
            let first = Task { try await client.post(wait) }
            for await _ in begun {}
            let running = try await client.post(wait)
            #expect(running.status == 409 && running.code == "api.key-running")
            #expect(running.headers[.retryAfter] == "5")
            #expect(try await client.post(Self.course).code == "api.key-reused")
            hold.finish()
            #expect(try await first.value.turn == 1)
            #expect(try await client.post(wait).isReplayed)
            let failed = try await client.post(Self.course, key: "f")
            #expect(failed.status == 422 && failed.code == "test.refused")
            fails.withLock { $0 = false }
            #expect(try await client.post(#"{"title":"y","hours":1}"#, key: "f").turn == 2)
        }
    }

    // MARK: - Lines

    @Test func linesMayEndInAnyWay() async throws {
        let api = WritingAPI()
        let (one, two) = (#"{"title":"a","hours":1}"#, #"{"hours":2,"title":"b"}"#)
        try await api.run { client in
            let texts = ["\(one)\n\(two)\n", "\(one)\n\(two)", "\(one)\r\n\(two)\r\n", "\(one)\r\n\(two)"]
            for (turn, text) in texts.enumerated() { _ = try await client.lines(text, key: "\(turn)") }
            _ = try await client.lines("\(two)\n\n  \r\n\(one)\n\n", key: "x")
        }
        #expect(api.done.withLock { $0 } == Array(repeating: "1:a 2:b", count: 4) + ["1:b 4:a"])
    }

    @Test func aBadLineIsReportedAndNothingIsDone() async throws {
        let api = WritingAPI()
        try await api.run { client in
            let cases: [(String, String, String)] = [
                ("\(Self.course)\n{\"title\":\n", "api.json", "第 2 行第 10 个字符"),
                ("\(Self.course)\n\n{\"title\":1,\"hours\":1}", "api.field", "第 3 行字段 title "),
                ("\(Self.course)\n\(Self.course.dropLast())", "api.json", "第 2 行"),
                ("[\(Self.course),\n\(Self.course)]", "api.json", "第 1 行"), ("", "api.json", "第 1 行"),
                ("\n \n", "api.json", "第 1 行"), ("\(Self.course)\r\(Self.course)", "api.json", "第 1 行"),
                ("\(Self.course) \(Self.course)", "api.json", "后面还有多余的内容"),
            ]
            for (text, code, words) in cases {
                let response = try await client.lines(text)
                #expect(response.status == 400 && response.code == code, "\(text): \(response)")
                #expect(response.detail.contains(words), "\(response.detail)")
            }
        }
        #expect(api.done.withLock { $0 }.isEmpty)
    }

    /// Lines that differ only in spaces are the same request; another order of lines is another request.
    @Test func linesThatDifferOnlyInSpacesAreTheSameRequest() async throws {
        let (one, two) = (#"{"title":"a","hours":1}"#, #"{"title":"b","hours":2}"#)
        try await WritingAPI().run { client in
            _ = try await client.lines("\(one)\n\(two)\n")
            #expect(try await client.lines("\(one)\r\n {\"hours\":2, \"title\":\"b\"}").isReplayed)
            #expect(try await client.lines("\(two)\n\(one)\n").code == "api.key-reused")
            #expect(try await client.lines("\(one)\n").code == "api.key-reused")
        }
    }

    @Test func rowsAreReadAsLines() async throws {
        try await WritingAPI().run { client in
            let path = "/api/v1/courses/lines?count="
            let response = try await client.send(.get, path + "2500", "", token: "reader", type: nil)
            let lines = response.text.split(separator: "\n").map { Data($0.utf8) }
            let rows = try lines.map { try JSONDecoder().decode(WritingAPI.Course.self, from: $0) }
            #expect(rows.count == 2500 && rows.last == WritingAPI.Course("课程 2499", 2499))
            #expect(response.headers[.contentType] == "application/x-ndjson" && response.text.hasSuffix("\n"))
            #expect(try await client.send(.get, "/api/v1/courses/lines", "", type: nil).text.isEmpty)
            #expect(try await client.send(.get, path + "x", "", type: nil).code == "web.query")
            #expect(try await client.send(.get, path + "1", "", token: nil, type: nil).status == 401)
        }
    }
}
