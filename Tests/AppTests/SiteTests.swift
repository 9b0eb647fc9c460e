import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Certificates
@testable import Jobs
@testable import People
@testable import Portal

/// The whole site over a new installation.
@Suite struct SiteTests {
    /// Every template is drawn with its sample, and its links lead to existing pages.
    @Test func everyTemplateDrawsItsSampleWithExistingLinks() async throws {
        let views = try Views(siteViews, Assets(siteAssets))
        let drawn: [String: String] = [
            "sign-in": try views.view("sign-in", of: SignInPage.self).draw(.sample).text,
            "verify": try views.view("verify", of: QueryPage.self).draw(.sample).text,
            "verify-number": try views.view("verify-number", of: NumberPage.self).draw(.sample).text,
            "verdicts": try views.view("verdicts", of: VerificationTemplates.self).draw(.sample).text,
            "verdict": try views.view("verdict", of: VerificationSummary.self).draw(.sample).text,
            "password": try views.view("password", of: PasswordPage.self).draw(.sample).text,
            "verify-page": try views.view("verify-page", of: VerifyPageFile.self).draw(.sample).text,
            "home": try views.view("home", of: HomePage.self).draw(.sample).text,
            "roster": try views.view("roster", of: RosterPage.self).draw(.sample).text,
            "roster-table": try views.view("roster-table", of: RosterPage.self).draw(.sample).text,
            "roster-search": try views.view("roster-search", of: RosterPage.self).draw(.sample).text,
            "roster-found": try views.view("roster-found", of: SearchResultsPage.self).draw(.sample).text,
            "login": try views.view("login", of: LoginPage.self).draw(.sample).text,
            "jobs": try views.view("jobs", of: JobList.self).draw(.sample).text,
            "import": try views.view("import", of: ImportPage.self).draw(.sample).text,
            "years": try views.view("years", of: YearsPage.self).draw(.sample).text,
            "confirm": try views.view("confirm", of: ConfirmPage.self).draw(.sample).text,
            "figures": try views.view("figures", of: FigurePage.self).draw(.sample).text,
            "figures-counting": try views.view("figures-counting", of: Sentence.self).draw(.sample).text,
            "figure-row": try views.view("figure-row", of: FigureRow.self).draw(.sample).text,
            "policies": try views.view("policies", of: PolicyList.self).draw(.sample).text,
            "policy": try views.view("policy", of: PolicyPage.self).draw(.sample).text,
            "policy-source": try views.view("policy-source", of: SourcePage.self).draw(.sample).text,
            "cited": try views.view("cited", of: CitedSentence.self).draw(.sample).text,
            "policy-changes": try views.view("policy-changes", of: ChangesPage.self).draw(.sample).text,
            "account": try views.view("account", of: OwnAccountPage.self).draw(.sample).text,
            "kept": try views.view("kept", of: SavedForm.self).draw(.sample).text,
            "notices": try views.view("notices", of: NoticeList.self).draw(.sample).text,
            "notice-rows": try views.view("notice-rows", of: NoticeList.self).draw(.sample).text,
            "notice": try views.view("notice", of: NoticePage.self).draw(.sample).text,
            "notice-form": try views.view("notice-form", of: NoticeForm.self).draw(.sample).text,
            "notice-withdrawal": try views.view("notice-withdrawal", of: WithdrawalForm.self).draw(.sample).text,
            "style": try views.view("style", of: StylePage.self).draw(.sample).text,
            "requests": try views.view("requests", of: UpstreamList.self).draw(.sample).text,
            "asked": try views.view("asked", of: UpstreamList.self).draw(.sample).text,
            "request": try views.view("request", of: UpstreamPage.self).draw(.sample).text,
            "acts": try views.view("acts", of: ActList.self).draw(.sample).text,
            "record": try views.view("record", of: RecordPage.self).draw(.sample).text,
            "audit": try views.view("audit", of: AuditPage.self).draw(.sample).text,
            "job": try views.view("job", of: JobPage.self).draw(.sample).text,
        ]
        let pages = drawn.merging(try learnerPages(views)) { $1 }.merging(try accountPages(views)) { $1 }
        // The tests of their modules draw these.
        let others: Set<String> = [
            "frame", "navigation", "text-size", "failure", "field", "area", "errors", "time", "select", "checks",
            "policy-lines",
        ]
        #expect(Set(pages.keys).union(others) == Set(views.names))
        try await expectLinksLead(pages)
    }

    private func expectLinksLead(_ pages: [String: String]) async throws {
        try await withSite { client, installation in
            _ = try await installation.signedIn(AccountRole(.bureau, at: nil), password: "Tai-shan-2022")
            _ = try await Notices(installation.database, installation.people).publish("a", "b", by: 1)
            for (name, text) in pages {
                for match in text.matches(of: #/(?:href|method="get" action|src)="(\/[^"#]*)/#) {
                    let status = try await client.execute(uri: String(match.1), method: .get) { $0.status }
                    // A protected page redirects to the sign-in page.
                    #expect(status == .ok || status == .seeOther, "\(name): \(match.1)")
                }
            }
        }
    }

    /// The templates of pages about logins.
    private func accountPages(_ views: Views) throws -> [String: String] {
        [
            "logins": try views.view("logins", of: LoginBatchesPage.self).draw(.sample).text,
            "login-batch": try views.view("login-batch", of: LoginBatchPage.self).draw(.sample).text,
            "system": try views.view("system", of: SystemStatePage.self).draw(.sample).text,
            "administered-accounts": try views.view("administered-accounts", of: AdministeredAccountsPage.self)
                .draw(.sample).text,
            "administered-account": try views.view("administered-account", of: AdministeredAccountPage.self)
                .draw(.sample).text,
            "administered-tokens": try views.view("administered-tokens", of: AdministeredTokensPage.self)
                .draw(.sample).text,
        ]
    }

    /// The templates of a person's own pages.
    private func learnerPages(_ views: Views) throws -> [String: String] {
        [
            "year": try views.view("year", of: YearPage.self).draw(.sample).text,
            "standing": try views.view("standing", of: StandingPart.self).draw(.sample).text,
            "where": try views.view("where", of: CreditStatusPage.self).draw(.sample).text,
            "ledger": try views.view("ledger", of: StandingPart.self).draw(.sample).text,
            "certificate-card": try views.view("certificate-card", of: OwnCertificate.self).draw(.sample).text,
            "certificate-code": try views.view("certificate-code", of: CertificateCodePage.self).draw(.sample).text,
            "certificate-list": try views.view("certificate-list", of: CertificatesPage.self).draw(.sample).text,
            "certificate-in-wechat": try views.view("certificate-in-wechat", of: OwnCertificate.self).draw(.sample)
                .text,
            "five-years": try views.view("five-years", of: FiveYearsPage.self).draw(.sample).text,
            "where-item": try views.view("where-item", of: CreditStatusRow.self).draw(.sample).text,
        ]
    }

    @Test func publicPagesNeedNoSignIn() async throws {
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

    /// Without a hotline the pages name whom to ask instead.
    @Test func withoutAHotlineThePagesNameWhomToAsk() async throws {
        try await withSite { client, _ in
            let texts = [
                try await page(client, "/nowhere").text, try await page(client, "/sign-in").text,
                try await post(client, "/sign-in", "login=x&password=y").text,
            ]
            for text in texts { #expect(text.contains("单位经办人") && !text.contains("帮助电话"), "\(text)") }
        }
    }

    /// Who replaces a first password gets to the page that led to it. The detour is recorded as no refusal.
    @Test func replacingAFirstPasswordReturnsToTheRequestedPage() async throws {
        try await withSite { client, installation in
            let accounts = Accounts(installation.database, installation.people)
            let opened = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            let cookie = "session=" + (try await accounts.signIn("bureau", opened.password, device: "").token)
            let led = try await client.execute(uri: "/people?year=2022", method: .get, headers: [.cookie: cookie]) {
                $0
            }
            let place = try #require(led.headers[.location])
            #expect(place == "/account/password?back=%2Fpeople%3Fyear%3D2022")
            #expect(try await page(client, place, cookie).text.contains(#"name="back" value="/people?year=2022""#))
            let form = "&back=%2Fpeople%3Fyear%3D2022&old=\(opened.password)&new=Tai-shan-2022&again="
            let unlike = try await post(client, "/account/password", form + "Tai-shan-2023", cookie)
            #expect(unlike.text.contains(#"name="back" value="/people?year=2022""#))
            let done = try await post(client, "/account/password", form + "Tai-shan-2022", cookie)
            #expect(done.status == .seeOther && done.headers[.location] == "/people?year=2022")
            var query = AuditQuery()
            query.act = AuditAct.beRefused.rawValue
            #expect(try await installation.audit.find(query, limit: 9).map(\.result) == [])
        }
    }

    @Test func signingInReturnsToThePageAndSigningOutEndsTheSession() async throws {
        try await withSite { client, installation in
            let opened = try await Accounts(installation.database, installation.people).open(
                "admin", name: "管理员", AccountRole(.administrator, at: nil))
            let page = try await client.execute(uri: "/sign-in?back=%2Fverify", method: .get) {
                String(buffer: $0.body)
            }
            #expect(page.contains(#"name="back" value="/verify""#))
            let wrong = try await post(client, "/sign-in", "login=admin&password=x&back=%2Fverify")
            #expect(wrong.status == .forbidden)
            #expect(wrong.text.contains("账号或密码不对") && wrong.text.contains(#"value="admin""#))
            #expect(wrong.text.contains(#"name="back" value="/verify""#) && !wrong.text.contains(#"value="x""#))
            let form = "login=admin&password=\(opened.password)&back="
            let away = try await post(client, "/sign-in", form + "%2F%2Fevil.example")
            #expect(away.headers[.location] == "/")
            let signed = try await post(client, "/sign-in", form + "%2Fverify")
            #expect(signed.status == .seeOther && signed.headers[.location] == "/verify")
            let cookies = signed.headers[values: .setCookie]
            #expect(cookies.allSatisfy { $0.contains("HttpOnly") && $0.contains("SameSite=Lax") })
            let cookie = cookies.map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
            func home() async throws -> String {
                try await client.execute(uri: "/", method: .get, headers: [.cookie: cookie]) { String(buffer: $0.body) }
            }
            #expect(try await home().contains("管理员"))
            let unlike = try await post(
                client, "/account/password", "old=x&new=Tai-1-shan&again=Tai-2-shan", cookie)
            #expect(unlike.status == .badRequest && unlike.text.contains(#"data-code="account.unlike""#))
            #expect(unlike.text.contains("两次填写的新密码不一样"))
            #expect(!unlike.text.contains("Tai-1-shan"))
            let out = try await post(client, "/sign-out", "", cookie)
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await !home().contains("管理员"))
        }
    }

    /// A paper shared among three authors, line by line; the certificate of another person is not found.
    @Test func aPersonReadsTheirYearAndDownloadsTheCertificate() async throws {
        try await withSite { client, installation in
            _ = try await Demo(installation, seed: 1).fill(
                people: 3, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                progress: { _ in })
            let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
            _ = try await installation.certificates.publish(CertificateForm(reading: form), dryRun: false)
            _ = try await installation.settle(Year(2022), progress: { _ in })
            _ = try await installation.certificates.issue(Year(2022))
            let people = installation.people
            let names = try await installation.database.read {
                try PersonStore($0, people).names(from: 1, through: 100)
            }
            let number = try #require(names.first { $0.value == "岳明远" }?.key)
            let accounts = Accounts(installation.database, people)
            let opened = try await accounts.open(for: ID(number))
            let first = try await accounts.signIn(opened.login, opened.password, device: "").token
            let token = try await accounts.change(first, from: opened.password, to: "Tai-shan-2022")
            func ask(_ uri: String, _ token: String) async throws -> (status: HTTPResponse.Status, text: String) {
                let response = try await client.execute(uri: uri, method: .get, headers: [.cookie: "session=\(token)"])
                {
                    $0
                }
                return (response.status, response.headers[.location] ?? String(buffer: response.body))
            }
            let year = try await ask("/me/2022", token)
            for said in ["41.66", "二（三）3", "泰山石材锯切机理研究", "合格", "/me/certificates/"] {
                #expect(year.text.contains(said), "\(said)")
            }
            #expect(try await ask("/me", token).text.hasPrefix("/me/20"))
            let found = try await ask("/me/where?words=%E7%9F%B3%E6%9D%90", token)
            #expect(found.text.contains("查到 1 项") && found.text.contains("计入2022年度"))
            #expect(try await ask("/me/where?words=x", token).text.contains("没有收到“x”"))
            #expect(try await ask("/policies/taian-2022", token).text.contains("二（三）3"))
            #expect(try await ask("/policies/none", token).text.contains("policy.none"))
            #expect(try await ask("/me", first).text == "/sign-in?back=%2Fme")
            let own = try #require(year.text.firstMatch(of: #/\/me\/certificates\/[A-Z2-7]{16}/#)).output
            #expect(try await ask(String(own), token).text.hasPrefix("%PDF"))
            let others = try await installation.certificates.numbers(limit: 100).filter { !own.hasSuffix($0.text) }
            let other = try await ask("/me/certificates/\(try #require(others.first).text)", token)
            #expect(other.status == .notFound && other.text.contains("desk.no-certificate"))
            let lonely = try await accounts.open("lonely", name: "x", AccountRole(.administrator, at: nil))
            let stranger = try await accounts.signIn("lonely", lonely.password, device: "").token
            // A first password gives access only to the page that replaces it.
            #expect(try await ask("/me", stranger).text == "/account/password?back=%2Fme")
            #expect(try await ask("/account/password", stranger).text.contains("初始密码"))
            let own2 = try await accounts.change(stranger, from: lonely.password, to: "Tai-shan-2023")
            #expect(try await ask("/me", own2).text == "/")
            let refused = try await ask("/me/2022", own2)
            let pages = try YearPages(
                installation.registry, installation.certificates, Views(siteViews, Assets(siteAssets)))
            let nobody = Principal(account: ID(9), name: "x", role: .professional)
            let none = #expect(throws: Failure.self) { try pages.person(nobody) }
            #expect(none?.code == "desk.no-person")
            #expect(refused.status == .forbidden && refused.text.contains("web.forbidden"))
        }
    }

    /// A superseded certificate without a newer one has its own words, also in the template that a browser fills.
    @Test func aSupersededCertificateWithoutASuccessorHasItsOwnText() throws {
        let views = try Views(siteViews, Assets(siteAssets))
        let page = NumberPage(
            Verification(.superseded), nil, at: 0, digest: nil, isCode: true, named: nil, templates: HTML())
        let drawn = try views.view("verify-number", of: NumberPage.self).draw(page).text
        #expect(drawn.contains(#"data-state="changed""#) && drawn.contains("登记的结果已变更"))
        #expect(!drawn.contains("新证书取代") && !drawn.contains("以新证书为准"))
        let templates = try views.view("verdicts", of: VerificationTemplates.self).draw(.sample).text
        #expect(templates.contains(#"id="verdict-changed""#) && templates.contains(#"id="verdict-superseded""#))
    }

    /// A stranger verifies by a code, a file, or a number and a name.
    @Test func aCertificateIsVerifiedWithoutSigningIn() async throws {
        try await withSite { client, installation in
            _ = try await Demo(installation, seed: 1).fill(
                people: 3, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                progress: { _ in })
            let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
            _ = try await installation.certificates.publish(CertificateForm(reading: form), dryRun: false)
            _ = try await installation.settle(Year(2022), progress: { _ in })
            _ = try await installation.certificates.issue(Year(2022))
            let certificates = installation.certificates
            let number = try #require(try await certificates.numbers(limit: 1).first)
            let held = try await certificates.certificate(number).certificate
            let page = try await client.execute(uri: "/v/\(number.text)", method: .get) { String(buffer: $0.body) }
            for said in [#"data-state="valid""#, #"data-keys="/api/v1/keys""#, "verdict-cannot-check", "核对姓名"] {
                #expect(page.contains(said), "\(said)")
            }
            let digest = try #require(try await certificates.digest(of: number))
            #expect(!page.contains(held.facts.name) && page.contains(digest))
            let keys = try await client.execute(uri: "/api/v1/keys", method: .get) { String(buffer: $0.body) }
            #expect(keys.contains("Ed25519"))
            let code = Base32.encode(held.code.bytes)
            let sent = try await post(client, "/v/\(number.text)", "code=\(code)")
            #expect(sent.text.contains("有效") && sent.text.contains(held.facts.name))
            let name = held.facts.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let right = try await post(client, "/v/\(number.text)/name", "name=\(name)")
            #expect(right.text.contains("您填的姓名与登记的一致"))
            for _ in 0..<5 {
                let wrong = try await post(client, "/v/\(number.text)/name", "name=x")
                #expect(wrong.text.contains("不一致"))
            }
            #expect(try await post(client, "/v/\(number.text)/name", "name=\(name)").text.contains("请明天再试"))
            let pdf = try await certificates.pdf(of: number)
            let whole = try await Self.upload(client, "/verify/file", "证书.pdf", pdf)
            #expect(whole.contains("xs-verdict is-ok") && whole.contains(held.facts.name))
            #expect(try await Self.upload(client, "/verify/file", "a.pdf", Array("%PDF-1.4".utf8)).contains("可读取的 PDF"))
            let none = try await Self.upload(client, "/verify/file", "", [])
            #expect(none.contains("没有选择文件") && none.contains(#"data-code="verify.no-file""#))
            let views = try Views(siteViews, Assets(siteAssets))
            let file = try await certificates.verifyPage(views)
            #expect(file.contains("Ed25519") && file.contains("function decode") && !file.contains("export function"))
            let lost = await #expect(throws: Failure.self) {
                try await certificates.verifyPage(views, [URL(filePath: "/nonexistent/verify-page.js")])
            }
            #expect(lost?.code == "verify.page" && lost?.words.chinese.contains("/nonexistent/verify-page.js") == true)
            var refused = 0
            for _ in 0..<40 {
                let status = try await client.execute(uri: "/v/\(number.text)", method: .get) { $0.status }
                if status == .tooManyRequests { refused += 1 }  // web.too-many
            }
            #expect(refused > 0)
        }
    }

    private static func upload(
        _ client: any TestClientProtocol, _ uri: String, _ name: String, _ bytes: [UInt8]
    ) async throws -> String {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
        var body = ByteBuffer(string: head)
        body.writeBytes(bytes)
        body.writeString("\r\n--b--\r\n")
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        return try await client.execute(uri: uri, method: .post, headers: headers, body: body) {
            String(buffer: $0.body)
        }
    }
}
