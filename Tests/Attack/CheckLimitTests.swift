import App
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing

@testable import Certificates
@testable import Processes
@testable import Web

/// The limit of certificate verifications applies to a network, for all of its addresses and all endpoints.
@Suite("Attack: verification limits by network")
struct CheckLimitTests {
    private typealias Ask = @Sendable (_ path: String, _ from: String) async throws -> HTTPResponse.Status

    private static func headers(_ address: String) -> HTTPFields {
        var headers: HTTPFields = [.accept: "application/json"]
        if let name = HTTPField.Name("X-Forwarded-For") { headers[name] = address }
        return headers
    }

    /// Four verifications a minute with a fixed clock, behind a proxy.
    private func withSite(_ body: @escaping @Sendable (Ask) async throws -> Void) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(
                folder: folder.path, database: nil, system: TestClock().system)
            defer { installation.close() }
            var configuration = SiteConfiguration(address: "https://a.example")
            configuration.checksPerMinute = 4
            try await buildApplication(installation, configuration).test(.router) { client in
                try await body { path, address in
                    try await client.execute(uri: path, method: .get, headers: Self.headers(address)) { $0.status }
                }
            }
        }
    }

    @Test func pagesAndTheAPIShareOneLimit() async throws {
        try await withSite { (ask: Ask) async throws -> Void in
            let (page, api) = ("/v/AAAAAAAAAAAAAAAA", "/api/v1/certificates/AAAAAAAAAAAAAAAA")
            for number in 1...2 {
                #expect(try await ask(page, "2001:db8::\(number)") == .notFound)
                #expect(try await ask(api, "2001:db8::ffff:\(number)") == .notFound)
            }
            // web.too-many
            #expect(try await ask(api, "2001:db8::9") == .tooManyRequests)
            #expect(try await ask(page, "2001:db8::9") == .tooManyRequests)
            #expect(try await ask(api, "2001:db8:0:1::9") == .notFound)
            #expect(try await ask("/api/v1/keys", "2001:db8::9") == .ok)
        }
    }

    /// Two addresses of a network use its two places for files; a third must wait.
    @Test(.timeLimit(.minutes(1))) func aNetworkVerifiesAtMostTwoFilesAtOnce() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let assets = try Assets(siteAssets)
            let views = try Views(siteViews, assets)
            let pages = try VerificationPages(installation.certificates, views, assets, RateLimit(perMinute: 100))
            var parts = Site.Parts(.sample)
            parts.routes = pages.routes
            parts.isBehindProxy = true
            let line = try #require(Network("2001:db8::1")?.text)
            let (held, hold) = AsyncStream<Void>.makeStream()
            let places = (1...2).map { _ in
                Task { try await pages.gate.pass(line) { for await _ in held {} } }
            }
            while (try? await pages.gate.pass(line) {}) != nil { try await nextTurn() }
            let application = Application(router: try Site(parts, views: views, assets: assets).router())
            try await application.test(.router) { client in
                let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"
                let body = head + "x\r\n--b--\r\n"
                var headers = Self.headers("2001:db8::3")
                headers[.contentType] = "multipart/form-data; boundary=b"
                let response = try await client.execute(
                    uri: "/verify/file", method: .post, headers: headers, body: ByteBuffer(string: body)
                ) { ($0.status, String(buffer: $0.body)) }
                #expect(response.0 == .serviceUnavailable && response.1.contains("process.busy"), "\(response.1)")
            }
            hold.finish()
            for place in places { try await place.value }
        }
    }
}
