import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization

@testable import Web

/// A store of responses in memory, as for one node.
final class MemoryResponses: ResponseStore {
    private struct Held {
        let request: String
        var isRunning = true
        var response: [UInt8]?
    }

    private let held = Mutex<[[String]: Held]>([:])
    private let failures = Mutex(0)
    /// A value for each renewal of a lease.
    let renewals: AsyncStream<Void>
    private let renewed: AsyncStream<Void>.Continuation
    let renewal = Duration.milliseconds(1)

    init() { (renewals, renewed) = AsyncStream.makeStream() }

    /// The next calls of ``finish(_:turn:response:)`` fail.
    func failToFinish(times: Int) { failures.withLock { $0 = times } }

    func begin(_ claim: IdempotencyClaim) async throws -> IdempotencyState {
        held.withLock { held in
            let key = [claim.token, claim.key]
            if let known = held[key] {
                if known.request != claim.request { return .otherRequest }
                if let response = known.response { return .completed(response) }
                if known.isRunning { return .running }
            }
            held[key] = Held(request: claim.request)
            return .begun(turn: [1])
        }
    }

    func renew(_ claim: IdempotencyClaim, turn: [UInt8]) async throws { renewed.yield() }

    func finish(_ claim: IdempotencyClaim, turn: [UInt8], response: [UInt8]) async throws {
        try Task.checkCancellation()
        let fails = failures.withLock { failures in
            failures -= 1
            return failures >= 0
        }
        if fails { throw Failure(.unavailable, "test.down", "数据库停了。", en: "The database is down.") }
        held.withLock { $0[[claim.token, claim.key]]?.response = response }
    }

    func endLease(_ claim: IdempotencyClaim, turn: [UInt8]) async throws {
        held.withLock { $0[[claim.token, claim.key]]?.isRunning = false }
    }

    func release(_ claim: IdempotencyClaim, turn: [UInt8]) async throws {
        held.withLock { _ = $0.removeValue(forKey: [claim.token, claim.key]) }
    }
}

/// A site whose API writes courses into memory.
final class WritingAPI: Sendable {
    struct Course: Codable, Sendable, Equatable {
        let title: String
        let hours: Int
        let note: String?
        let facts: [String: String]?

        init(_ title: String, _ hours: Int) { (self.title, self.hours, note, facts) = (title, hours, nil, nil) }
    }

    struct Receipt: Codable, Sendable {
        let turn: Int
        let done: String
    }

    /// The finished work in order.
    let done = Mutex<[String]>([])
    /// Called during the work on a course.
    let during: @Sendable (Course) async throws -> Void
    let now = Mutex(0)
    let responses: MemoryResponses
    /// Further endpoints.
    private let more: [APIEndpoint]

    init(
        _ more: [APIEndpoint] = [], responses: MemoryResponses = MemoryResponses(),
        during: @escaping @Sendable (Course) async throws -> Void = { _ in }
    ) {
        (self.more, self.responses, self.during) = (more, responses, during)
    }

    private static let courses: Path<> = Path("/api/v1/courses")
    private static let course = Path<Year>("/api/v1/courses/{}")
    private static let lines: Path<> = Path("/api/v1/courses/lines")
    static let most = 1000

    private func add(_ words: String) -> Receipt {
        done.withLock { done in
            done.append(words)
            return Receipt(turn: done.count, done: words)
        }
    }

    private var endpoints: [APIEndpoint] {
        [
            .write(.post, Self.courses, "Adds one.", permission: "write", words: [.flag("dryRun", "Only looks.")]) {
                (request: WebRequest, course: Course) in
                try await self.during(course)
                return self.add("post \(course.title)\(request.query["dryRun"] == "true" ? " dry" : "")")
            },
            .write(.put, Self.course, names: ["course"], "Replaces one.", permission: "write") {
                (_: WebRequest, course: Course, year: Year) in self.add("put \(year) \(course.title)")
            },
            .delete(Self.course, names: ["course"], "Removes one.", permission: "write") {
                (_: WebRequest, year: Year) in
                self.add("delete \(year)")
            },
            .writeLines(Self.lines, "Adds many.", permission: "write", limit: Self.most) {
                (_: WebRequest, courses: NDJSONLines<Course>) in
                var texts: [String] = []
                try courses.each { texts.append("\($0):\($1.title)") }
                return self.add(texts.count > 3 ? "\(texts.count)" : texts.joined(separator: " "))
            },
            .getLines(Self.lines, "All.", permission: "read", words: [.number("count", "So many.", most: 10_000_000)]) {
                request -> NDJSONStream<Course> in
                let count = Int(request.query["count"]) ?? 0
                let place = Mutex(0)
                return NDJSONStream(
                    AsyncThrowingStream {
                        let start = place.withLock { $0 }
                        // Fails before the end of the requested rows.
                        if start == 1_000_000 { throw Failure.tooLarge }
                        guard start < count else { return nil }
                        place.withLock { $0 = start + 1000 }
                        return (start..<min(start + 1000, count)).map { Course("课程 \($0)", $0) }
                    })
            },
        ]
    }

    func site() throws -> Site {
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(.sample)
        let principal = TestIdentity(accountNumber: 1, name: "平台", role: .harbour)
        let guest = TestIdentity(accountNumber: 2, name: "来客", role: .guest)
        let guards = APIAuthenticator(
            perMinute: 100, now: { self.now.withLock { $0 } }, responses: responses
        ) { text in
            switch text {
            case "guest": .init(guest, token: text, ["write", "read"])
            case "writer", "other": .init(principal, token: text, ["write", "read"])
            case "reader": .init(principal, token: text, ["read"])
            default: nil
            }
        }
        parts.routes = OpenAPI(endpoints + more, guards, .sample).routes
        parts.identity = { $0.cookies["who"]?.value == "officer" ? principal : nil }
        return try Site(parts, views: Views([WebResources.views], assets), assets: assets)
    }

    struct Response: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        var code: String {
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return object?["code"] as? String ?? ""
        }
        /// The turn of the work that made the response; 0 for a failure.
        var turn: Int { (try? JSONDecoder().decode(Receipt.self, from: Data(text.utf8)))?.turn ?? 0 }
        var isReplayed: Bool { HTTPField.Name("Idempotency-Replayed").flatMap { headers[$0] } == "true" }
        var detail: String {
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return object?["detail"] as? String ?? ""
        }
    }

    /// A client of the site.
    struct Client: Sendable {
        let client: any TestClientProtocol

        /// `nil` leaves a header out.
        func post(
            _ body: String, key: String? = "k", token: String? = "writer", type: String? = "application/json",
            _ more: [(String, String)] = []
        ) async throws -> Response {
            try await send(.post, "/api/v1/courses", body, key: key, token: token, type: type, more)
        }

        func send(
            _ method: HTTPRequest.Method, _ path: String, _ body: String, key: String? = "k",
            token: String? = "writer", type: String? = "application/json", _ more: [(String, String)] = []
        ) async throws -> Response {
            var headers = HTTPFields()
            headers[.contentType] = type
            headers[.authorization] = token.map { "Bearer \($0)" }
            for (name, value) in (key.map { [("Idempotency-Key", $0)] } ?? []) + more {
                if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
            }
            return try await client.execute(uri: path, method: method, headers: headers, body: ByteBuffer(string: body))
            {
                Response(status: $0.status.code, headers: $0.headers, text: String(buffer: $0.body))
            }
        }

        func lines(_ body: String, key: String = "k") async throws -> Response {
            try await send(.post, "/api/v1/courses/lines", body, key: key, type: "application/x-ndjson")
        }
    }

    func run(_ body: @escaping @Sendable (Client) async throws -> Void) async throws {
        let application = Application(router: try site().router())
        try await application.test(.router) { try await body(Client(client: $0)) }
    }
}
