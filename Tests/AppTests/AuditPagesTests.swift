import Database
import Foundation
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Jobs
@testable import People
@testable import Portal

/// The auditor sees the acts of others, and nothing else.
@Suite struct AuditPagesTests {
    private static let password = "Tai-shan-2022"

    @Test func anAuditorFindsRecordedActs() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.password)
            let somebody = Actor.account(7, role: .bureau, organisation: 2, from: "192.0.2.9")
            try await installation.audit.acting(as: somebody).record(
                .mergePerson, .person(ID(5)), about: ID(5), ["into": "6"])
            let all = try await page(client, "/audit", cookie)
            #expect(all.status == .ok)
            for said in ["合并人员", "账号 7（市人社局，单位 2）", "192.0.2.9", "人员 5", "into=6", "account/7 1"] {
                #expect(all.text.contains(said), "\(said)")
            }
            let mine = try await page(client, "/audit?who=7&person=5&act=person.merge&result=done", cookie)
            #expect(mine.text.contains("account/7 1"))
            for none in ["who=8", "person=6", "act=person.merge&result=refused", "to=2020-01-01"] {
                let empty = try await page(client, "/audit?\(none)", cookie)
                #expect(empty.status == .ok && !empty.text.contains("account/7 1"), "\(none)")
            }
            #expect(try await page(client, "/audit?who=8", cookie).text.contains("这段时间没有符合条件的记录"))
            let turned = try await page(client, "/audit?from=2022-03-02&to=2022-03-01&act=person.marry", cookie)
            #expect(turned.status == .badRequest && turned.text.contains("截止日期早于起始日期"))
            #expect(turned.text.contains("没有“person.marry”这种操作"))
            let wrong = try await page(client, "/audit?from=2022-02-30&person=x", cookie)
            #expect(wrong.status == .badRequest && wrong.text.contains("日期写作 2022-06-01"))
            #expect(wrong.text.contains("人员编号是一个数字") && !wrong.text.contains("account/7 1"))
            // The search itself is recorded, with its criteria as codes.
            let looked = try await found(installation, .searchAudit)
            #expect(looked.contains { $0.detail.contains(#""who":7"#) && $0.role == "auditor" })
        }
    }

    private func found(_ installation: Installation, _ act: AuditAct) async throws -> [AuditRecord] {
        var query = AuditQuery()
        query.act = act.rawValue
        return try await installation.audit.find(query, limit: 1000)
    }

    @Test func recordsAreSplitIntoPages() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.password)
            let audit = installation.audit.acting(as: .system("root"))
            for turn in 1...60 { try await audit.record(.exportStatus, .job(turn)) }
            let first = try await page(client, "/audit?who=root", cookie).text
            let next = try #require(first.firstMatch(of: #/href="([^"]*)" rel="next"/#)).1.replacing("&amp;", with: "&")
            let second = try await page(client, String(next), cookie).text
            #expect(first.contains("system/root 60") && !first.contains("system/root 10<"))
            #expect(second.contains("system/root 10<") && second.contains("system/root 1<"))
            #expect(!second.contains(#"rel="next""#) && second.contains("回到开头"))
        }
    }

    @Test(arguments: Role.allCases.filter { $0 != .auditor })
    func otherRolesCannotSeeTheAuditLog(_ role: Role) async throws {
        try await withSite { client, installation in
            let unit = try await installation.database.write { transaction in
                _ = try RegionStore(transaction).put(Region(code: required(RegionCode("370902")), name: "泰山区"))
                return try OrganisationStore(transaction).add(
                    "泰山区示例单位", [.authority, .bureau].contains(role) ? .authority : .employer, uscc: nil,
                    nature: "institution", region: required(RegionCode("370902")), upstream: nil)
            }
            let place = role == .administrator ? nil : unit.number
            let cookie = try await installation.signedIn(AccountRole(role, at: place), password: Self.password)
            for _ in 1...5 {
                let page = try await page(client, "/audit", cookie)
                #expect(page.status == .forbidden && page.text.contains("web.forbidden"))
            }
            #expect(try await post(client, "/audit/export", "query=", cookie).status == .forbidden)
            // The refusal is recorded once, not for each request.
            let refused = try await found(installation, .beRefused)
            #expect(refused.map(\.result) == ["web.forbidden"])
            #expect(refused.first?.object == .path("/audit") && refused.first?.role == role.rawValue)
        }
    }

    @Test func pagesOfPeopleAreForbiddenToAuditors() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.password)
            for path in ["/people", "/people/1/years/2022", "/import", "/years", "/figures", "/notices/new"] {
                #expect(try await page(client, path, cookie).status == .forbidden, "\(path)")
            }
            #expect(try await page(client, "/", cookie).text.contains(#"href="/audit""#))
        }
    }

    @Test(arguments: ["xlsx", "csv"]) func anExportRunsAsAJobAndIsRecorded(_ format: String) async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.password)
            try await installation.audit.acting(as: .system("=cmd")).record(.exportStatus)
            let asked = try await post(client, "/audit/export", "query=who%3D%3Dcmd&format=\(format)", cookie)
            let place = try #require(asked.headers[.location])
            try await ended(installation)
            let job = try await page(client, place, cookie).text
            #expect(job.contains("审计记录.\(format)"))
            let file = try await client.execute(uri: place + "/file", method: .get, headers: [.cookie: cookie]) {
                Array($0.body.readableBytesView)
            }
            #expect(format == "xlsx" ? file.starts(with: Array("PK".utf8)) : file.starts(with: Array("\u{FEFF}".utf8)))
            let text = String(decoding: file, as: UTF8.self)
            #expect(format == "xlsx" || text.contains("system/_cmd") && text.contains("导出证书状态"))
            #expect(try await found(installation, .exportAudit).first?.role == "auditor")
            #expect(try await found(installation, .downloadFile).first?.object.kind == "job")
        }
    }

    /// Waits until the site's workers have finished the jobs.
    private func ended(_ installation: Installation) async throws {
        while try await installation.jobs.counts().open > 0 { try await nextTurn() }
    }

    /// A meaningless query is refused, and so is the job of a person who is no longer an auditor.
    @Test func forbiddenExportsAreRefused() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.auditor, at: nil), password: Self.password)
            let accounts = Accounts(installation.database, installation.people)
            let (jobs, account) = (installation.jobs, try await accounts.account("bureau"))
            let asked = try await post(client, "/audit/export", "query=from%3Dx&format=csv", cookie)
            let wrong = try required(Int(try required(asked.headers[.location]).dropFirst("/jobs/".count)))
            try await ended(installation)
            try await accounts.revoke(AccountRole(.auditor, at: nil), from: account)
            let late = try await jobs.order(
                AuditJobs.export, "x", of: account.number,
                AuditPayload("", isCSV: true, JobOrigin(.program("test"))))
            try await ended(installation)
            for (number, code) in [(ID(wrong), "audit.query"), (late, "audit.no-role")] {
                let job = try await installation.database.read { try jobs.store($0).find(number) }
                #expect(job?.state == .failed && job?.result.code == code, "\(code)")
            }
            #expect(try await found(installation, .exportAudit).isEmpty)
        }
    }

    @Test func theAccountPageListsTheOwnActs() async throws {
        try await withSite { client, installation in
            let cookie = try await installation.signedIn(AccountRole(.bureau, at: nil), password: Self.password)
            let account = try await Accounts(installation.database, installation.people).account("bureau")
            let own = Actor.account(account.number, role: .bureau, organisation: nil, from: "192.0.2.44")
            try await installation.audit.acting(as: own).record(.exportList, .list("people"))
            let other = Actor.account(account.number + 1, role: .bureau, organisation: nil, from: "192.0.2.45")
            try await installation.audit.acting(as: other).record(.exportList, .list("people"))
            let text = try await page(client, "/account", cookie).text
            #expect(text.contains("最近的登录和操作") && text.contains("192.0.2.44") && !text.contains("192.0.2.45"))
        }
    }
}
