import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Registry
import Testbed
import Testing
import Web

@testable import App
@testable import People
@testable import Portal

@Suite("The administrator's pages")
struct AdministrationTests {
    private static let word = "Tai-shan-2022"

    private struct Admin {
        let client: any TestClientProtocol
        let installation: Installation
        let cookie: String
        let number: ID<Account>

        var accounts: Accounts { Accounts(installation.database, installation.people) }

        func get(_ uri: String) async throws -> String { try await page(client, uri, cookie).text }

        func send(_ uri: String, _ form: String = "") async throws -> (status: HTTPResponse.Status, text: String) {
            let response = try await post(client, uri, form, cookie)
            return (response.status, response.headers[.location] ?? response.text)
        }

        func acts() async throws -> [String] {
            try await installation.audit.find(AuditQuery(), limit: 50).filter { $0.account == number.number }
                .map(\.act)
        }
    }

    private func withAdmin(_ body: @escaping @Sendable (Admin) async throws -> Void) async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.administrator, at: nil), password: Self.word)
            let number = try await Accounts(installation.database, installation.people).account("bureau")
            try await body(Admin(client: client, installation: installation, cookie: cookie, number: number))
        }
    }

    @Test func theStateOfTheSystemIsShown() async throws {
        try await withAdmin { admin in
            let text = try await admin.get("/administration/state")
            for words in ["系统状态", "SQLite", "账本核对", "0 项未完成", "<dt>账号</dt><dd>1 个"] {
                #expect(text.contains(words), "\(words)")
            }
            try await admin.installation.writeRoot()
            let state = try await admin.installation.systemState()
            #expect(state.signed != nil && state.size > 100_000 && !state.isClockBehind)
            #expect(try await !admin.get("/administration/state").contains("还没有核对过"))
        }
    }

    /// What needs somebody comes first, with the next step.
    @Test func faultsComeFirst() {
        let state = SystemState.sample
        #expect(state.checks.map { $0.isGood == false } == [true, true, true, true, true])
        let calm = SystemState(
            version: "0.1", engine: "SQLite", steps: 1, size: 1 << 30, people: 0, accounts: 0, signed: 1,
            differing: nil, jobs: (3, 0), messages: (0, 0), newest: 0, isClockBehind: false, now: 2)
        #expect(calm.checks.allSatisfy { $0.isGood != false })
        let late = SystemState(
            version: "0.1", engine: "SQLite", steps: 1, size: 0, people: 0, accounts: 0, signed: 1, differing: 0,
            jobs: (3, 0), messages: (0, 0), newest: 0, isClockBehind: false, now: 27 * 3_600_000)
        #expect(late.checks.first?.hint.contains("超过一天") == true)
        let sizes = [0, 12 << 20, 1 << 30, 1537 << 20].map(SystemState.sizeText)
        #expect(sizes == ["0.0 MB", "12.0 MB", "1.0 GB", "1.5 GB"])
    }

    @Test func anAccountIsFoundLockedAndOpenedAgain() async throws {
        try await withAdmin { admin in
            let opened = try await admin.accounts.open("auditor", name: "审计", AccountRole(.auditor, at: nil))
            let session = try await admin.accounts.signIn("auditor", opened.password, device: "").token
            #expect(try await admin.get("/administration/accounts").contains("审计"))
            #expect(
                try await admin.send("/administration/accounts", "login=nobody").text.contains("administration.login"))
            let place = try await admin.send("/administration/accounts", "login=auditor").text
            #expect(place == "/administration/account?number=\(opened.number)")
            #expect(try await admin.get(place).contains("已登录的会话 1 个"))
            let lock = place.replacing("account?", with: "account/lock?")
            #expect(try await admin.get(lock).contains("确认停用"))
            #expect(try await admin.send(lock).text == place)
            #expect(try await admin.accounts.principal(session) == nil)
            #expect(try await admin.send(lock).status == .conflict)
            await #expect(throws: Failure.wrongLogin) {
                _ = try await admin.accounts.signIn("auditor", opened.password, device: "")
            }
            let locked = try await admin.get(place)
            #expect(locked.contains("已停用"))
            let mark = try required(locked.firstMatch(of: #/name="mark" value="([0-9a-f]+)"/#)?.1)
            let form = "number=\(opened.number)&mark=\(mark)&reason="
            #expect(try await admin.send("/administration/account/password", form).text.contains("请填写办理原因"))
            let given = try await admin.send("/administration/account/password", form + "x").text
            let word = String(try required(given.firstMatch(of: #/id="once">([^<]+)</#)?.1))
            let token = try await admin.accounts.signIn("auditor", word, device: "").token
            #expect(try await admin.accounts.resets(token).map(\.reason) == ["x"])
            // A form that was shown before the reset resets nothing.
            #expect(try await admin.send("/administration/account/password", form + "x").status == .conflict)
            let exit = place.replacing("account?", with: "account/exit?")
            #expect(try await admin.get(exit).contains("确认全部退出"))
            _ = try await admin.send(exit)
            #expect(try await admin.accounts.principal(token) == nil)
            let acts = try await admin.acts()
            for act in ["account.lock", "account.first-password", "account.end-access"] {
                #expect(acts.contains(act), "\(act)")
            }
            #expect(
                try await admin.send("/administration/account/lock?number=999").text.contains("administration.account"))
            #expect(try await admin.get("/administration/account?number=999") == "")
        }
    }

    @Test func rolesAreGrantedAndRevokedButNotTheLastAdministrator() async throws {
        try await withAdmin { admin in
            let own = "number=\(admin.number)&role=administrator"
            let revoke = "/administration/account/revocation?" + own
            #expect(try await admin.get(revoke).contains("确认取消"))
            #expect(try await admin.send(revoke).text.contains("account.last-administrator"))
            #expect(
                try await admin.send("/administration/account/lock?number=\(admin.number)").text.contains("最后一个系统管理员"))
            let opened = try await admin.accounts.open("second", name: "第二人", AccountRole(.auditor, at: nil))
            let roles = "/administration/account/roles"
            let grant = "number=\(opened.number)&role="
            #expect(try await admin.send(roles, grant + "professional").text.contains("administration.role"))
            #expect(try await admin.send(roles, grant + "employer").status == .badRequest)
            let unit = "&unit=%E6%B2%A1%E6%9C%89%E7%9A%84%E5%8D%95%E4%BD%8D"
            #expect(try await admin.send(roles, grant + "employer" + unit).text.contains("administration.unit"))
            // An auditor administers nothing.
            #expect(try await admin.send(roles, grant + "administrator").text.contains("account.auditor-alone"))
            let other = try await admin.accounts.open("other", name: "另一人", AccountRole(.administrator, at: nil))
            #expect(try await admin.send("/administration/account/revocation?number=1&role=x").status == .badRequest)
            #expect(
                try await admin.send(revoke.replacing("\(admin.number)", with: "\(other.number)")).text
                    == "/administration/account?number=\(other.number)")
            let second = try await admin.accounts.open("third", name: "第三人", AccountRole(.administrator, at: nil))
            // A locked administrator does not count.
            _ = try await admin.send("/administration/account/lock?number=\(second.number)")
            #expect(try await admin.send(revoke).text.contains("这是最后一个系统管理员"))
            #expect(try await admin.acts().contains("role.revoke"))
        }
    }

    @Test func tokensAreMadeShownOnceAndEndedOneByOne() async throws {
        try await withAdmin { admin in
            _ = try await admin.accounts.open("platform", name: "平台", AccountRole(.auditor, at: nil))
            let path = "/administration/tokens"
            #expect(try await admin.send(path, "login=&name=&days=0").text.contains("请填写登录名"))
            #expect(try await admin.send(path, "login=nobody&name=x&days=90").text.contains("没有这个登录名的账号"))
            var texts: [String] = []
            for name in ["one", "two"] {
                let made = try await admin.send(path, "login=platform&name=\(name)&days=90&permit=people:read").text
                texts.append(String(try required(made.firstMatch(of: #/xt_[0-9a-f]{64}/#)?.0)))
            }
            let listed = try await admin.get(path)
            #expect(listed.contains("有效的令牌 2 个") && !texts.contains(where: listed.contains))
            let tokens = Tokens(admin.installation.database, admin.installation.people)
            let one = try required(try await tokens.all().first { $0.name == "one" })
            let end = path + "/end?token=\(one.hash)"
            #expect(try await admin.get(end).contains("确认停用"))
            #expect(try await admin.send(end).text == path)
            #expect(try await admin.send(end).text.contains("token.unknown"))
            #expect(try await tokens.tokenPrincipal(texts[0]) == nil)
            #expect(try await tokens.tokenPrincipal(texts[1]) != nil)
            // A restored row of an ended token is not valid.
            #expect(try await tokens.all().map(\.name) == ["two"])
        }
    }

    @Test func nobodyElseGetsIn() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.word)
            for path in ["/state", "/accounts", "/account?number=1", "/account/lock?number=1", "/tokens"] {
                #expect(try await page(client, "/administration" + path, cookie).status == .forbidden, "\(path)")
            }
            #expect(try await post(client, "/administration/account/lock?number=1", "", cookie).status == .forbidden)
        }
    }

    /// A person whose account the administrator locked gets no password from an officer.
    @Test(arguments: Engine.allCases) func anOfficerDoesNotOpenALockedAccount(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远")
            let opened = try await accounts.open(for: person)
            try await accounts.lock(opened.number)
            let login = try await accounts.login(of: person)
            #expect(login.state == .locked)
            let office = try await city.office()
            let officer = try await accounts.open(
                "taishan", name: "泰山区", AccountRole(.authority, at: office.number))
            let submitter = Submitter(
                scope: .region(office.region), account: officer.number, organisation: office.number, isBureau: false)
            let failure = await #expect(throws: Failure.self) {
                _ = try await accounts.resetPassword(
                    to: person, mark: login.mark, by: PasswordResetter(submitter, reason: "x"))
            }
            #expect(failure?.code == "account.disabled")
        }
    }

    /// Who can write to the database cannot restore a token that was ended alone.
    @Test(arguments: Engine.allCases) func aRestoredTokenStaysEnded(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            _ = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let tokens = Tokens(city.database, city.people)
            let text = try await tokens.make("x", for: "admin", [.people], days: 9)
            let row = try await city.database.read { transaction in
                try transaction.first("SELECT mac FROM api_token") { try $0.bytes(0) } ?? []
            }
            try await tokens.end(hash: try required(try await tokens.all().first).hash)
            _ = try await city.database.write {
                try $0.execute("UPDATE api_token SET ended = NULL, mac = \(row)")
            }
            #expect(try await tokens.tokenPrincipal(text) == nil)
            #expect(try await tokens.all().isEmpty)
            await #expect(throws: Failure.noToken) { try await tokens.find("00") }
        }
    }
}
