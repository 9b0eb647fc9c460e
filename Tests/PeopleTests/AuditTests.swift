import Database
import Kernel
import Registry
import Signing
import Testbed
import Testing
import Web

@testable import People

@Suite struct AuditTests {
    private func officer(_ account: Int, from address: String = "192.0.2.7") -> Actor {
        .account(account, role: .bureau, organisation: 1, from: address)
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let failure as Failure { return failure.code } catch { return "\(error)" }
        return nil
    }

    @Test(arguments: Engine.allCases) func anActIsRecordedWithItsActor(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let (one, other) = (try await city.add("岳明远"), try await city.add("汶小溪"))
            try await city.registry.acting(as: officer(3)).merge(one, into: other, reason: "两次登记")
            let audit = AuditLog(city.database, city.people)
            let record = try required(try await audit.find(AuditQuery(), limit: 1).first)
            #expect(record.chain == "account/3" && record.number == 1 && record.account == 3)
            #expect(record.role == "bureau" && record.organisation == 1 && record.address == "192.0.2.7")
            #expect(record.act == "person.merge" && record.object == .person(one) && record.person == one.number)
            #expect(record.isDone && record.detail == #"{"into":\#(other)}"#)
            #expect(record.actorWords == "账号 3（市人社局，单位 1）" && record.object.words == "人员 \(one)")
            #expect(record.detailWords == "into=\(other)")
            let report = try await audit.verify()
            // The beginning is recorded in the chain of chains, which counts too.
            #expect(report.broken == 0 && report.records == 2 && report.chains == 2)
        }
    }

    /// A rolled-back act has no record, and a committed act has one.
    @Test(arguments: Engine.allCases) func aRecordIsCommittedWithItsAct(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            let (one, other) = (try await city.add("岳明远"), try await city.add("汶小溪"))
            let before = try await audit.verify().records
            #expect(await code { try await city.registry.merge(one, into: ID(999), reason: "x") } == "person.unknown")
            #expect(try await audit.verify().records == before)
            let people = city.people.acting(as: officer(4))
            _ = try await city.database.write(dryRun: true) { transaction in
                try AuditStore(transaction, people).record(.exportList, .list("people"))
            }
            #expect(try await audit.verify().records == before)
            try await city.registry.merge(one, into: other, reason: "x")
            #expect(try await audit.verify().records == before + 2)
        }
    }

    @Test(arguments: Engine.allCases) func manyWritersEachHaveTheirChain(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for turn in 0..<40 {
                    group.addTask {
                        try await audit.acting(as: officer(turn % 4 + 1)).record(
                            .exportList, .list("people"), ["turn": "\(turn)"])
                    }
                }
                try await group.waitForAll()
            }
            let report = try await audit.verify()
            #expect(report.broken == 0 && report.chains == 5 && report.records == 44)
            let mine = try await audit.find(query { $0.chain = "account/2" }, limit: 100)
            #expect(mine.map(\.number) == Array((1...10).reversed()))
        }
    }

    private func query(_ change: (inout AuditQuery) -> Void) -> AuditQuery {
        var query = AuditQuery()
        change(&query)
        return query
    }

    /// Each page begins where the previous one ended, for every query.
    @Test(arguments: Engine.allCases) func everyQueryPagesThroughItsRecords(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            for turn in 1...30 {
                try await audit.acting(as: officer(turn % 3 + 1)).record(
                    turn.isMultiple(of: 2) ? .exportList : .downloadFile, .job(turn), about: ID(turn % 5 + 1),
                    failure: turn.isMultiple(of: 10) ? "web.forbidden" : nil)
            }
            let all = try await audit.find(query { $0.act = "list.export" }, limit: 100)
            #expect(all.count == 15 && all == all.sorted { $0.time > $1.time })
            let (from, to) = (all[9].time, all[2].time)
            var between = AuditQuery()
            (between.from, between.to) = (from, to)
            let queries = [
                between, query { $0.act = "list.export" }, query { $0.chain = "account/2" }, query { $0.person = 3 },
                query { $0.isRefused = true }, query { $0.isRefused = false }, AuditQuery(),
                query { $0.acts = [.exportList, .downloadFile] }, .about(ID(3), [.exportList]),
            ]
            for asked in queries { try await comesInPages(audit, asked) }
            let refused = try await audit.find(query { $0.isRefused = true }, limit: 9).map(\.result)
            #expect(refused == ["web.forbidden", "web.forbidden", "web.forbidden"])
            let persons = try await audit.find(query { $0.person = 3 }, limit: 99).map(\.person)
            #expect(Set(persons) == [3])
            let some = try await audit.find(.about(ID(3), [.exportList]), limit: 99)
            #expect(Set(some.map(\.act)) == ["list.export"] && Set(some.map(\.person)) == [3])
            let job = try await audit.find(.of(.job(7), [.exportList, .downloadFile]), limit: 99)
            #expect(job.map(\.object) == [.job(7)])
            #expect(try await audit.find(.of(.job(7), [.exportList]), limit: 99).isEmpty)
            #expect(try await audit.find(.of(.list("7"), []), limit: 99).isEmpty)
            let ofNobody = try await audit.find(query { $0.isOfNobody = true }, limit: 99).map(\.act)
            #expect(ofNobody == ["chain.begin", "chain.begin", "chain.begin"])
            let times = try await audit.find(between, limit: 99).map(\.time)
            #expect(times.allSatisfy { from..<to ~= $0 })
        }
    }

    /// Pages of four give the same list.
    private func comesInPages(_ audit: AuditLog, _ query: AuditQuery) async throws {
        let whole = try await audit.find(query, limit: 1000)
        #expect(!whole.isEmpty)
        var (records, next): ([AuditRecord], AuditQuery) = ([], query)
        while true {
            let page = try await audit.find(next, limit: 4)
            records += page
            guard let last = page.last else { break }
            next.after = last.place
        }
        #expect(records == whole)
    }

    private func done(_ query: AuditQuery) -> AuditQuery {
        var query = query
        query.isRefused = false
        return query
    }

    @Test(arguments: Engine.allCases) func searchesUseAnIndex(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            for asked in [
                AuditQuery(), query { $0.act = "list.export" }, query { $0.chain = "account/2" },
                query { $0.person = 3 }, query { $0.isRefused = true }, query { $0.from = 5 },
                query { ($0.act, $0.from, $0.after) = ("list.export", 5, .init(time: 7, chain: "a/1", number: 3)) },
                .of(.policy("a"), [.publishPolicy]), .of(.request(ID(3)), [.carryOutRequest, .dismissRequest]),
                done(.of(.account(ID(3)), [.grantRole, .openAccount])), done(.about(ID(3), [.settleYear])),
            ] + AuditQuery.years.map(done) {
                let plan = try await city.database.read { transaction in
                    if engine == .postgres { try transaction.execute("SET LOCAL enable_seqscan = off") }
                    return try transaction.plan(AuditStore.statement(asked, limit: 50)).joined(separator: "\n")
                }
                #expect(!plan.contains("Seq Scan") && !plan.contains("TEMP B-TREE"), "\(asked): \(plan)")
                // A query by object or person must not scan all records or all acts of a kind.
                let index = asked.object != nil ? "by_object" : asked.person != nil ? "by_person" : ""
                #expect(plan.contains(index) || index.isEmpty, "\(asked): \(plan)")
                #expect(plan.contains("INDEX") || plan.contains("PRIMARY KEY") || plan.contains("Index"), "\(plan)")
            }
        }
    }

    /// Names, letters next to an ID number and line ends cannot get into a record.
    @Test func recordsContainOnlyNumbersAndCodes() {
        #expect(AuditDetail(["rows": "12", "list": "people", "empty": ""]).json == #"{"list":"people","rows":12}"#)
        #expect(AuditDetail(["name": "岳明远", "x\"y": "a\"b\n"]).json == #"{"name":"_________","x_y":"a_b_"}"#)
        #expect(AuditDetail(["n": "007"]).json == #"{"n":"007"}"#)
        #expect(AuditObject.policy("cn37-0900/2022").id == "cn37-0900/2022")
        #expect(Actor.system("root\u{202E}/x y").chain == "system/root___/x_y")
        #expect(Actor.stranger(from: "192.0.2.7<script>").address == "192.0.2.7c")
        #expect(Actor.stranger(from: String(repeating: "1", count: 99)).address.count == 45)
    }

    /// If the clock is set back, a record is not older than the previous one.
    @Test(arguments: Engine.allCases) func timesInAChainDoNotDecrease(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let system = city.people.system
            let back = SystemInputs(now: { system.now() - 86_400_000 }, random: system.random)
            try await AuditLog(city.database, city.people.acting(as: officer(3))).record(.exportKeys)
            try await AuditLog(
                city.database, People(keys: city.people.keys, system: back, actor: officer(3))
            ).record(.exportKeys)
            let times = try await AuditLog(city.database, city.people).find(query { $0.chain = "account/3" }, limit: 2)
                .map(\.time)
            #expect(times.count == 2 && times[0] == times[1])
        }
    }

    /// An auditor's account has no audited role, in whatever order roles are granted.
    @Test(arguments: Engine.allCases) func anAuditorHasNoAuditedRole(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let accounts = Accounts(city.database, city.people)
            let auditor = AccountRole(.auditor, at: nil)
            let audit = try await accounts.open("auditor", name: "审计", auditor)
            let office = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            let authority = try await city.office().number
            for role in Role.allCases where ![.professional, .auditor].contains(role) {
                let place = [.authority, .bureau, .board].contains(role) ? authority : city.mill.number
                let held = AccountRole(role, at: role == .administrator ? nil : place)
                #expect(await code { try await accounts.grant(held, to: audit.number) } == "account.auditor-alone")
                let own = try await accounts.open("x\(role.rawValue)", name: "x", held)
                #expect(await code { try await accounts.grant(auditor, to: own.number) } == "account.auditor-alone")
            }
            #expect(await code { try await accounts.grant(auditor, to: office.number) } == "account.auditor-alone")
            try await accounts.grant(auditor, to: audit.number)
            try await accounts.revoke(AccountRole(.bureau, at: nil), from: office.number)
            try await accounts.grant(auditor, to: office.number)
        }
    }

    private func acts(_ city: City, _ chain: String) async throws -> [String] {
        let found = try await AuditLog(city.database, city.people).find(query { $0.chain = chain }, limit: 100)
        return found.reversed().map { $0.isDone ? $0.act : "\($0.act) \($0.result)" }
    }

    /// From the first password to signing out, with addresses and the officer who gave the password.
    @Test(arguments: Engine.allCases) func actsOnAnAccountAreRecorded(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let office = Accounts(city.database, city.people).acting(as: officer(9))
            let own = office.acting(as: .stranger(from: "198.51.100.3"))
            let person = try await city.add("岳明远")
            let opened = try await office.open(for: person)
            #expect(await code { _ = try await own.signIn(opened.login, "wrong", device: "") } == "account.wrong")
            let first = try await own.signIn(opened.login, opened.password, device: "").token
            let token = try await own.change(first, from: opened.password, to: "Tai-shan-2022")
            let role = AccountRole(.employer, at: city.mill.number)
            try await office.grant(role, to: opened.number)
            try await own.choose(role, token)
            try await office.revoke(role, from: opened.number)
            let last = try await own.signIn(opened.login, "Tai-shan-2022", device: "").token
            try await own.signOut(last)
            _ = try await office.reset(opened.number)
            #expect(
                try await acts(city, "account/\(opened.number)") == [
                    "account.sign-in account.wrong", "account.sign-in", "account.password", "account.choose-role",
                    "account.sign-in", "account.sign-out",
                ])
            #expect(
                try await acts(city, "account/9") == [
                    "account.open", "role.grant", "role.revoke", "account.first-password",
                ])
            let mine = try await AuditLog(city.database, city.people).find(
                query { $0.person = person.number }, limit: 99)
            #expect(mine.count == 10)
            let wrong = try required(mine.last { !$0.isDone })
            #expect(wrong.account == nil && wrong.address == "198.51.100.3" && wrong.role == "")
            let signed = try required(mine.first { $0.act == "account.sign-in" })
            #expect(signed.account == opened.number.number && signed.role == "professional")
            #expect(try await AuditLog(city.database, city.people).verify().broken == 0)
        }
    }

    /// Guessing does not fill the audit log: the lock limits records in an account's chain, and attempts with unknown
    /// logins are recorded together.
    @Test(arguments: Engine.allCases) func guessesAreRecordedOnlyInLimitedNumber(_ engine: Engine) async throws {
        try await withCity(engine, policies: [], tick: 1) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            for turn in 0..<12 {
                for login in [opened.login, "nobody\(turn)"] {
                    _ = await code { _ = try await accounts.signIn(login, "wrong", device: "") }
                }
            }
            let guessed = try await acts(city, "account/\(opened.number)")
            #expect(guessed.count < 12 && Set(guessed) == ["account.sign-in account.wrong"])
            #expect(try await acts(city, "strangers") == ["account.sign-in account.wrong"])
        }
    }

    @Test(arguments: Engine.allCases) func actsOnTokensAreRecorded(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            let tokens = Tokens(city.database, city.people.acting(as: officer(9)))
            let text = try await tokens.make("统计", for: "bureau", [.people], days: 5)
            for _ in 1...3 { #expect(try await tokens.tokenPrincipal(text) != nil) }
            #expect(try await tokens.end(of: "bureau") == 1)
            #expect(try await acts(city, "account/9") == ["token.make", "token.end"])
            #expect(try await acts(city, "account/\(opened.number)") == ["token.use"])
        }
    }
}
