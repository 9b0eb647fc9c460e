import Certificates
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Signing
import Testbed
import Testing

@testable import App
@testable import Database
@testable import People
@testable import Web

/// What responses reveal to strangers and to browsers.
@Suite("Attack: information in responses")
struct ResponseTests {
    private func withSite(
        _ configuration: SiteConfiguration = SiteConfiguration(), url: String? = nil,
        _ body: @escaping @Sendable (any TestClientProtocol, Installation) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: url)
            defer { installation.close() }
            try await buildApplication(installation, configuration).test(.router) { try await body($0, installation) }
        }
    }

    /// If the server is unreachable, libpq's message with address and socket goes only into the log.
    @Test func responsesRevealNothingOfTheDatabase() async throws {
        try await withDatabaseURL(.postgres) { url in
            try await withFolder { folder in
                // A link to the server's socket that can be removed.
                let host = try #require(url.split(separator: "host=").last?.split(separator: "&").first).description
                let socket = folder.path + "/.s.PGSQL.5432"
                try FileManager.default.createSymbolicLink(
                    atPath: socket, withDestinationPath: host + "/.s.PGSQL.5432")
                let direct = try Database.open(DatabaseURL(url))
                defer { direct.close() }
                try await withSite(url: url.replacing(host, with: folder.path)) { client, installation in
                    try FileManager.default.removeItem(atPath: socket)
                    _ = try await direct.read {
                        try $0.rows(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND pid <> pg_backend_pid()
                            """
                        ) { _ in }
                    }
                    let failure = await said { try await installation.database.read { _ = try $0.exists("SELECT 1") } }
                    #expect(failure?.code == "database.unreachable" && failure?.detail?.contains(folder.path) == true)
                    for (uri, accept) in [
                        ("/", "text/html"), ("/notices", "text/html"), ("/notices", "application/json"),
                        ("/api/v1/certificates/AAAAAAAAAAAAAAAA", "application/json"), ("/ready", "*/*"),
                    ] {
                        try await client.execute(uri: uri, method: .get, headers: [.accept: accept]) {
                            expectsNothing(String(buffer: $0.body), folder.path)
                        }
                    }
                    let response = try await post(client, "/sign-in", "login=nobody&password=x")
                    #expect(response.contains("database.unreachable"))
                    expectsNothing(response, folder.path)
                }
            }
        }
    }

    private func expectsNothing(_ text: String, _ path: String) {
        for word in [path, ".s.PGSQL", "socket", "connection", "libpq", "postgres"] {
            #expect(!text.contains(word), "\(word) in \(text)")
        }
    }

    private func post(_ client: any TestClientProtocol, _ uri: String, _ body: String) async throws -> String {
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        return try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body)) {
            String(buffer: $0.body)
        }
    }

    private func said(_ body: () async throws -> Void) async -> Failure? {
        do { try await body() } catch { return error as? Failure }
        return nil
    }

    /// The failure's sentence contains nothing of the engine's message, because strangers read it.
    @Test func failureTextsContainNoEngineMessage() async throws {
        try await withDatabase(.sqlite) { database in
            let failure = await said { try await database.write { _ = try $0.execute("SELECT nowhere FROM nothing") } }
            #expect(failure?.code == "database.statement" && failure?.detail?.contains("nothing") == true)
            #expect(failure.map { "\($0.words)\($0)".contains("nothing") } == false)
        }
        let violation = Violation(rule: .check, name: "account_name 岳明远").failure
        #expect(!"\(violation.words)".contains("岳明远") && violation.detail == nil)
    }

    @Test func behindTLSCookiesAreSecureAndOtherOriginsRefused() async throws {
        try await withSite(SiteConfiguration(address: "https://xs.example")) { client, installation in
            let accounts = Accounts(installation.database, installation.people)
            let opened = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let form = ByteBuffer(string: "login=admin&password=\(opened.password)")
            func post(_ origin: String) async throws -> (HTTPResponse.Status, [String]) {
                let headers: HTTPFields = [
                    .contentType: "application/x-www-form-urlencoded", .origin: origin,
                ]
                return try await client.execute(uri: "/sign-in", method: .post, headers: headers, body: form) {
                    ($0.status, $0.headers[values: .setCookie])
                }
            }
            let (status, cookies) = try await post("https://localhost")
            #expect(status == .seeOther)
            #expect(cookies.count == 2)
            for cookie in cookies {
                #expect(cookie.hasPrefix("__Host-") && cookie.contains("Secure") && cookie.contains("Path=/"))
                #expect(!cookie.contains("Domain"))
            }
            for origin in ["http://localhost", "https://localhost:8443", "https://elsewhere", "null"] {
                #expect(try await post(origin).0 == .forbidden, "\(origin)")
            }
            try await client.execute(uri: "/", method: .get) {
                #expect($0.headers[.strictTransportSecurity] == "max-age=31536000")
            }
        }
        try await withSite { client, _ in
            try await client.execute(uri: "/", method: .get) { #expect($0.headers[.strictTransportSecurity] == nil) }
        }
    }

    /// The addresses of one IPv6 line count as one network; texts that are no address do not count.
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:0:0:0:0"),
        ("2001:db8:1:2::9", "2001:db8:1:2:0:0:0:0"), ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::2"),
    ])
    func addressesOfOneConnectionAreOneNetwork(_ address: String, _ same: String) {
        #expect(Network(address) != nil && Network(address)?.text == Network(same)?.text)
        #expect(Network("2001:db8:1:3::1")?.text != Network("2001:db8:1:2::1")?.text)
        for text in ["", "unknown", "192.0.2.1:80", "1.2.3", "a'b"] { #expect(Network(text) == nil, "\(text)") }
    }

    /// Invisible characters in names are removed, in lists and in forms.
    @Test(arguments: [
        "岳\u{200B}明远", "岳明远\u{202E}", "\u{2066}岳明远\u{2069}", "岳\u{E0041}明远", "岳明\u{FE0F}远", "\u{FEFF}岳明远",
        "岳\u{AD}明远", "岳明远\u{3164}", "岳\u{E0101}明远", "岳\u{7}明远",
    ])
    func invisibleCharactersInNamesAreRemoved(_ name: String) {
        #expect(name.visible == "岳明远")
        #expect(Query(["name": [name]])["name"] == "岳明远")
    }

    @Test func visibleCharactersAreKept() {
        for text in ["阿依古丽·买买提", "𠮷野家", "第一行\n第二行\t尾", "Zoë O’Neill", "㐀㐁", "é", "（１）"] {
            #expect(text.visible == text)
        }
    }
}
