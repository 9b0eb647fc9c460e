import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Registry
import Testbed
import Testing
import Web

@testable import App
@testable import Jobs
@testable import People
@testable import Portal

/// Pages show who did what to years, people, policies and roles: to officers with the account, to others without.
@Suite struct ActPagesTests {
    private static let password = "Tai-shan-2022"
    private static let bureau = "泰安市人力资源和社会保障局"

    /// The people and offices of the sample lists.
    private struct Offices: Sendable {
        let client: any TestClientProtocol
        let installation: Installation

        /// Signs in an officer of a unit or authority.
        func officer(_ login: String, _ role: Role, at name: String) async throws -> (cookie: String, number: Int) {
            let unit = try await installation.database.read { transaction in
                try required(OrganisationStore(transaction).byNumber().values.first { $0.name == name }).number
            }
            let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
            let opened = try await accounts.open(login, name: login, AccountRole(role, at: unit), isDemo: true)
            let session = try await accounts.signIn(login, Accounts.demoPassword, device: "")
            return ("session=\(session.token)", opened.number.number)
        }

        /// Signs a person in with the person's own account.
        func own(_ person: ID<Person>) async throws -> String {
            let accounts = Accounts(installation.database, installation.people)
            let opened = try await accounts.open(for: person)
            let first = try await accounts.signIn(opened.login, opened.password, device: "").token
            return "session=" + (try await accounts.change(first, from: opened.password, to: ActPagesTests.password))
        }

        func person(_ id: String) async throws -> ID<Person> {
            let people = installation.people
            return try await installation.database.read {
                try required(PersonStore($0, people).find(IDNumber(id))).number
            }
        }

        func get(_ uri: String, _ cookie: String = "") async throws -> (status: HTTPResponse.Status, text: String) {
            try await page(client, uri, cookie)
        }

        func finish() async throws {
            while try await installation.jobs.counts().open > 0 { try await nextTurn() }
        }
    }

    private func withOffices(_ body: @escaping @Sendable (Offices) async throws -> Void) async throws {
        try await withSite { client, installation in
            _ = try await Demo(installation, seed: 1).fill(
                people: 0, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                progress: { _ in })
            try await body(Offices(client: client, installation: installation))
        }
    }

    /// The ID number of 岳明远, who works at the mill.
    private static let id = "999999198503120018"
    /// A person at the hospital of another county.
    private static let elsewhere = "999999197811050037"
    private static let mill = "泰安示例机械有限公司"
    private static let hospital = "新泰示例人民医院"

    @Test func theYearsPageShowsWhoSettledAndReopenedIt() async throws {
        try await withOffices { offices in
            let (bureau, account) = try await offices.officer("bureau", .bureau, at: Self.bureau)
            let before = try await offices.get("/years", bureau).text
            #expect(before.contains("/years/2022/settlement") && !before.contains("办理记录"))
            #expect(try await post(offices.client, "/years/2022/settlement", "", bureau).status == .seeOther)
            try await offices.finish()
            let registry = offices.installation.registry.acting(as: .system("keeper"))
            try await registry.reopen(Year(2022), reason: "补录")
            let years = try await offices.get("/years", bureau).text
            let required = ["结算2022年度", "\(Self.bureau)（市人社局），账号 \(account)", "重新开放2022年度", "系统管理员，系统用户 keeper"]
            for said in required { #expect(years.contains(said), "\(said)") }
            // The person whose year it is sees the record too, without accounts; an officer sees it with them.
            let person = try await offices.person(Self.id)
            let officers = try await offices.get("/people/\(person)/record", bureau).text
            for said in required { #expect(officers.contains(said), "\(said)") }
            let cookie = try await offices.own(person)
            let own = try await offices.get("/me/record", cookie).text
            for said in ["结算2022年度", "\(Self.bureau)（市人社局）", "重新开放2022年度", "系统管理员"] {
                #expect(own.contains(said), "\(said)")
            }
            #expect(!own.contains("账号 \(account)") && !own.contains("keeper"))
            #expect(try await offices.get("/me/2022", cookie).text.contains(#"href="/me/record""#))
            let year = try await offices.get("/people/\(person)/years/2022", bureau).text
            #expect(year.contains(#"href="/people/\#(person)/record""#))
        }
    }

    /// A merge is on the records of both people, while it lasts and after it was undone.
    @Test func aMergeIsOnTheRecordsOfBothPeople() async throws {
        try await withOffices { offices in
            let (one, other) = (try await offices.person(Self.id), try await offices.person(Self.elsewhere))
            let cookies = [try await offices.own(one), try await offices.own(other)]
            let (bureau, account) = try await offices.officer("bureau", .bureau, at: Self.bureau)
            let unit = try await offices.installation.database.read {
                try required(OrganisationStore($0).authorities(named: Self.bureau).first).number.number
            }
            let registry = offices.installation.registry.acting(
                as: .account(account, role: .bureau, organisation: unit, from: ""))
            #expect(try await !offices.get("/me/record", cookies[0]).text.contains("合并人员"))
            try await registry.merge(one, into: other, reason: "同一人")
            let told = "合并人员 \(one)，并入人员 \(other)"
            for cookie in cookies {
                let text = try await offices.get("/me/record", cookie).text
                #expect(text.contains(told) && text.contains("\(Self.bureau)（市人社局）") && !text.contains("账号 "))
            }
            #expect(try await offices.get("/people/\(other)/record", bureau).text.contains(told))
            _ = try await registry.unmerge(one, reason: "不是一人")
            for person in [one, other] {
                let text = try await offices.get("/people/\(person)/record", bureau).text
                for said in [told, "撤销合并人员 \(one)，原并入人员 \(other)", "账号 \(account)"] {
                    #expect(text.contains(said), "\(person): \(said)")
                }
            }
        }
    }

    @Test func anOfficerOfAnotherUnitCannotReadTheRecord() async throws {
        try await withOffices { offices in
            let person = try await offices.person(Self.id)
            let own = try await offices.officer("works", .employer, at: Self.mill).cookie
            let other = try await offices.officer("hospital", .employer, at: Self.hospital).cookie
            #expect(try await offices.get("/people/\(person)/record", own).text.contains("还没有办理记录"))
            let refused = try await offices.get("/people/\(person)/record", other)
            #expect(refused.status == .notFound && refused.text.contains("desk.not-in-scope"))
            #expect(try await offices.get("/people/\(person)/record").status == .seeOther)
            #expect(try await offices.get("/me/record", own).status == .forbidden)
        }
    }

    /// A long record of a person's acts is paged, each act once.
    @Test func aLongRecordIsPaged() async throws {
        try await withOffices { offices in
            let person = try await offices.person(Self.id)
            let cookie = try await offices.own(person)
            let audit = offices.installation.audit.acting(as: .system("keeper"))
            for turn in 1...120 { try await audit.record(.revokeCertificate, .certificate("N\(turn)."), about: person) }
            var (next, seen): (String?, [String]) = ("/me/record", [])
            while let place = next, seen.count < 200 {
                let text = try await offices.get(place, cookie).text
                seen += text.matches(of: #/作废证书 (N[0-9]+)\./#).map { String($0.1) }
                #expect(text.contains("回到最新的") == (place != "/me/record") && !text.contains("keeper"))
                next = text.firstMatch(of: #/href="([^"]*)" rel="next"/#).map { String($0.1) }
            }
            #expect(seen == (1...120).reversed().map { "N\($0)" })
        }
    }

    @Test func thePolicyPageShowsThePublisherButNoAccount() async throws {
        try await withOffices { offices in
            let registry = offices.installation.registry.acting(as: .system("keeper"))
            let second = try await registry.publishForTests("taian/2022") { $0 + "\n" }
            let office = registry.acting(as: .account(770_077, role: .bureau, organisation: nil, from: ""))
            _ = try await office.publishForTests("taian/2022") { $0 + "\n\n" }
            #expect(second.version == 2)
            let text = try await offices.get("/policies/taian-2022").text
            let today = offices.installation.people.system.today
            let versions = text.matches(of: #/第 (\d) 版，(\S+) 发布，(\p{Han}+)/#).map { "\($0.1) \($0.2) \($0.3)" }
            #expect(versions == ["3 \(today) 市人社局", "2 \(today) 系统管理员", "1 \(today) 系统"])
            #expect(!text.contains("keeper") && !text.contains(#/账号\s*\d/#) && !text.contains("770077"))
        }
    }

    @Test func eachRoleShowsWhoGrantedIt() async throws {
        try await withOffices { offices in
            let (bureau, account) = try await offices.officer("bureau", .bureau, at: Self.bureau)
            let mill = try await offices.installation.database.read { transaction in
                try required(OrganisationStore(transaction).byNumber().values.first { $0.name == Self.mill }).number
            }
            let role = AccountRole(.employer, at: mill)
            let accounts = Accounts(offices.installation.database, offices.installation.people)
            let granting = accounts.acting(as: .system("keeper"))
            try await granting.grant(role, to: ID(account))
            let text = try await offices.get("/account", bureau).text
            let roles = text.matches(of: #/<li>\s*<span><strong>(.*?)<\/strong>(.*?)授予，<time/#)
            let told = roles.map { "\($0.1) \($0.2.split(separator: ">").last ?? "")" }
            #expect(Set(told) == ["市人社局 系统", "用人单位 系统管理员"])
            #expect(!text.contains("keeper"))
        }
    }
}
