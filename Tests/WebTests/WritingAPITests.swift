import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Writing requests of programs and their results.
@Suite struct WritingAPITests {
    private static let course = #"{"title":"数据安全","hours":8}"#

    @Test func eachMethodIsCarriedOut() async throws {
        let api = WritingAPI()
        try await api.run { client in
            #expect(try await client.post(Self.course).turn == 1)
            #expect(try await client.send(.post, "/api/v1/courses?dryRun=true", Self.course, key: "a").turn == 2)
            #expect(try await client.send(.put, "/api/v1/courses/2022", Self.course, key: "b").turn == 3)
            #expect(try await client.send(.delete, "/api/v1/courses/2022", "", key: "c", type: nil).turn == 4)
            #expect(try await client.lines("\(Self.course)\n", key: "d").turn == 5)
            let method = try await client.send(.patch, "/api/v1/courses/2022", Self.course)
            #expect(method.status == 405 && method.headers[.allow] == "DELETE, PUT" && method.code == "web.method")
        }
        let done = ["post 数据安全", "post 数据安全 dry", "put 2022 数据安全", "delete 2022", "1:数据安全"]
        #expect(api.done.withLock { $0 } == done)
    }

    // MARK: - Tokens

    @Test func onlyATokenWithThePermissionCanWrite() async throws {
        let api = WritingAPI()
        try await api.run { client in
            let session = [("Cookie", "who=officer")]
            let cases: [(token: String?, headers: [(String, String)], status: Int, code: String)] = [
                (nil, [], 401, "web.token"), (nil, session, 401, "web.token"), ("none", session, 401, "web.token"),
                ("reader", session, 403, "web.permission"),
                (nil, session + [("Sec-Fetch-Site", "same-origin")], 401, "web.token"),
            ]
            for (token, headers, status, code) in cases {
                for method in [HTTPRequest.Method.post, .put, .delete] {
                    let path = "/api/v1/courses" + (method == .post ? "" : "/2022")
                    let response = try await client.send(method, path, Self.course, token: token, headers)
                    #expect(response.status == status && response.code == code, "\(method) \(response)")
                }
            }
            #expect(api.done.withLock { $0 }.isEmpty)
            // A page of another site has no token, and a program may send the headers of a browser.
            let elsewhere = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://example.org")]
            #expect(try await client.post(Self.course, elsewhere).status == 200)
        }
    }

    /// Each token has its own limit, even within one network; wrong tokens are counted by network.
    @Test func eachTokenHasItsOwnLimit() async throws {
        let api = WritingAPI()
        try await api.run { client in
            api.now.withLock { $0 = 600_000 + 17_900 }
            for turn in 1...100 { #expect(try await client.post(Self.course, key: "k\(turn)").status == 200) }
            let over = try await client.post(Self.course, key: "k")
            #expect(over.status == 429 && over.code == "web.too-many" && over.headers[.retryAfter] == "43")
            #expect(try await client.post(Self.course, token: "other").status == 200)
            for _ in 1...100 { #expect(try await client.post(Self.course, token: "none").status == 401) }
            #expect(try await client.post(Self.course, token: "none").status == 429)
            api.now.withLock { $0 += 60_000 }
            #expect(try await client.post(Self.course, key: "k").status == 200)
            #expect(try await client.post(Self.course, token: "none").status == 401)
        }
        #expect(api.done.withLock { $0.count } == 102)
    }

    // MARK: - Bodies

    @Test(
        arguments: [
            (nil, [], 415, "api.content-type"), ("text/plain", [], 415, "api.content-type"),
            ("application/x-www-form-urlencoded", [], 415, "api.content-type"),
            ("application/x-ndjson", [], 415, "api.content-type"), ("application/jsonp", [], 415, "api.content-type"),
            ("application/json; charset=GBK", [], 415, "api.charset"),
            ("application/json;charset=utf-16", [], 415, "api.charset"),
            ("application/json", [("Content-Encoding", "gzip")], 415, "api.encoding"),
            ("application/json", [("Content-Encoding", "identity")], 200, ""),
            ("application/json;charset=UTF-8", [], 200, ""), ("Application/JSON; charset=\"utf-8\"", [], 200, ""),
            ("application/json; charset=utf8", [], 200, ""), ("application/json; version=1", [], 200, ""),
        ] as [(String?, [(String, String)], Int, String)])
    func otherTypesAreRefused(type: String?, headers: [(String, String)], status: Int, code: String) async throws {
        try await WritingAPI().run { client in
            let response = try await client.post(Self.course, type: type, headers)
            #expect(response.status == status && response.code == code, "\(response)")
            #expect(code.isEmpty || response.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        }
    }

    @Test(arguments: [
        ("", "api.json"), ("[]", "api.field"), ("{", "api.json"), ("\"x\"", "api.field"), ("null", "api.field"),
        (#"{"title":"x"}"#, "api.field"), (#"{"title":"x","hours":null}"#, "api.field"),
        (#"{"title":"x","hours":"8"}"#, "api.field"), (#"{"title":"x","hours":1e9999}"#, "api.field"),
        (#"{"title":"x","hours":8,"hours":80}"#, "api.json"), (#"{"title":"x","hours":8,"admin":true}"#, "api.field"),
        (#"{"title":"x","hours":8,"__proto__":{}}"#, "api.field"), (#"{"title":"x\u0000","hours":8}"#, "api.json"),
        (#"{"title":"x","hours":8}{"title":"y","hours":8}"#, "api.json"),
        ("{\"title\":" + String(repeating: "[", count: 60_000), "api.json"),
        (#"{"title":"x","hours":8,"facts":{"a":{"b":1}}}"#, "api.field"),
    ])
    func invalidValuesAreRefused(body: String, code: String) async throws {
        let api = WritingAPI()
        try await api.run { client in
            let response = try await client.post(body)
            #expect(response.status == 400 && response.code == code, "\(response)")
            // Nothing was done, and the key is unused.
            #expect(try await client.post(Self.course).status == 200)
        }
        #expect(api.done.withLock { $0 } == ["post 数据安全"])
    }

    @Test func theSizeIsLimited() async throws {
        try await WritingAPI().run { client in
            let long = { (count: Int) in #"{"title":"\#(String(repeating: "x", count: count))","hours":8}"# }
            #expect(try await client.post(long(65_000)).status == 200)
            let large = try await client.post(long(70_000), key: "b")
            #expect(large.status == 413 && large.code == "web.too-large")
            let line = try await client.lines(long(10 << 20))
            #expect(line.status == 413 && line.code == "api.line-too-long" && line.detail.contains("第 1 行"))
            let list = try await client.lines(String(repeating: long(60_000) + "\n", count: 600))
            #expect(list.status == 413 && list.code == "web.too-large")
            let many = try await client.lines(String(repeating: Self.course + "\n", count: WritingAPI.most + 1))
            #expect(many.status == 413 && many.code == "api.too-many-lines")
        }
    }

    /// A byte order mark and `null` for missing fields, as Java programs write them.
    @Test func byteOrderMarksAndNullsAreAccepted() async throws {
        try await WritingAPI().run { client in
            let marked = try await client.post("\u{FEFF}" + Self.course, key: "a")
            let nulls = try await client.post(#"{"title":"x","hours":8,"note":null,"facts":null}"#, key: "b")
            let lines = try await client.lines("\u{FEFF}\(Self.course)\n", key: "c")
            #expect([marked, nulls, lines].map(\.status) == [200, 200, 200])
        }
    }
}
