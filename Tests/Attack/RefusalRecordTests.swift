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
@testable import Desk
@testable import People

@Suite("Attack: what is refused is on record, and no flood of records")
struct RefusalRecordTests {
    private func records(_ desk: OfficeDesk, _ act: AuditAct) async throws -> [AuditRecord] {
        var query = AuditQuery()
        (query.act, query.isRefused) = (act.rawValue, true)
        return try await desk.installation.audit.find(query, limit: 50)
    }

    /// Whoever took somebody in reads from which day on a password can be given; who sends the form anyhow is recorded.
    @Test func aPasswordGivenTooEarly() async throws {
        try await withOffice { desk in
            let bureau = try await desk.officer("bureau", .bureau, at: "泰安市人力资源和社会保障局")
            let county = try await desk.officer("county", .authority, at: "泰山区人力资源和社会保障局")
            let person = try required(try await desk.person(OfficeDesk.stranger.id)).number
            let mill = try await desk.unit(OfficeDesk.mill)
            let (people, today) = (desk.installation.people, desk.installation.people.outside.today)
            let place = "/people/\(person)/login"
            _ = try await desk.installation.database.write { transaction in
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
            let found = try await records(desk, .beRefused)
            #expect(found.map(\.result) == ["account.too-new"] && found[0].account == county.account.number)
            // A request that cannot be carried out is on record too.
            _ = try await bureau.post("/requests/99/completion")
            #expect(try await records(desk, .beRefused).map(\.result).sorted() == ["account.too-new", "request.none"])
        }
    }

    /// Passwords that are guessed within a session, and by whoever is held up.
    @Test func guessesAreOnRecord() async throws {
        // One record a minute: the clock stands still, however long passwords take.
        let now = Outside.real.now()
        try await withOffice(outside: Outside(now: { now }, random: Outside.real.random)) { desk in
            let works = try await desk.officer("works", .employer, at: OfficeDesk.mill)
            let typed = "old=x&new=Tai-shan-2022&again=Tai-shan-2022"
            for turn in 1...9 {
                let answer = try await works.post("/account/password", typed)
                #expect(answer.text.contains(turn <= 5 ? "原密码不对" : "密码连续输错多次"), "\(turn): \(answer)")
            }
            #expect(try await records(desk, .beRefused).map(\.result) == ["account.locked", "account.old"])
            let stranger = OfficeDesk.Officer(desk: desk, account: works.account, cookie: "")
            for _ in 1...9 { _ = try await stranger.post("/sign-in", "login=works&password=x") }
            let held = try await records(desk, .signIn).filter { $0.result == "account.locked" }
            #expect(held.count == 1 && held.first?.object == .account(works.account))
            for _ in 1...9 { _ = try await stranger.post("/sign-in", "login=nobody&password=x") }
            #expect(try await records(desk, .signIn).count { $0.result == "account.locked" } == 1)
        }
    }
}
