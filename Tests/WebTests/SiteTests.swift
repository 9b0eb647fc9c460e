import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOHTTP1
import Testing

@testable import Web

/// Frame, access policies and failures of a small site.
@Suite struct SiteTests {
    private static let home: Path<> = Path("/")
    private static let year = Path<Year>("/years/{}")
    private static let desk: Path<> = Path("/desk")
    private static let act: Path<> = Path("/act")
    private static let form: Path<> = Path("/form")
    private static let broken: Path<> = Path("/broken")
    private static let cut: Path<> = Path("/cut")
    private static let crowded: Path<> = Path("/crowded")
    private static let full: Path<> = Path("/full")
    private static let hand = Path<ID<Boat>, ID<Hand>>("/boats/{}/hands/{}")
    private static let data: Path<> = Path("/api/v1/data")
    private static let boats = Path<ID<Boat>>("/boats/{}")
    private static let officer = TestIdentity(accountNumber: 1, name: "肃然", role: .harbour)

    /// An object that belongs to the account with its number.
    private struct Boat: Sendable { let number: Int }

    private static let ownBoat = ObjectAccess<ID<Boat>, Boat>(.role(.harbour)) { request, number in
        guard try request.accountNumber() == number.number else { throw Failure.noPage }
        return Boat(number: number.number)
    }

    /// A member of a boat's crew. Boat 1 has the members 11 and 12.
    private struct Hand {}

    private static let ownHand = ownBoat.part { (boat: Boat, hand: ID<Hand>) in
        guard hand.number / 10 == boat.number else { throw Failure.noPage }
        return hand.number
    }

    struct Odd: Error {}

    private static func site() throws -> Site {
        let assets = try Assets(WebResources.assets)
        var parts = Site.Parts(.sample)
        parts.routes = [
            .get(home, .everyone) { _ in .page(Page("首页", HTML(trusted: "<h1>首页</h1>"))) },
            .get(year, .anybodySignedIn) { request, year in
                .page(Page("\(year)", breadcrumbs: [.sample], HTML(trusted: "<h1>\(year)</h1>")))
            },
            .get(desk, .role(.harbour)) { _ in .page(Page("工作台", HTML(trusted: "<h1>工作台</h1>"))) },
            .get(boats, ownBoat) { _, boat in .page(Page("船", HTML(trusted: "<h1>船 \(boat.number)</h1>"))) },
            .post(act, .role(.harbour)) { _ in .moved(home.link()) },
            .get(broken, .everyone) { _ in throw Odd() },
            .get(cut, .everyone) { _ in throw HTTPParserError.invalidEOFState },
            .get(crowded, .everyone) { _ in throw Failure(.tooMany, "test.crowded", "请稍候。", en: "Wait.") },
            .get(full, .everyone) { request in
                let failure = Failure(.tooMany, "test.full", "请明天再来。", en: "Tomorrow.", retryAfter: 86_399)
                if request.query.has("page") {
                    return .page(Page("满了", status: .failed(failure), HTML(trusted: "<p>满了</p>")))
                }
                throw failure
            },
            .get(hand, ownHand) { _, boat, hand in
                .page(Page("船员", HTML(trusted: "<h1>船 \(boat.number) 船员 \(hand)</h1>")))
            },
            .post(form, .everyone) { request in
                let words = try await request.form(limit: 100)
                return .page(Page("收到", HTML(trusted: "<p>\(words["name"])</p>")))
            },
            .api(data) { _ in throw Failure(.conflict, "test.conflict", "已有变动。", en: "Changed.") },
        ]
        parts.navigation = [
            NavigationItem("首页", home.link(), .everyone), NavigationItem("工作台", desk.link(), .role(.harbour)),
        ]
        parts.identity = { $0.cookies["who"]?.value == "officer" ? officer : nil }
        parts.signIn = { Link(path: "/sign-in").asking([("back", $0)]) }
        return try Site(parts, views: Views([WebResources.views], assets), assets: assets)
    }

    private static let signedIn: HTTPFields = [.cookie: "who=officer"]

    private func ask(
        _ uri: String, _ method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:], _ body: String = "",
        of site: Site? = nil
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, text: String) {
        let app = Application(router: try (site ?? Self.site()).router())
        return try await app.test(.router) { client in
            try await client.execute(uri: uri, method: method, headers: headers, body: ByteBuffer(string: body)) {
                ($0.status, $0.headers, String(buffer: $0.body))
            }
        }
    }

    @Test func aPageIsDrawnInTheFrame() async throws {
        let home = try await ask("/")
        #expect(home.status == .ok)
        #expect(home.text.contains("<title>首页 · 船期</title>"))
        #expect(home.text.contains(#"<a href="/" aria-current="page">首页</a>"#))
        #expect(!home.text.contains("工作台"))
        #expect(!home.text.contains("breadcrumb"))
        #expect(home.text.contains(#"href="/sign-in?back=%2F">登录"#))
        #expect(home.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(home.headers[.xContentTypeOptions] == "nosniff")
        let signed = try await ask("/years/2022", .get, Self.signedIn)
        #expect(signed.text.contains("肃然"))
        #expect(signed.text.contains(#"<a href="/desk">工作台</a>"#))
        #expect(signed.text.contains("breadcrumb"))
    }

    @Test func anAnonymousRequestIsRedirectedToSignIn() async throws {
        let led = try await ask("/years/2022?x=1")
        #expect(led.status == .seeOther)
        #expect(led.headers[.location] == "/sign-in?back=%2Fyears%2F2022%3Fx%3D1")
        let json = try await ask("/act", .post, [.accept: "application/json"])
        #expect(json.status == .unauthorized)
        #expect(json.text.contains("web.sign-in"))
    }

    @Test(arguments: [
        ("/nowhere", HTTPResponse.Status.notFound, "web.no-page"), ("/years/12", .notFound, "web.no-page"),
        ("/broken", .internalServerError, "web.unforeseen"), ("/desk", .ok, "工作台"),
        ("/assets/theme.css", .notFound, "web.no-page"),
    ])
    func failuresArePages(_ uri: String, _ status: HTTPResponse.Status, _ said: String) async throws {
        let found = try await ask(uri, .get, Self.signedIn)
        #expect(found.status == status)
        #expect(found.text.contains(said), "\(found.text)")
        #expect(found.headers[.contentSecurityPolicy] != nil)
        #expect(!found.text.contains("Odd"))
    }

    @Test func theAPIReturnsProblemDetails() async throws {
        let found = try await ask("/api/v1/data")
        #expect(found.status == .conflict)
        #expect(found.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        let read = try JSONSerialization.jsonObject(with: Data(found.text.utf8)) as? [String: Any]
        #expect(read?["code"] as? String == "test.conflict")
        #expect(read?["status"] as? Int == 409)
        #expect(try await ask("/api/v1/nothing").text.contains("web.no-page"))
    }

    @Test func requestsOfOtherSitesAreRefused() async throws {
        func status(_ fields: HTTPFields) async throws -> HTTPResponse.Status {
            var headers = Self.signedIn
            headers.append(contentsOf: fields)
            return try await ask("/act", .post, headers).status
        }
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        #expect(try await status([site: "same-origin"]) == .seeOther)
        #expect(try await status([site: "cross-site"]) == .forbidden)
        #expect(try await status([site: "same-site"]) == .forbidden)
        #expect(try await status([.origin: "https://evil.example"]) == .forbidden)
        #expect(try await status([.origin: "null"]) == .forbidden)
        let said = try await ask("/act", .post, [site: "cross-site"])
        #expect(said.text.contains("web.other-site"))
    }

    /// A page about an object gets the object only if it belongs to the user.
    @Test func anObjectIsGivenToItsOwnerOnly() async throws {
        let own = try await ask("/boats/1", .get, Self.signedIn)
        #expect(own.status == .ok && own.text.contains("<h1>船 1</h1>"))
        #expect(try await ask("/boats/2", .get, Self.signedIn).status == .notFound)
        #expect(try await ask("/boats/1").status == .seeOther)
    }

    /// The same for a part of the object.
    @Test func aPartIsHandedToItsOwnerAlone() async throws {
        let own = try await ask("/boats/1/hands/12", .get, Self.signedIn)
        #expect(own.status == .ok && own.text.contains("<h1>船 1 船员 12</h1>"))
        for path in ["/boats/1/hands/21", "/boats/2/hands/21", "/boats/2/hands/12"] {
            #expect(try await ask(path, .get, Self.signedIn).status == .notFound, "\(path)")
        }
        #expect(try await ask("/boats/1/hands/12").status == .seeOther)
    }

    /// A route for programs, which is open to everyone, takes no path that names a protected object: the compiler
    /// chooses the function below, because there is no other.
    @Test func anOpenRouteTakesNoProtectedObject() {
        let open = Route.api(Self.year) { (_: WebRequest, _: Year) in .moved(Self.home.link()) }
        let protected = Route.api(Self.boats) { (_: WebRequest, _: ID<Boat>) in .moved(Self.home.link()) }
        #expect(type(of: open) == Route.self)
        #expect(type(of: protected) == NoSuchRoute.self)
    }

    @Test func anotherRoleIsForbidden() throws {
        let learner = TestIdentity(accountNumber: 2, name: "岳明远", role: .guest)
        let failure = #expect(throws: Failure.self) { try AccessPolicy.role(.harbour).admit(learner) }
        #expect(failure?.code == "web.forbidden")
        #expect(failure?.status == .forbidden)
        let newcomer = TestIdentity(accountNumber: 2, name: "岳明远", role: .guest, isNew: true)
        let first = #expect(throws: Failure.self) { try AccessPolicy.anybodySignedIn.admit(newcomer) }
        #expect(first?.code == "web.first-password")
        #expect(throws: Never.self) { try AccessPolicy.newcomers.admit(newcomer) }
    }

    @Test func aFormOverItsLimitIsRefused() async throws {
        let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await ask("/form", .post, type, "name=%E5%B2%B3").text.contains("<p>岳</p>"))
        let large = try await ask("/form", .post, type, "name=" + String(repeating: "x", count: 200))
        #expect(large.status == .contentTooLarge)
        #expect(large.text.contains("web.too-large"))
        let other = try await ask("/form", .post, [.contentType: "text/plain"], "name=1")
        #expect(other.text.contains("web.form"))
    }

    @Test func anotherMethodIsRefusedWithTheAllowedOnes() async throws {
        let page = try await ask("/form", .get)
        #expect(page.status == .methodNotAllowed && page.headers[.allow] == "POST")
        #expect(page.text.contains("web.method") && page.text.contains("</html>"))
        let other = try await ask("/years/2022", .delete)
        #expect(other.status == .methodNotAllowed && other.headers[.allow] == "GET, HEAD")
        let problem = try await ask("/api/v1/data", .put)
        #expect(problem.status == .methodNotAllowed && problem.headers[.allow] == "GET, HEAD")
        #expect(problem.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        let none = try await ask("/nowhere", .delete)
        #expect(none.status == .notFound && none.headers[.allow] == nil)
    }

    @Test func tooManyRequestsGetARetryAfter() async throws {
        let page = try await ask("/crowded")
        #expect(page.status == .tooManyRequests && page.headers[.retryAfter] == "60")
        for (path, accept) in [("/full", "text/html"), ("/full", "application/json"), ("/full?page=1", "text/html")] {
            let full = try await ask(path, .get, [.accept: accept])
            #expect(full.status == .tooManyRequests && full.headers[.retryAfter] == "86399", "\(path) \(accept)")
        }
        // Other conflicts do not pass with time.
        #expect(try await ask("/api/v1/data").headers[.retryAfter] == nil)
        #expect(try await ask("/").headers[.retryAfter] == nil)
    }

    /// Only health checks are handled while there are too many requests. A request that ends makes room for another.
    @Test func oneRequestTooManyIsRefused() async throws {
        let site = try Self.site()
        for _ in 0..<RequestMonitor.most - 1 { #expect(site.metrics.begin()) }
        #expect(try await ask("/", of: site).status == .ok)
        #expect(site.metrics.begin())
        let page = try await ask("/", of: site)
        #expect(page.status == .serviceUnavailable && page.text.contains(#"data-code="web.busy""#))
        let problem = try await ask("/api/v1/data", of: site)
        #expect(problem.status == .serviceUnavailable && problem.text.contains(#""code":"web.busy""#))
        #expect(try await ask("/health", of: site).status == .ok)
        site.metrics.end("GET", "/", 200, microseconds: 1)
        #expect(try await ask("/", of: site).status == .ok)
    }

    /// In an address or a form.
    @Test func charactersThatNoDatabaseStoresAreRefused() async throws {
        let asked = try await ask("/?a=%00")
        #expect(asked.status == .badRequest && asked.text.contains("web.query"))
        let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await ask("/form", .post, type, "name=%00").text.contains("web.query"))
    }

    /// An error of the connection is not an unexpected error of the program.
    @Test func aBrokenConnectionIsNoUnexpectedError() async throws {
        let cut = try await ask("/cut")
        #expect(cut.status == .badRequest && cut.text.contains("web.broken"))
    }

    @Test func assetsAreCachedForEver() async throws {
        let page = try await ask("/").text
        let path = try #require(page.firstMatch(of: #/\/assets\/theme\.[0-9a-f]{10}\.css/#)).output
        let plain = try await ask(String(path))
        #expect(plain.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(plain.text.hasPrefix("/* Xueshi theme"))
        let packed = try await ask(String(path), .get, [.acceptEncoding: "gzip, br"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(try await ask(String(path), .head).status == .ok)
    }

    @Test func everyViewOfThisModuleDrawsItsSample() throws {
        let views = try Views([WebResources.views], Assets(WebResources.assets))
        #expect(try views.view("frame", of: PageLayout.self).draw(.sample).text.contains("</html>"))
        let failed = try views.view("failure", of: FailurePage.self).draw(.sample).text
        #expect(failed.contains("拨打页面下方的帮助电话"))
        #expect(try views.view("field", of: FormField.self).draw(.sample).text.contains("作者数至少为 1"))
        #expect(try views.view("select", of: SelectField.self).draw(.sample).text.contains("selected>泰山区"))
        #expect(try views.view("checks", of: CheckFields.self).draw(.sample).text.contains(#"name="show""#))
        #expect(try views.view("area", of: FormField.self).draw(.sample).text.contains("0</textarea>"))
        #expect(try views.view("errors", of: ErrorSummary.self).draw(.sample).text.contains("#authors"))
        #expect(try views.view("time", of: ClockTime.self).draw(.sample).text.contains("2 小时前"))
        #expect(try views.view("confirm", of: ConfirmPage.self).draw(.sample).text.contains("确认撤回"))
        let others: Set<String> = ["navigation", "text-size", "confirm", "area", "errors", "time"]
        #expect(Set(views.names) == others.union(["checks", "failure", "field", "frame", "select"]))
    }

    @Test func missingTemplatesAndAssetsAreReportedAtStart() {
        let none = URL(filePath: "/nonexistent")
        let asset = #expect(throws: Failure.self) { try Assets([none.appending(path: "a.css")]) }
        #expect(asset?.code == "web.asset")
        let folder = #expect(throws: Failure.self) { try Views([none], Assets()) }
        #expect(folder?.code == "web.template")
    }
}

/// Stands for a route that does not compile.
private struct NoSuchRoute {}

extension Route {
    @_disfavoredOverload
    fileprivate static func api<Key: PathValue>(
        _ path: Path<Key>, _ respond: @escaping @Sendable (WebRequest, Key) async throws -> WebResponse
    ) -> NoSuchRoute { NoSuchRoute() }
}
