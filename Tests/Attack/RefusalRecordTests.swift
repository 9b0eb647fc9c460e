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
@testable import People
@testable import Portal

@Suite("Attack: refusals are recorded without flooding the audit log")
struct RefusalRecordTests {
    private func records(_ office: OfficeClient, _ act: AuditAct) async throws -> [AuditRecord] {
        var query = AuditQuery()
        (query.act, query.isRefused) = (act.rawValue, true)
        return try await office.installation.audit.find(query, limit: 50)
    }

    /// The page shows the first day on which a password can be given; an early attempt is recorded.
    @Test func anEarlyPasswordIsRefusedAndRecorded() async throws {
        try await withOffice { office in
            let bureau = try await office.officer("bureau", .bureau, at: "泰安市人力资源和社会保障局")
            let county = try await office.officer("county", .authority, at: "泰山区人力资源和社会保障局")
            let person = try required(try await office.person(OfficeClient.stranger.id)).number
            let mill = try await office.unit(OfficeClient.mill)
            let (people, today) = (office.installation.people, office.installation.people.system.today)
            let place = "/people/\(person)/login"
            _ = try await office.installation.database.write { transaction in
                try EmploymentStore(transaction, people).put(
                    Employment(organisation: mill, relation: "labour", during: Period(from: today, to: .last)),
                    of: person)
            }
            let page = try await county.get(place)
            #expect(page.status == .ok && page.text.contains("不满 7 天"))
            #expect(!page.text.contains("action=\"\(place)\""))
            #expect(page.text.contains("自 \(today.adding(days: 7)) 起"))
            for _ in 1...3 {
                let sent = try await county.post(place, "mark=&reason=%E7%AA%97%E5%8F%A3")
                #expect(sent.status == .unprocessableContent && sent.text.contains("不满 7 天"))
                #expect(sent.text.contains("href=\"/people/\(person)/years/"))
            }
            let found = try await records(office, .beRefused)
            #expect(found.map(\.result) == ["account.too-new"] && found[0].account == county.account.number)
            // A request that cannot be carried out is recorded too.
            _ = try await bureau.post("/requests/99/completion")
            #expect(
                try await records(office, .beRefused).map(\.result).sorted() == ["account.too-new", "request.none"])
        }
    }

    /// Failures of other kinds are recorded too if they indicate attempts at forbidden acts.
    @Test func refusalsThatIndicateAttacksAreRecorded() {
        let tried: [Failure] = [
            .notInScope, .notOwnPerson, .loginChanged, .oldPassword, .locked(minutes: 1), .noRequest,
        ]
        #expect(tried.filter { !$0.isRecorded }.map(\.code) == [])
        let innocent: [Failure] = [.samePassword, .unlikePasswords, .loginTaken, .noList]
        #expect(innocent.filter(\.isRecorded).map(\.code) == [])
    }

    /// Guessed passwords within a session, also after the lock.
    @Test func guessedPasswordsAreRecorded() async throws {
        // One record a minute: the clock is fixed, because hashing takes time.
        let now = SystemInputs.real.now()
        try await withOffice(system: SystemInputs(now: { now }, random: SystemInputs.real.random)) { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let typed = "old=x&new=Tai-shan-2022&again=Tai-shan-2022"
            for turn in 1...9 {
                let response = try await works.post("/account/password", typed)
                #expect(response.text.contains(turn <= 5 ? "原密码不对" : "密码连续输错多次"), "\(turn): \(response)")
            }
            #expect(try await records(office, .beRefused).map(\.result) == ["account.locked", "account.old"])
            let stranger = OfficeClient.Officer(office: office, account: works.account, cookie: "")
            for _ in 1...9 { _ = try await stranger.post("/sign-in", "login=works&password=x") }
            let held = try await records(office, .signIn).filter { $0.result == "account.locked" }
            #expect(held.count == 1 && held.first?.object == .account(works.account))
            for _ in 1...9 { _ = try await stranger.post("/sign-in", "login=nobody&password=x") }
            #expect(try await records(office, .signIn).count { $0.result == "account.locked" } == 1)
        }
    }
}
