import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Desk
@testable import People
@testable import Proof

/// The whole site over an installation of its own.
@Suite struct SiteTests {
    /// Every template of the rooms is drawn with its sample, and what it links to is there.
    @Test func everyTemplateDrawsItsSampleAndItsLinksLead() async throws {
        let views = try Views(siteViews, Assets(WebResources.assets))
        let drawn: [String: String] = [
            "sign-in": try views.view("sign-in", of: SignInPage.self).draw(.sample).text,
            "verify": try views.view("verify", of: QueryPage.self).draw(.sample).text,
            "verify-number": try views.view("verify-number", of: NumberPage.self).draw(.sample).text,
            "verdict": try views.view("verdict", of: Verdict.self).draw(.sample).text,
            "home": try views.view("home", of: HomePage.self).draw(.sample).text,
        ]
        // These are drawn by the tests of their room.
        let others: Set<String> = ["frame", "navigation", "failure", "field"]
        #expect(Set(drawn.keys).union(others) == Set(views.names))
        try await withSite { client, _ in
            for (name, text) in drawn {
                for match in text.matches(of: #/(?:href|action|src)="(\/[^"#]*)/#) {
                    let status = try await client.execute(uri: String(match.1), method: .get) { $0.status }
                    #expect(status == .ok, "\(name): \(match.1)")
                }
            }
        }
    }

    @Test func aStrangerFindsTheFirstPages() async throws {
        try await withSite { client, _ in
            let home = try await client.execute(uri: "/", method: .get) { String(buffer: $0.body) }
            #expect(home.contains("还没有发布政策"))
            let wrong = try await client.execute(uri: "/verify?number=MCMT", method: .get) { $0 }
            #expect(wrong.status == .notFound)
            #expect(String(buffer: wrong.body).contains(#"value="MCMT""#))
            let right = try await client.execute(uri: "/verify?number=MCMT-2GJ4-Y74D-CKO4", method: .get) { $0 }
            #expect(right.headers[.location] == "/v/MCMT2GJ4Y74DCKO4")
            let unknown = try await client.execute(uri: "/v/MCMT2GJ4Y74DCKO4", method: .get) { $0 }
            #expect(unknown.status == .notFound)
            #expect(String(buffer: unknown.body).contains("没有这张证书"))
        }
    }

    @Test func oneSignsInComesBackAndSignsOut() async throws {
        try await withSite { client, installation in
            let opened = try await Accounts(installation.database, installation.people).open(
                "admin", name: "管理员", AccountRole(.administrator, at: nil))
            let page = try await client.execute(uri: "/sign-in?back=%2Fverify", method: .get) {
                String(buffer: $0.body)
            }
            #expect(page.contains(#"name="back" value="/verify""#))
            let wrong = try await Self.post(client, "/sign-in", "login=admin&password=x&back=%2Fverify")
            #expect(wrong.status == .forbidden)
            #expect(wrong.text.contains("账号或密码不对") && wrong.text.contains(#"value="admin""#))
            #expect(wrong.text.contains(#"name="back" value="/verify""#) && !wrong.text.contains(#"value="x""#))
            let form = "login=admin&password=\(opened.password)&back="
            let away = try await Self.post(client, "/sign-in", form + "%2F%2Fevil.example")
            #expect(away.headers[.location] == "/")
            let signed = try await Self.post(client, "/sign-in", form + "%2Fverify")
            #expect(signed.status == .seeOther && signed.headers[.location] == "/verify")
            let cookies = signed.headers[values: .setCookie]
            #expect(cookies.allSatisfy { $0.contains("HttpOnly") && $0.contains("SameSite=Lax") })
            let cookie = cookies.map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
            func home() async throws -> String {
                try await client.execute(uri: "/", method: .get, headers: [.cookie: cookie]) { String(buffer: $0.body) }
            }
            #expect(try await home().contains("管理员"))
            let out = try await Self.post(client, "/sign-out", "", cookie)
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await !home().contains("管理员"))
        }
    }

    private static func post(
        _ client: any TestClientProtocol, _ uri: String, _ body: String, _ cookie: String = ""
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, text: String) {
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .cookie: cookie]
        return try await client.execute(
            uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body)
        ) { ($0.status, $0.headers, String(buffer: $0.body)) }
    }

    private func withSite(
        _ body: @escaping @Sendable (any TestClientProtocol, Installation) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let application = try buildApplication(installation, SiteConfiguration())
            try await application.test(.router) { try await body($0, installation) }
        }
    }
}
