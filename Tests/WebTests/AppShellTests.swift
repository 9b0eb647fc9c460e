import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testing

@testable import Web

/// The site as an app: its manifest, the size of its texts, the bar on phones, and pages inside WeChat.
@Suite struct AppShellTests {
    private static let officer = TestIdentity(accountNumber: 1, name: "肃然", role: .harbour)
    private static let signedIn: HTTPFields = [.cookie: "who=officer"]

    private static func site() throws -> Site {
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(.sample)
        let (list, one): (Path<>, Path<>) = (Path("/boats"), Path("/boats/new"))
        parts.routes = [list, one].map { path in
            .get(path, .everyone) { _ in .page(Page("船", HTML(trusted: "<h1>船</h1>"))) }
        }
        parts.phoneBar = [
            NavigationItem("船", list.link(), .role(.harbour), icon: "people"),
            NavigationItem("新船", one.link(), .role(.harbour), icon: "import"),
        ]
        parts.identity = { $0.cookies["who"]?.value == "officer" ? officer : nil }
        parts.start = list.link()
        return try Site(parts, views: Views([WebResources.views], assets), assets: assets)
    }

    private func ask(
        _ uri: String, _ method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:], _ body: String = ""
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, text: String) {
        var all = headers
        if method == .post { all[.contentType] = "application/x-www-form-urlencoded" }
        let sent = all
        return try await Application(router: try Self.site().router()).test(.router) { client in
            try await client.execute(uri: uri, method: method, headers: sent, body: ByteBuffer(string: body)) {
                ($0.status, $0.headers, String(buffer: $0.body))
            }
        }
    }

    /// As its specification says: names, start, and icons of 192 and 512 pixels that are there.
    @Test func theManifestNamesTheAppAndItsIcons() async throws {
        let found = try await ask("/manifest.webmanifest")
        #expect(found.headers[.contentType] == "application/manifest+json")
        let manifest = try #require(try JSONSerialization.jsonObject(with: Data(found.text.utf8)) as? [String: Any])
        #expect(manifest["name"] as? String == "船期 · 示例港" && manifest["short_name"] as? String == "船期")
        #expect(manifest["start_url"] as? String == "/boats" && manifest["display"] as? String == "standalone")
        let icons = try #require(manifest["icons"] as? [[String: String]])
        let kinds = icons.map { "\($0["sizes"] ?? "") \($0["purpose"] ?? "")" }
        #expect(kinds == ["192x192 any", "512x512 any", "512x512 maskable"])
        for icon in icons {
            let file = try await ask(try #require(icon["src"]))
            #expect(file.status == .ok && file.headers[.contentType] == "image/png")
        }
        let page = try await ask("/boats")
        #expect(page.text.contains(#"<link rel="manifest" href="/manifest.webmanifest">"#))
        #expect(page.headers[.contentSecurityPolicy]?.contains("manifest-src 'self'") == true)
    }

    /// The files have the sizes that the manifest states.
    @Test func iconsHaveTheirSizes() throws {
        for icon in AppIcon.all {
            let url = try #require(WebResources.assets.first { $0.lastPathComponent == icon.file })
            let head = try Data(contentsOf: url).prefix(24)
            let sides = [16, 20].map { start in head[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
            #expect(sides == [icon.side, icon.side], "\(icon.file)")
        }
    }

    @Test func aTextSizeIsKeptInACookieAndLeadsBack() async throws {
        #expect(try await ask("/boats").text.contains(#"<html lang="zh-CN">"#))
        let chosen = try await ask("/text-size", .post, [:], "size=large&back=%2Fboats%3Fa%3D1")
        #expect(chosen.status == .seeOther && chosen.headers[.location] == "/boats?a=1")
        let cookie = try #require(chosen.headers[.setCookie])
        #expect(cookie.hasPrefix("text-size=large;") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
        let large = try await ask("/boats?a=1", .get, [.cookie: "text-size=large"])
        #expect(large.text.contains(#"<html lang="zh-CN" class="is-large">"#))
        #expect(large.text.contains(#"name="back" value="/boats?a=1""#) && large.text.contains("标准字号"))
        let back = try await ask("/text-size", .post, [.cookie: "text-size=large"], "size=normal&back=%2Fboats")
        #expect(back.headers[.setCookie]?.contains("Max-Age=0") == true)
        #expect(try await ask("/boats", .get, [.cookie: "text-size=huge"]).text.contains(#"<html lang="zh-CN">"#))
    }

    /// A form made by another site cannot lead its user away from this one.
    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "", "boats", "/a b", "/a\r\nX: y"])
    func aTextSizeLeadsOnlyToOwnPages(_ back: String) async throws {
        let body = Query(["size": ["large"], "back": [back]]).text
        let chosen = try await ask("/text-size", .post, [:], body)
        #expect(chosen.status == .seeOther && chosen.headers[.location] == "/")
    }

    /// A page that answers a form cannot be opened again by its address.
    @Test func aPageThatAnswersAFormLeadsBackToTheForm() async throws {
        let refused = try await ask("/nowhere", .post)
        #expect(refused.status == .notFound)
        #expect(refused.text.contains(#"name="back" value="/""#), "\(refused.text)")
    }

    @Test func thePhoneBarIsForSignedInUsersAndMarksOneItem() async throws {
        #expect(try await !ask("/boats").text.contains("xs-phonebar"))
        let list = try await ask("/boats", .get, Self.signedIn).text
        #expect(
            list.contains(#"<a href="/boats" aria-current="page"><svg"#) && list.contains(#"<a href="/boats/new"><svg"#)
        )
        #expect(list.contains(#"class="has-phonebar""#))
        let one = try await ask("/boats/new", .get, Self.signedIn).text
        #expect(one.contains(#"<a href="/boats"><svg"#))
        #expect(one.contains(#"<a href="/boats/new" aria-current="page"><svg"#))
    }

    @Test func aPageInsideWeChatIsMarked() async throws {
        let agent = "Mozilla/5.0 (Linux; Android 14) Chrome/116.0 Mobile MicroMessenger/8.0.47"
        #expect(try await ask("/boats", .get, [.userAgent: agent]).text.contains(#"class="is-wechat""#))
        #expect(try await !ask("/boats", .get, [.userAgent: "Mozilla/5.0 Chrome/116.0"]).text.contains("is-wechat\""))
    }
}
