import Database
import Files
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

/// An officer's work: import a list with errors, correct it, settle the year, bundle the certificates.
@Suite struct OfficeTests {
    private struct OfficeSetup {
        let client: any TestClientProtocol
        let installation: Installation
        let cookie: String

        func get(_ uri: String) async throws -> (status: HTTPResponse.Status, text: String) {
            try await client.execute(uri: uri, method: .get, headers: [.cookie: cookie]) {
                ($0.status, $0.headers[.location] ?? String(buffer: $0.body))
            }
        }

        func post(_ uri: String, _ form: String) async throws -> (status: HTTPResponse.Status, text: String) {
            let headers: HTTPFields = [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"]
            return try await client.execute(
                uri: uri, method: .post, headers: headers, body: ByteBuffer(string: form)
            ) { ($0.status, $0.headers[.location] ?? String(buffer: $0.body)) }
        }

        func upload(_ name: String, _ text: String) async throws -> (status: HTTPResponse.Status, text: String) {
            let body =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
                + "\(text)\r\n--b--\r\n"
            let headers: HTTPFields = [.cookie: cookie, .contentType: "multipart/form-data; boundary=b"]
            return try await client.execute(
                uri: "/import", method: .post, headers: headers, body: ByteBuffer(string: body)
            ) { ($0.status, $0.headers[.location] ?? String(buffer: $0.body)) }
        }

        /// The page of a job after it has ended.
        func job(_ place: String) async throws -> String {
            while try await installation.jobs.counts().open > 0 { try await nextTurn() }
            return try await get(place).text
        }
    }

    private func withOffice(
        _ role: Role, of authority: String, _ body: @escaping @Sendable (OfficeSetup) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            _ = try await Demo(installation, seed: 1).fill(
                people: 3, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                progress: { _ in })
            let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
            _ = try await installation.certificates.publish(CertificateForm(reading: form), dryRun: false)
            let office = try await installation.database.read {
                try OrganisationStore($0).authorities(named: authority).first
            }
            let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
            _ = try await accounts.open(
                "officer", name: "x", AccountRole(role, at: try required(office).number), isDemo: true)
            let token = try await accounts.signIn("officer", Accounts.demoPassword, device: "").token
            let application = try buildApplication(installation, SiteConfiguration())
            try await application.test(.router) { client in
                try await body(OfficeSetup(client: client, installation: installation, cookie: "session=\(token)"))
            }
        }
    }

    @Test func aListIsDryRunCorrectedAndImported() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            let head = "姓名,身份证号,单位名称,单位性质,行政区划\n"
            let id = try Cast.number(700).text
            let wrong = head + "新来人,\(id.dropLast())9x,泰安新单位,企业,370902\n"
            #expect(try await setup.upload("名单.txt", wrong).status == .badRequest)
            #expect(try await setup.upload("名单.txt", wrong).text.contains("实际是 .txt 文件"))
            let tried = try await setup.upload("名单.csv", wrong)
            #expect(tried.status == .seeOther && tried.text.hasPrefix("/jobs/"))
            let report = try await setup.job(tried.text)
            for said in ["试导入：名单.csv", "1 行有误", "下载有误的 1 行", "身份证号", "上传改好的表", "按表头认出这是人员名单"] {
                #expect(report.contains(said), "\(said)")
            }
            #expect(try await setup.get(tried.text + "/file").text.hasPrefix("PK"))
            let right = try await setup.upload("名单.csv", head + "新来人,\(id),泰安新单位,企业,370902\n")
            #expect(try await setup.job(right.text).contains("1 行可导入"))
            #expect(try await setup.get("/people?show=unit").text.contains("泰安新单位") == false)
            let taken = try await setup.post(right.text.replacing("/jobs/", with: "/import/") + "/confirmation", "")
            #expect(try await setup.job(taken.text).contains("1 行已导入"))
            // The page of the dry run leads to the import instead of offering it again.
            let before = try await setup.get(right.text).text
            #expect(before.contains("已经正式导入") && before.contains("href=\"\(taken.text)\""), "\(before)")
            #expect(!before.contains("/confirmation"))
            let again = try await setup.post(taken.text.replacing("/jobs/", with: "/import/") + "/confirmation", "")
            #expect(again.status == .unprocessableContent && again.text.contains("import.not-rehearsed"))
            let found = try await setup.post("/people/search", "words=\(id)")
            #expect(found.text.contains("新来人") && !found.text.contains(id.dropLast(4)))
            #expect(try await setup.post("/people/search", "words=新来").text.contains("泰安新单位"))
            #expect(try await setup.get("/import/templates/people").text.hasPrefix("PK"))
            #expect(try await setup.get("/import/templates/x").text.contains("import.no-template"))
        }
    }

    /// An upload that is no list shows the upload page again, with the reason.
    @Test func anUploadThatIsNoListIsRefused() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            for (name, text, code, words) in [
                ("", "", "import.no-file", "没有选择名单"), ("名单.txt", "a", "import.not-excel", "实际是 .txt 文件"),
                ("名单.csv", "", "import.empty", "0 字节"), ("名单.csv", "%PDF-1.4", "import.not-excel", "实际是 PDF 文件"),
                ("名单.csv", String(repeating: "a", count: FileKind.list.largest + 1), "import.too-large", "超过 32 MB"),
            ] {
                let page = try await setup.upload(name, text)
                #expect(page.status == .badRequest && page.text.contains("data-code=\"\(code)\""), "\(name) \(code)")
                #expect(page.text.contains(words), "\(name) \(code)")
            }
            #expect(try await setup.installation.jobs.counts().open == 0)
        }
    }

    /// A list whose headers do not tell its content is kept, and the page asks for it.
    @Test func theContentOfAListIsAskedFor() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            let id = try Cast.number(700).text
            let asked = try await setup.upload("名单.csv", "姓名,身份证号,内容\n新来人,\(id),某项\n").text
            let page = try await setup.job(asked)
            #expect(page.contains("表头看不出名单里是什么") && page.contains(#"value="hours 论文""#), "\(page)")
            let path = asked.replacing("/jobs/", with: "/import/") + "/content"
            for form in ["", "chosen=places", "chosen=hours"] {
                let refused = try await setup.post(path, form)
                #expect(refused.status == .badRequest && refused.text.contains("import.no-content"), "\(form)")
            }
            let unknown = try await setup.post(asked.replacing("/jobs/", with: "/import/") + "/confirmation", "")
            #expect(unknown.text.contains("import.not-rehearsed"))
            let told = try await setup.post(path, "chosen=people")
            #expect(told.status == .seeOther)
            let tried = try await setup.job(told.text)
            #expect(tried.contains("试导入人员：名单.csv") && tried.contains("1 行有误"), "\(tried)")
            // The content was told: it cannot be chosen again.
            #expect(
                try await setup.post(told.text.replacing("/jobs/", with: "/import/") + "/content", "chosen=people")
                    .text.contains("import.no-content"))
        }
    }

    /// A search shows 20 units and says that there are more; units without people are found too.
    @Test func aSearchWithManyUnitsShowsThatThereAreMore() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            let region = try required(RegionCode("370902"))
            try await setup.installation.database.write { transaction in
                for turn in 101...121 {
                    _ = try OrganisationStore(transaction).add(
                        "岱庙文化\(turn)公司", .employer, uscc: nil, nature: "enterprise", region: region, upstream: nil)
                }
            }
            let many = try await setup.post("/people/search", "words=岱庙文化").text
            #expect(many.contains("岱庙文化120公司") && !many.contains("岱庙文化121公司"))
            #expect(many.contains("还有更多单位") && !many.contains("没有找到"), "\(many)")
            let one = try await setup.post("/people/search", "words=岱庙文化121").text
            #expect(one.contains("岱庙文化121公司") && !one.contains("还有更多单位"))
            #expect(try await setup.post("/people/search", "words=没有这个人").text.contains("没有找到“没有这个人”"))
            #expect(try await setup.get("/people?nature=none").text.contains(#"value="none" selected"#))
        }
    }

    /// A file that is not a list is refused with a text for the site, and a link back to the upload.
    @Test func aFileThatIsNoListIsRefusedWithALinkToTheUpload() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            for (text, words) in [
                ("姓名,单位\n甲,乙\n", "表头缺少：身份证号。第 1 行读到的是：姓名、单位。第一行应为表头；可下载模板，按模板的列名填写"),
                ("代码,名称\n370902,泰山区\n", "这是地区名单而不是人员名单"),
            ] {
                let page = try await setup.job(setup.upload("名单.csv", text).text)
                #expect(page.contains(words) && !page.contains("xueshi") && !page.contains("import hours"), "\(page)")
                #expect(page.contains("重新上传") && page.contains("btn btn-primary\" href=\"/import\""))
            }
        }
    }

    /// A web page or XML with a spreadsheet's name is named as such; remarks about rows are in the report.
    @Test func aWebPageNamedAsASpreadsheetIsReportedAsSuch() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            let page = try await setup.job(setup.upload("名单.xlsx", "<html><table></table></html>").text)
            #expect(page.contains("这是网页（HTML），只是用了表格的文件名") && page.contains("重新上传"), "\(page)")
            let list = "姓名,身份证号,职称,民族\n新来人,\(try Cast.idNumber(of: "安澜").text),教师,汉\n"
            let told = try await setup.job(setup.upload("名单.csv", list).text)
            #expect(told.contains("不认识的列：民族。这些列没有导入，请对照模板核对列名"), "\(told)")
        }
    }

    @Test func aYearIsSettledAndItsCertificatesAreBundled() async throws {
        try await withOffice(.bureau, of: "泰安市人力资源和社会保障局") { setup in
            let years = try await setup.get("/years").text
            #expect(years.contains("/years/2022/settlement") && years.contains("结果随之更新"))
            let preview = try await setup.post("/years/2022/preview", "")
            #expect(try await setup.job(preview.text).contains("这是预览，还没有结算"))
            #expect(try await setup.get("/years/2022/settlement").text.contains("确认结算"))
            let settled = try await setup.post("/years/2022/settlement", "")
            #expect(try await setup.job(settled.text).contains("2022年度已结算"))
            // The tasks on the home page are counted again by each of these jobs.
            #expect(try await setup.get("/").text.contains("证书待颁发</a>"))
            let issued = try await setup.post("/years/2022/certificates", "")
            #expect(try await setup.job(issued.text).contains("新颁发"))
            #expect(try await !setup.get("/").text.contains("证书待颁发"))
            let list = try await setup.get("/people?year=2022&state=qualified&show=unit&show=missing")
            let person = try required(list.text.firstMatch(of: #/\/people\/[0-9]+\/years\/2022/#))
            let year = try await setup.get(String(person.output))
            let certificate = try required(year.text.firstMatch(of: #/\/people\/[0-9]+\/certificates\/[A-Z2-7]{16}/#))
            #expect(try await setup.get(String(certificate.output)).text.hasPrefix("%PDF"))
            let unit = try required(list.text.firstMatch(of: #/unit=([0-9]+)/#)).1
            let ofUnit = try await setup.get("/people?unit=\(unit)").text
            #expect(ofUnit.contains("只看单位") && ofUnit.contains(#/共 [0-9]+ 人/#) && !ofUnit.contains("回到开头"))
            // One unit's people can be sorted by name, on all pages and in the export; a longer list keeps its order.
            let sorted = try await setup.get("/people?unit=\(unit)&sort=name&show=missing").text
            #expect(sorted.contains("姓名拼音") && sorted.contains(#"value="name" selected"#))
            #expect(try await !setup.get("/people?sort=name").text.contains("姓名拼音"))
            let bundle = try await setup.post("/people/certificates", "unit=\(unit)&year=2022&name=x")
            #expect(try await setup.job(bundle.text).contains("证书-2022.zip"))
            #expect(try await setup.get(bundle.text + "/file").text.hasPrefix("PK"))
            let export = try await setup.post("/people/export", "query=year%3D2022%26state%3Dqualified")
            #expect(try await setup.job(export.text).contains("人员-2022.xlsx"))
            // Without a year the newest is used, as on the page.
            let newest = try await setup.post("/people/export", "query=state%3Dqualified")
            #expect(try await setup.job(newest.text).contains(#/人员-20[0-9]{2}\.xlsx/#))
            #expect(try await setup.get("/jobs").text.contains("导出人员"))
            let figures = try await setup.get("/figures?year=2022").text
            #expect(figures.contains("合计") && figures.contains("泰山区") && figures.contains("<svg class=\"xs-chart\""))
            let noYear = try await setup.post("/people/certificates", "unit=\(unit)&year=x")
            #expect(noYear.status == .badRequest && noYear.text.contains(#"data-code="desk.year""#))
        }
    }

    /// An authority without jurisdiction over a region has units of its own, but no regions to compare.
    @Test func figuresAreForAuthoritiesOfRegions() async throws {
        try await withOffice(.authority, of: "泰安市教育局") { setup in
            let page = try await setup.get("/figures")
            #expect(page.status == .unprocessableContent && page.text.contains(#"data-code="desk.no-figures""#))
            #expect(page.text.contains("请在“人员”里按条件查看"))
            #expect(try await setup.get("/people").status == .ok)
        }
    }

    /// An authority neither sees nor changes people elsewhere.
    @Test func peopleOfAnotherCountyAreNotFound() async throws {
        try await withOffice(.authority, of: "肥城市人力资源和社会保障局") { setup in
            let all = try await setup.get("/people?show=region").text
            #expect(!all.contains("泰山区"))
            let one = try await setup.get("/people/1/years/2022")
            #expect(one.status == .notFound && one.text.contains("desk.not-in-scope"))
            let head = "姓名,身份证号,单位名称,单位性质,行政区划\n"
            let list = try await setup.upload(
                "a.csv", head + "新来人,\(try Cast.number(701).text),别处单位,企业,370902\n")
            #expect(try await setup.job(list.text).contains("不在您管理的范围"))
            #expect(try await setup.get("/years").status == .forbidden)
        }
    }
}
