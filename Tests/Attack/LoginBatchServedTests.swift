import Documents
import Foundation
import HTTPTypes
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

@Suite("Attack: the pages that open logins in batches")
struct LoginBatchServedTests {
    private static let office = "泰安市人力资源和社会保障局"

    private func work(_ office: OfficeClient) -> Task<Void, Never> { Task { await office.installation.jobs.work() } }

    private func list(_ names: [(name: String, id: String)]) -> String {
        "姓名,身份证号\n" + names.map { "\($0.name),\($0.id)\n" }.joined()
    }

    /// Uploads a list for its check.
    private func upload(_ officer: OfficeClient.Officer, _ text: String, reason: String) async throws
        -> OfficeClient.Officer.PageResponse
    {
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\n\(reason)\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
            + "\(text)\r\n--b--\r\n"
        let headers: HTTPFields = [.cookie: officer.cookie, .contentType: "multipart/form-data; boundary=b"]
        return try await officer.office.client.execute(
            uri: "/people/logins", method: .post, headers: headers, body: ByteBuffer(string: body)
        ) { ($0.status, $0.headers[.location] ?? String(buffer: $0.body)) }
    }

    private func number(_ job: String) -> String { String(job.split(separator: "/").last ?? "") }

    /// The headers of the workbook with the codes, and the codes.
    private func codes(_ officer: OfficeClient.Officer, _ job: String) async throws -> (HTTPFields, [String]) {
        let headers: HTTPFields = [
            .cookie: officer.cookie, .contentType: "application/x-www-form-urlencoded",
        ]
        let found = try await officer.office.client.execute(
            uri: "/people/logins/\(number(job))/sheet", method: .post, headers: headers, body: ByteBuffer(string: "")
        ) { (fields: $0.headers, bytes: Array(buffer: $0.body)) }
        let file = try OpenFile.scratch(found.bytes)
        var codes: [String] = []
        for try await rows in SheetBatches(file.path, size: 100) {
            codes += rows.filter { $0.number > 1 }.map { $0.cells[3].text }
        }
        return (found.fields, codes)
    }

    @Test func aListIsCheckedOpenedAndDownloadedOnce() async throws {
        try await withOffice { office in
            let jobs = work(office)
            defer { jobs.cancel() }
            let bureau = try await office.officer("city", .bureau, at: Self.office)
            let (own, other) = (OfficeClient.own, OfficeClient.stranger)
            #expect(try await upload(bureau, list([own]), reason: "").status == .badRequest)
            #expect(try await bureau.post("/people/logins", "reason=x").text.contains("logins.nobody"))
            let unknown = (name: "查无此人", id: try Cast.number(830).text)
            let check = try await upload(bureau, list([own, other, own, unknown]), reason: "统一开通").text
            let checked = try await bureau.job(check)
            #expect(checked.contains("<dt>将开通</dt><dd>2 人</dd>") && checked.contains("开通 2 个账号"))
            #expect(checked.contains("第 5 行：您管理的单位里没有这个身份证号的人"))
            #expect(try await bureau.get("/people/logins/\(number(check))").text == check)
            #expect(try await bureau.post("/people/logins/\(number(check))/slips").text.contains("logins.not-checked"))
            let confirmation = "/people/logins/\(number(check))/confirmation"
            let opening = try await bureau.post(confirmation).text
            #expect(try await bureau.post(confirmation).text == opening)
            let done = try await bureau.job(opening)
            #expect(done.contains("<dt>已开通</dt><dd>2 人</dd>") && done.contains("去下载登录码"))
            let (fields, codes) = try await codes(bureau, opening)
            #expect(codes.count == 2 && fields[.cacheControl] == "no-store")
            let slips = try await bureau.post("/people/logins/\(number(opening))/slips")
            #expect(slips.status == .ok && slips.text.hasPrefix("%PDF"))
            // No page, no address and no row has the code.
            let pages = [opening, "/people/logins", "/people/logins/\(number(opening))"]
            for page in pages {
                let text = try await bureau.get(page).text
                #expect(!codes.contains(where: text.contains), "\(page)")
            }
            try expectNoCode(codes, in: office.installation)
            let login = try await post(office.client, "/sign-in", "login=\(own.id)&password=\(codes[0])")
            let second = try await post(office.client, "/sign-in", "login=\(own.id)&password=\(codes[1])")
            #expect([login, second].filter { $0.status == .seeOther }.count == 1)
            let acts = try await office.installation.audit.find(AuditQuery(), limit: 200)
            #expect(acts.filter { $0.act == AuditAct.openAccount.rawValue && $0.person != nil }.count == 2)
        }
    }

    private func post(
        _ client: any TestClientProtocol, _ uri: String, _ form: String
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        return try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: form)) {
            ($0.status, String(buffer: $0.body))
        }
    }

    /// The files of the data folder contain no code in clear.
    private func expectNoCode(_ codes: [String], in installation: Installation) throws {
        for name in ["xueshi.db", "xueshi.db-wal"] {
            let path = installation.folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            for code in codes {
                #expect(data.range(of: Data(code.utf8)) == nil, "\(name)")
                #expect(data.range(of: Data(code.replacing("-", with: "").utf8)) == nil, "\(name)")
            }
        }
    }

    /// Another account, an employer, and the same officer without a session get nothing.
    @Test func otherPeopleGetNoCodes() async throws {
        try await withOffice { office in
            let jobs = work(office)
            defer { jobs.cancel() }
            let bureau = try await office.officer("city", .bureau, at: Self.office)
            let unit = try await office.unit(OfficeClient.mill)
            let check = try await bureau.post("/people/logins", "unit=\(unit)&reason=x").text
            _ = try await bureau.job(check)
            let opening = try await bureau.post("/people/logins/\(number(check))/confirmation").text
            _ = try await bureau.job(opening)
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let rival = try await office.officer("rival", .bureau, at: Self.office)
            let nobody = OfficeClient.Officer(office: office, account: bureau.account, cookie: "")
            let slips = "/people/logins/\(number(opening))/slips"
            #expect(try await works.post(slips).status == .forbidden)
            #expect(try await works.get("/people/logins").status == .forbidden)
            #expect(try await rival.post(slips).status == .notFound)
            #expect(try await nobody.post(slips).status == .forbidden)
            // A colleague may revoke, since codes may be known to whoever printed them.
            let revocation = "/people/logins/revocation?batch=\(number(opening))"
            #expect(try await rival.get(revocation).text.contains("作废登录码"))
            #expect(try await rival.post(revocation).text == "/people/logins")
            #expect(try await bureau.post(slips).text.contains("account.codes-gone"))
            // The check of one role is not confirmed in another.
            #expect(try await rival.post("/people/logins/\(number(check))/confirmation").status == .notFound)
            let county = try await office.officer("county", .authority, at: "肥城市人力资源和社会保障局")
            #expect(try await county.post("/people/logins", "unit=\(unit)&reason=x").status == .notFound)
        }
    }
}
