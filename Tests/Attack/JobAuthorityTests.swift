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
@testable import Jobs
@testable import People
@testable import Portal
@testable import Registry

@Suite("Attack: a job runs with its account's current rights")
struct JobAuthorityTests {
    private let list = "姓名,身份证号\n新来人,\((try? Cast.number(820).text) ?? "")\n"

    private func state(_ office: OfficeClient, _ number: ID<Job>) async throws -> Job? {
        while try await office.installation.jobs.counts().open > 0 { try await nextTurn() }
        return try await office.installation.database.read {
            try JobStore($0, office.installation.people.keys).find(number)
        }
    }

    /// The same account after this role was revoked, signed in with another role.
    private func without(_ role: AccountRole, _ officer: OfficeClient.Officer) async throws -> OfficeClient.Officer {
        let accounts = Accounts(
            officer.office.installation.database, officer.office.installation.people, allowsDemo: true)
        let other = AccountRole(.employer, at: try await officer.office.unit(OfficeClient.hospital))
        try await accounts.grant(other, to: officer.account)
        try await accounts.revoke(role, from: officer.account)
        let token = try await accounts.signIn("works", Accounts.demoPassword, device: "").token
        return OfficeClient.Officer(office: officer.office, account: officer.account, cookie: "session=\(token)")
    }

    @Test func jobsOrderedUnderARevokedRoleAreForbidden() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let tried = try await works.send(list)
            #expect(try await works.job(tried).contains("1 行可导入"))
            let exported = try await works.post("/people/export", "query=year%3D2022").text
            _ = try await works.job(exported)
            #expect(try await works.get(exported + "/file").text.hasPrefix("PK"))
            let role = AccountRole(.employer, at: try await office.unit(OfficeClient.mill))
            let officer = try await without(role, works)
            #expect(try await officer.get("/people").status == .ok)
            // The list of jobs does not show what their pages refuse.
            let listed = try await officer.get("/jobs").text
            #expect(!listed.contains("a.csv") && !listed.contains(exported) && listed.contains("下达时的身份已取消，或内容读不出，不能查看"))
            for uri in [exported, exported + "/file", tried] {
                let response = try await officer.get(uri)
                #expect(response.status == .forbidden && response.text.contains("job.no-authority"), "\(uri)")
            }
            #expect(try await officer.confirm(tried).status == .forbidden)
            #expect(try await office.person(Cast.number(820).text) == nil)
        }
    }

    /// Another role with the same scope carries out no job of a role that was revoked, since the audit log would name
    /// the revoked one.
    @Test func anotherRoleCarriesOutNothing() async throws {
        try await withOffice { office in
            let (installation, people) = (office.installation, office.installation.people)
            let city = try await installation.database.read {
                try required(OrganisationStore($0).byNumber().values.first { $0.jurisdiction != nil })
            }
            let officer = try await office.officer("city", .authority, at: city.name)
            let scope = Scope.region(try required(city.jurisdiction)).text
            let actor = Actor.account(
                officer.account.number, role: .authority, organisation: city.number.number, from: "192.0.2.7")
            let export = {
                let payload = RosterPayload("year=2022", scope: scope, JobOrigin(actor))
                return try await state(
                    office, installation.jobs.order(OfficeJobs.exportList, "x", of: officer.account.number, payload))
            }
            let roles = {
                try await installation.audit.find(.of(.list("people"), [.exportList]), limit: 10).map(\.role)
            }
            #expect(try await export()?.state == .done)
            #expect(try await roles() == ["authority"])
            let accounts = Accounts(installation.database, people, allowsDemo: true)
            try await accounts.grant(AccountRole(.bureau, at: city.number), to: officer.account)
            try await accounts.revoke(AccountRole(.authority, at: city.number), from: officer.account)
            let refused = try required(try await export())
            #expect(refused.state == .failed && refused.result.sentences == [Failure.noAuthority.words.chinese])
            #expect(try await roles() == ["authority"])
        }
    }

    /// A list is imported in the role of its dry run.
    @Test func anotherRoleConfirmsNothing() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let tried = try await works.send(list)
            _ = try await works.job(tried)
            let accounts = Accounts(office.installation.database, office.installation.people, allowsDemo: true)
            let (mill, hospital) = (
                AccountRole(.employer, at: try await office.unit(OfficeClient.mill)),
                AccountRole(.employer, at: try await office.unit(OfficeClient.hospital))
            )
            try await accounts.grant(hospital, to: works.account)
            let chosen = { (role: AccountRole, officer: OfficeClient.Officer) in
                let token = try await accounts.choose(role, String(officer.cookie.dropFirst("session=".count)))
                return OfficeClient.Officer(office: office, account: works.account, cookie: "session=\(token)")
            }
            let other = try await chosen(hospital, works)
            let refused = try await other.confirm(tried)
            #expect(refused.status == .unprocessableContent && refused.text.contains("import.other-role"))
            #expect(try await office.person(Cast.number(820).text) == nil)
            let again = try await chosen(mill, other)
            _ = try await again.job(again.confirm(tried).text)
            #expect(try await office.person(Cast.number(820).text) != nil)
        }
    }

    /// A job's title contains the unit's stored name, and no text from the request.
    @Test func aJobTitleContainsNoTextOfTheRequest() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let (mill, hospital) = (
                try await office.unit(OfficeClient.mill), try await office.unit(OfficeClient.hospital)
            )
            let long = String(repeating: "x", count: 5000)
            let job = try await works.post("/people/certificates", "unit=\(mill)&year=2022&name=\(long)")
            #expect(job.status == .seeOther)
            let listed = try await works.get("/jobs").text
            #expect(listed.contains("打包证书：\(OfficeClient.mill)") && !listed.contains("xxx"))
            let other = try await works.post("/people/certificates", "unit=\(hospital)&year=2022")
            #expect(other.status == .notFound && other.text.contains("desk.unit-not-in-scope"))
            #expect(try await works.post("/people/certificates", "unit=\(mill)&year=x").status == .badRequest)
        }
    }

    /// A unit finds the bundle on its list without choosing itself, and reads who issues the certificates in it.
    @Test func aUnitWithoutCertificatesReadsWhoIssuesThem() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let bureau = try await office.officer("bureau", .bureau, at: nil)
            let mill = try await office.unit(OfficeClient.mill)
            #expect(try await works.get("/people").text.contains(#"name="unit" value="\#(mill)""#))
            #expect(try await !bureau.get("/people").text.contains("打包下载本单位证书"))
            #expect(try await bureau.get("/people?unit=\(mill)").text.contains("打包下载本单位证书"))
            let form = "unit=\(mill)&year=2022"
            let own = try await works.job(works.post("/people/certificates", form).text)
            #expect(own.contains("由市人社局办理") && !own.contains("请先结算年度"), "\(own)")
            let theirs = try await bureau.job(bureau.post("/people/certificates", form).text)
            #expect(theirs.contains("请先结算年度，再颁发证书"))
        }
    }

    /// Every kind of job of officers is ordered before the role is revoked and runs after it.
    @Test func everyKindOfJobFailsWithoutItsRole() async throws {
        try await withOffice { office in
            let kinds = office.installation.jobs.kinds.keys.sorted()
            #expect(kinds.count >= 5)
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let mill = try await office.unit(OfficeClient.mill)
            _ = try await without(AccountRole(.employer, at: mill), works)
            for kind in kinds {
                let number = try await office.installation.jobs.order(
                    kind, "x", of: works.account.number, Self.payload(kind, mill),
                    file: ("a.csv", .scratch(Array(list.utf8))))
                let job = try required(try await state(office, number))
                #expect(job.state == .failed && job.output == nil, "\(kind)")
                let words = kind == AuditJobs.export ? "不是安全审计员" : "身份已经取消"
                #expect(job.result.sentences.first?.contains(words) == true, "\(kind)")
            }
            #expect(try await office.person(Cast.number(820).text) == nil)
        }
    }

    /// A payload for each kind of job.
    private static func payload(_ kind: String, _ mill: ID<Organisation>) -> any JobPayload {
        let (scope, origin) = ("unit \(mill)", JobOrigin(.program("test")))
        return switch kind {
        case OfficeJobs.importList: ListPayload("people", isDryRun: false, scope: scope, origin)
        case OfficeJobs.exportList: RosterPayload("year=2022", scope: scope, origin)
        case OfficeJobs.printUnit: UnitPayload(mill, Year(2022), scope: scope, origin)
        case AuditJobs.export: AuditPayload("year=2022", isCSV: false, origin)
        case LoginBatchJobs.key:
            LoginBatchPayload(
                unit: mill.number, people: nil, isDryRun: false, reason: "x", scope: scope, origin: origin)
        default: YearPayload(Year(2022), isDryRun: false, origin)
        }
    }

    /// A running import stops at the page during which the role is revoked.
    @Test(arguments: Engine.allCases) func anImportStopsWhenItsRoleIsRevoked(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let works = try await counties.employer(counties.city.mill)
            let path = counties.city.folder.appending(path: "long.csv").path
            var text = "姓名,身份证号\n"
            for turn in 0..<450 { text += "甲,\(try Cast.number(turn).text)\n" }
            try Data(text.utf8).write(to: URL(filePath: path))
            let people = counties.city.people
            let lists = SheetImport(counties.city.registry) { transaction in
                guard try PersonStore(transaction, people).count() < 100 else { throw Failure.beyondReach }
                return works
            }
            let failure = await #expect(throws: Failure.self) { try await lists.people(path, dryRun: false) }
            #expect(failure?.code == "request.beyond-reach")
            let taken = try await counties.city.database.read { try PersonStore($0, people).count() }
            #expect(100...200 ~= taken, "one page")
        }
    }
}
