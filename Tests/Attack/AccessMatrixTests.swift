import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import Registry
import Synchronization
import Testbed
import Testing

@testable import App
@testable import Web

/// Requests every route of the site as every actor for every object, and compares the result with the access table.
@Suite("Attack: requests beyond the access table")
struct AccessMatrixTests {
    private static let isLong = Mutator.count(0, long: 1) == 1

    /// Routes that change the waiting request or the actor's session. They are requested last, one after the other.
    private static let last = [
        "/requests/{request}/dismissal", "/requests/{request}/completion", "/sign-in", "/sign-in/kept",
        "/account/password", "/account/role", "/sign-out",
    ]

    @Test(.timeLimit(.minutes(20))) func everyRouteAllowsExactlyWhatTheTableStates() async throws {
        try await withSite { client, site, installation in
            let city = try await AccessCity.make(installation, client)
            let known = Set(site.routes.map { "\($0.method.rawValue) \($0.pattern)" })
            let told = AccessRules.all.map(\.route)
            #expect(known == Set(told) && told.count == known.count, "\(known.symmetricDifference(told).sorted())")
            let cases = AccessCases(city: city, assets: try assets(site), isWhole: Self.isLong)
            let probe = AccessProbe(client: client, city: city)
            let all = city.actors.map(cases.all)
            let before = try await rows(installation)
            try await probe.send(all.map { $0.filter { !$0.mayPass } })
            try await probe.sendOtherMethods(known, of: city.actors)
            let refused = try await changed(installation, since: before)
            #expect(refused == [], "what was refused has changed something")
            // Lists of other people's rows have an answer, which is stored, and no other effect.
            try await probe.send(all.map { $0.filter { $0.mayPass && !$0.mayChange } })
            let listed = try await changed(installation, since: before)
            #expect(listed == ["api_answer"])
            let ledgers = try await ledgers(of: city, installation)
            let allowed = all.map { $0.filter(\.mayChange) }
            try await probe.send(allowed.map { $0.filter { $0.form == nil || !Self.last.contains($0.rule.path) } })
            for path in Self.last {
                try await probe.send(allowed.map { $0.filter { $0.form != nil && $0.rule.path == path } })
            }
            let (count, wrong) = probe.found
            print("attack: combinations=\(count) wrong=\(wrong.count)")
            #expect(wrong.isEmpty, "\(wrong.prefix(20).map { String($0.suffix(600)) }.joined(separator: "\n"))")
            #expect(count > 10_000)
            // A table that allows nothing, or a city without visible people, would prove nothing.
            #expect(probe.answered == Set(AccessRules.all.filter { $0.who != .nobody }.map(\.route)))
            #expect(AccessRules.all.allSatisfy { ($0.method == "GET") == ($0.gives == nil) })
            // Hours were registered for all people of some officer, and for nobody else.
            let after = try await self.ledgers(of: city, installation)
            let theirs = city.actors.filter { $0.isProgram && $0.role != nil }.reduce(Set<Int>()) {
                $0.union($1.writable)
            }.intersection(city.subjects.filter(\.hasPolicy).map(\.number))
            let grown = Set(after.filter { ledgers[$0.key] != $0.value }.keys)
            #expect(grown == theirs && theirs.count == 6)
        }
    }

    /// The number of entries of each person.
    private func ledgers(of city: AccessCity, _ installation: Installation) async throws -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for person in city.subjects {
            let year = try await installation.registry.year(Year(2022), of: ID(person.number))
            counts[person.number] = year.standings.reduce(0) { $0 + $1.entries.count }
        }
        return counts
    }

    /// The changed tables.
    private func changed(
        _ installation: Installation, since before: [String: String]
    ) async throws -> [String] {
        try await rows(installation).filter { before[$0.key] != $0.value }.keys.sorted()
    }

    /// The site's routes without workers: ordered jobs stay in the queue.
    private func withSite(
        _ body: @escaping @Sendable (any TestClientProtocol, Site, Installation) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let assets = try Assets(siteAssets)
            let views = try Views(siteViews, assets)
            var parts = try siteParts(installation, SiteConfiguration(), views, assets)
            // Each request has its own address, so that none is refused by a rate limit.
            parts.isBehindProxy = true
            let site = try Site(parts, views: views, assets: assets)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            try await Application(router: site.router(logger), logger: logger).test(.router) {
                try await body($0, site, installation)
            }
        }
    }

    private func assets(_ site: Site) throws -> [String] {
        let found = try Assets(siteAssets)
        return [String(try found.path("theme.css").dropFirst("/assets/".count))]
    }

    /// The rows that a request could change: all tables except sessions, failed attempts, the clock and audit records.
    private func rows(_ installation: Installation) async throws -> [String: String] {
        let loose: Set = [
            "account_session", "account_device", "account_miss", "audit_chain", "audit_record", "clock_mark",
            "number_range", "verification_guess",
        ]
        var rows: [String: String] = [:]
        for table in try await installation.database.read({ try $0.tables() }) where !loose.contains(table) {
            rows[table] = "\(try await installation.database.allRows(of: table))"
        }
        return rows
    }
}

/// Sends requests and checks the responses.
private final class AccessProbe: Sendable {
    private struct Held {
        var count = 0
        var wrong: [String] = []
        var answered: Set<String> = []
    }

    private let client: any TestClientProtocol
    private let city: AccessCity
    private let held = Mutex(Held())

    init(client: any TestClientProtocol, city: AccessCity) { (self.client, self.city) = (client, city) }

    var found: (count: Int, wrong: [String]) { held.withLock { ($0.count, $0.wrong) } }
    /// The routes that gave a certain answer to an actor with access.
    var answered: Set<String> { held.withLock { $0.answered } }

    /// Sends the lists concurrently, each list in order.
    func send(_ lists: [[AccessCase]]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for list in lists {
                group.addTask { for one in list { try await self.send(one) } }
            }
            try await group.waitForAll()
        }
    }

    private func send(_ one: AccessCase) async throws {
        var headers = one.actor.headers
        if let form = one.form {
            headers[.contentType] =
                form == AccessCases.upload
                ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded"
        }
        if one.form != nil, one.rule.isAPI {
            headers[.contentType] =
                one.rule.path.hasSuffix("/lines") ? "application/x-ndjson" : "application/json"
            headers[idempotencyKey] = "\(UInt64.random(in: 0...UInt64.max))"
        }
        switch one.from {
        case .plain: break
        case .ownPage: headers[fetchSite] = "same-origin"
        case .otherSite: headers[fetchSite] = "cross-site"
        case .otherOrigin: headers[.origin] = "https://example.org"
        }
        let method = try required(HTTPRequest.Method(one.rule.method))
        let response = try await ask(one.uri, method, headers, one.form ?? "")
        if let fault = fault(response, one) { note("\(one.title): \(fault)") }
        if one.isAnswered, !response.isBusy { held.withLock { _ = $0.answered.insert(one.rule.route) } }
    }

    private func fault(_ response: Answered, _ one: AccessCase) -> String? {
        if response.status >= 500, !response.isBusy { return "fails with \(response.status)" }
        if !one.mayPass, !response.isRefused { return "is let through with \(response.status)" }
        if one.isAnswered, let status = one.rule.gives, response.status != status, !response.isBusy {
            let found = response.place.isEmpty ? response.body.suffix(400) : response.place[...]
            return "gives \(response.status) instead of \(status): \(found)"
        }
        if one.isAnswered, one.rule.gives == nil, response.isRefused { return "is kept out with \(response.status)" }
        let asked = one.words
        let others = city.subjects.filter { !one.actor.knows.contains($0.number) }
        let marks = others.flatMap { $0.marks(isAudit: one.rule.who == .auditor) }
        let leaks = marks.filter { mark in response.text.contains(mark) && !asked.contains(mark) }
        return leaks.isEmpty ? nil : "shows \(leaks)"
    }

    /// Methods without a route are refused for every actor.
    func sendOtherMethods(_ routes: Set<String>, of actors: [AccessActor]) async throws {
        let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch]
        let patterns = Set(routes.map { String($0.drop { $0 != " " }.dropFirst()) }).sorted()
        for (pattern, method) in patterns.flatMap({ pattern in methods.map { (pattern, $0) } })
        where !routes.contains("\(method.rawValue) \(pattern)") {
            for actor in actors {
                let uri = pattern.isEmpty ? "/" : pattern.replacing(#/\{[0-9]+\}/#, with: "1")
                let response = try await ask(uri, method, actor.headers, "")
                // Another route may match this path: /people/{0}/… and /people/search.
                if !response.isRefused {
                    note("\(actor.name): \(method.rawValue) \(uri) passes with \(response.status)")
                }
            }
        }
    }

    private func note(_ fault: String) { held.withLock { $0.wrong.append(fault) } }

    private func ask(
        _ uri: String, _ method: HTTPRequest.Method, _ headers: HTTPFields, _ body: String
    ) async throws -> Answered {
        var headers = headers
        let turn = held.withLock { held in
            held.count += 1
            return held.count
        }
        headers[forwarded] = "10.\(turn >> 16 & 255).\(turn >> 8 & 255).\(turn & 255)"
        return try await client.execute(uri: uri, method: method, headers: headers, body: ByteBuffer(string: body)) {
            Answered(
                status: $0.status.code, place: $0.headers[.location] ?? "", text: String(buffer: $0.body))
        }
    }
}

private let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .referer
private let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .referer
private let forwarded = HTTPField.Name("X-Forwarded-For") ?? .referer

private struct Answered: Sendable {
    let status: Int
    let place: String
    let body: String

    init(status: Int, place: String, text: String) { (self.status, self.place, body) = (status, place, text) }

    var text: String { place + " " + body }

    /// Too many files are sent at once; only a few are checked at a time.
    var isBusy: Bool { status == 503 && body.contains("正在核对的文件太多") }

    /// An error, or a redirect to the pages for signing in or setting a password.
    var isRefused: Bool {
        status >= 400 || 300..<400 ~= status && ["/sign-in", "/account/password"].contains { place.hasPrefix($0) }
    }
}
