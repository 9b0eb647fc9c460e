import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Registry
import Synchronization
import Testbed
import Testing
import Web

@testable import App
@testable import People
@testable import Portal

/// Hours from programs may do what an officer's list of hours may do, and nothing else.
@Suite("Attack: a token submits hours beyond its officer's scope")
struct HoursAPITests {
    private static let path = "/api/v1/hours"
    private static let listPath = "/api/v1/hours/lines"

    /// A passed course in 2022.
    private func course(
        _ reference: String, _ hours: String = "8", of id: String = OfficeClient.own.id, course: String = "数据安全",
        more: String = ""
    ) -> String {
        #"{"idNumber":"\#(id)","kind":"线上课程","reference":"\#(reference)","facts":{"课程名称":"\#(course)","#
            + #""provider":"示例平台","科目":"专业科目","课程年度":"2022","课程学时":"\#(hours)","考试":"合格","#
            + #""passed-on":"2022-06-01"}\#(more)}"#
    }

    private func withAPI(_ engine: Engine, _ body: @escaping @Sendable (HoursClient) async throws -> Void) async throws
    {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let installation = try await Installation.open(folder: folder.path, database: url)
                defer { installation.close() }
                _ = try await Demo(installation, seed: 1).fill(
                    people: 0, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                    progress: { _ in })
                let application = try buildApplication(installation, SiteConfiguration())
                try await application.test(.router) {
                    try await body(HoursClient(office: OfficeClient(client: $0, installation: installation)))
                }
            }
        }
    }

    // MARK: - Registration

    @Test(arguments: Engine.allCases) func anItemIsRegisteredOnce(_ engine: Engine) async throws {
        try await withAPI(engine) { api in
            let token = try await api.token("mill", .employer, at: OfficeClient.mill)
            let before = try await api.ledger(OfficeClient.own.id)
            let tried = try await api.send(Self.path + "?dryRun=true", course("A-1"), token, key: "t")
            #expect(tried.text == #"{"dryRun":true,"notes":[],"outcome":"created"}"#)
            #expect(try await api.ledger(OfficeClient.own.id) == before)
            let first = try await api.send(Self.path, course("A-1"), token)
            #expect(first.text == #"{"dryRun":false,"notes":[],"outcome":"created"}"#, "\(first)")
            let after = try await api.ledger(OfficeClient.own.id)
            #expect(after.count == before.count + 1 && after.last == "8 professional 数据安全")
            // Repeated with its key it gets the same answer; with another key it changes nothing.
            #expect(try await api.send(Self.path, course("A-1"), token).text == first.text)
            let unchanged = try await api.send(Self.path, course("A-1"), token, key: "b")
            #expect(unchanged.text == #"{"dryRun":false,"notes":[],"outcome":"unchanged"}"#)
            let changed = try await api.send(Self.path, course("A-1", "10"), token, key: "c")
            #expect(changed.text.contains(#""outcome":"changed""#) && changed.text.contains("原计 8 学时，现计 10 学时"))
            #expect(try await api.ledger(OfficeClient.own.id).last == "10 professional 数据安全")
        }
    }

    @Test(arguments: Engine.allCases) func aListIsRegistered(_ engine: Engine) async throws {
        try await withAPI(engine) { api in
            let token = try await api.token("bureau", .bureau, at: nil)
            let lines = [
                course("B-1", course: "课程甲"), course("B-2", course: "课程乙", more: #","name":"岳明远","reason":null"#),
                course("B-3", "x", course: "课程丙"), course("B-4", course: "课程丁", more: #","name":"别人""#),
                course("B-5", of: "999999198503120019"), "",
                #"{"idNumber":"\#(OfficeClient.stranger.id)","kind":"论文","facts":{"刊物级别":"国内国家级","刊号":null}}"#,
            ].joined(separator: "\r\n")
            let tried = try await api.send(Self.listPath + "?dryRun=true", lines, token, key: "t")
            let report = try await api.send(Self.listPath, lines, token).report
            #expect(report.rows == 6 && report.created == 2 && report.failed == 4 && !report.dryRun)
            let dry = try tried.report
            #expect(dry.created == 2 && dry.dryRun)
            let places = report.failures.map { "\($0.line) \($0.field ?? "-")" }
            #expect(places.contains("3 facts.课程学时") && places.contains("4 name") && places.contains("5 idNumber"))
            // The sixth line is blank. All faults of the seventh are reported.
            #expect(
                places.filter { $0.hasPrefix("7 ") }.count > 1 && !places.contains { $0.hasPrefix("6 ") }, "\(places)")
            #expect(report.failures.first { $0.line == 4 }?.reason == "姓名与登记的不符。请核对姓名和身份证号是否为同一人")
            // The audit log records it like a list.
            let acts = try await api.acts("bureau")
            #expect(acts.contains("list.rehearse hours") && acts.contains("list.begin hours"))
            #expect(acts.contains("list.import hours"))
            #expect(try await api.send(Self.listPath, lines, token).isReplayed)
        }
    }

    /// An officer's list and a program's lines have the same effect on the ledger.
    @Test func aListAndItsLinesHaveTheSameEffect() async throws {
        let ledgers = Mutex<[[String]]>([])
        for isAPI in [true, false] {
            try await withOffice { office in
                let api = HoursClient(office: office)
                if isAPI {
                    let token = try await api.token("bureau", .bureau, at: nil)
                    let lines = (1...3).map { course("C-\($0)", "\($0)", course: "课程\($0)") }.joined(separator: "\n")
                    #expect(try await api.send(Self.listPath, lines, token).report.created == 3)
                } else {
                    let officer = try await office.officer("bureau", .bureau, at: nil)
                    let rows = (1...3).map {
                        "\(OfficeClient.own.id),线上课程,C-\($0),课程\($0),示例平台,专业科目,2022,\($0),合格,2022-06-01"
                    }
                    let head = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期"
                    _ = try await officer.taken(([head] + rows).joined(separator: "\n"))
                }
                let ledger = try await api.ledger(OfficeClient.own.id)
                ledgers.withLock { $0.append(ledger) }
            }
        }
        let (ofAPI, ofList) = ledgers.withLock { ($0.first, $0.last) }
        #expect(ofAPI == ofList && ofAPI?.count ?? 0 > 3)
    }

    // MARK: - Refusals

    @Test(arguments: Engine.allCases) func peopleOutOfScopeAreRefused(_ engine: Engine) async throws {
        try await withAPI(engine) { api in
            let token = try await api.token("mill", .employer, at: OfficeClient.mill)
            let before = try await api.ledger(OfficeClient.stranger.id)
            let item = course("D-1", of: OfficeClient.stranger.id)
            let one = try await api.send(Self.path, item, token)
            #expect(one.status == 422 && one.code == "hours.refused" && one.text.contains("不在您管理的单位"), "\(one)")
            #expect(!one.text.contains(OfficeClient.stranger.name) && !one.text.contains(OfficeClient.hospital))
            let list = try await api.send(Self.listPath, item + "\n" + course("D-2"), token, key: "l").report
            #expect(list.created == 1 && list.failures.map(\.line) == [1] && list.failures[0].field == "idNumber")
            #expect(try await api.ledger(OfficeClient.stranger.id) == before)
        }
    }

    /// Without a scope nothing can be submitted, whatever the token permits; also not after the role or token has
    /// ended.
    @Test func tokensWithoutAScopeAreRefused() async throws {
        try await withAPI(.sqlite) { api in
            let rest: [(String, Role, String?, String)] = [
                ("admin", .administrator, nil, "desk.no-scope"), ("auditor", .auditor, nil, "desk.no-scope"),
                ("board", .board, "泰安市人力资源和社会保障局", "desk.no-scope"),
                ("platform", .platform, OfficeClient.mill, "desk.no-scope"),
            ]
            for (login, role, unit, code) in rest {
                let token = try await api.token(login, role, at: unit)
                for path in [Self.path, Self.listPath] {
                    let response = try await api.send(path, course("E-1"), token, key: path.suffix(4) + login)
                    #expect(response.status == 403 && response.code == code, "\(login) \(response)")
                }
            }
            let mill = try await api.token("mill", .employer, at: OfficeClient.mill)
            let reader = try await api.tokens.make("x", for: "mill", [.people], days: 1)
            #expect(try await api.send(Self.path, course("E-1"), reader).code == "web.permission")
            #expect(try await api.send(Self.path, course("E-1"), mill).status == 200)
            // A stored answer is not returned to an ended token.
            #expect(try await api.tokens.end(of: "mill") == 2)
            #expect(try await api.send(Self.path, course("E-1"), mill).code == "web.token")
            let again = try await api.tokens.make("x", for: "mill", [.hours], days: 1)
            #expect(try await api.send(Self.path, course("E-1"), again).text.contains("unchanged"))
        }
    }

    /// Facts named like fields are refused, because they could name a second person.
    @Test func factsNamedLikeFieldsAreRefused() async throws {
        try await withAPI(.sqlite) { api in
            let token = try await api.token("mill", .employer, at: OfficeClient.mill)
            for name in ["身份证号", "证件号码", "姓名", "认定形式", "编号", " 身份证号", "身份证号*"] {
                let item = course("x").replacing("\"课程名称\":\"数据安全", with: "\"\(name)\":\"x")
                let response = try await api.send(Self.path, item, token, key: name)
                #expect(response.status == 400 && response.code == "sheet.header", "\(name): \(response)")
            }
            let many = (0...200).map { "\"x\($0)\":\"1\"" }.joined(separator: ",")
            let item = #"{"idNumber":"\#(OfficeClient.own.id)","kind":"线上课程","facts":{\#(many)}}"#
            #expect(try await api.send(Self.path, item, token, key: "m").code == "hours.facts")
            let unknown = course("F-1").replacing("\"科目\"", with: "\"没有\":\"1\",\"科目\"")
            let told = try await api.send(Self.listPath, unknown, token)
            #expect(try told.report.notes.contains { $0.contains("不认识的列：没有") }, "\(told)")
        }
    }

    /// Many rows that reduce hours need consent, as in a list.
    @Test func manyReductionsNeedConsent() async throws {
        try await withAPI(.sqlite) { api in
            let token = try await api.token("bureau", .bureau, at: nil)
            let lines = { (hours: String) in
                (1...3).map { course("G-\($0)", hours, course: "课程\($0)") }.joined(separator: "\n")
            }
            #expect(try await api.send(Self.listPath, lines("8"), token).report.created == 3)
            let held = try await api.send(Self.listPath, lines("4"), token, key: "b").report
            #expect(held.reducing == 3 && held.failed == 3 && held.changed == 0)
            let taken = try await api.send(Self.listPath + "?replace=true", lines("4"), token, key: "c").report
            #expect(taken.reducing == 0 && taken.changed == 3)
            #expect(try await api.send(Self.listPath + "?replace=1", lines("4"), token, key: "d").code == "web.query")
        }
    }

    /// An interrupted import reports its progress.
    @Test func anInterruptedImportReportsItsProgress() {
        let cause = Failure(.unavailable, "database.full", "磁盘已满。", en: "Full.", detail: "x")
        let failure = Failure.hoursBrokenOff(400, cause)
        #expect(failure.code == "hours.broken-off" && failure.kind == .unavailable && failure.detail == "x")
        #expect(
            failure.words.chinese
                == "磁盘已满。中断前已办理 400 行，已登记的保留。排除原因后用同一个 Idempotency-Key 再发，会接着办完。")
    }

    /// An import that breaks off between two of its transactions: the key takes only the same list, which finishes it.
    @Test(arguments: Engine.allCases) func aListBrokenOffKeepsItsKey(_ engine: Engine) async throws {
        try await withAPI(engine) { api in
            let token = try await api.token("bureau", .bureau, at: nil)
            let lines = (1...201).map { course("H-\($0)", "1", course: "课程\($0)") }.joined(separator: "\n")
            let writes = Mutex(0)
            // The write that fails.
            let failing = Mutex(0)
            api.office.installation.database.beforeWrites {
                let write = writes.withLock { writes in
                    writes += 1
                    return writes
                }
                if write == failing.withLock({ $0 }) {
                    throw Failure(.unavailable, "test.down", "数据库停了。", en: "The database is down.")
                }
            }
            var broken: String?
            for write in 1...12 where broken == nil {
                writes.withLock { $0 = 0 }
                failing.withLock { $0 = write }
                let response = try await api.send(Self.listPath, lines, token, key: "\(write)")
                if response.code == "hours.broken-off" { broken = "\(write)" }
            }
            failing.withLock { $0 = 0 }
            let key = try #require(broken)
            let other = try await api.send(Self.listPath, course("H-0"), token, key: key)
            #expect(other.code == "api.key-reused", "\(other)")
            let report = try await api.send(Self.listPath, lines, token, key: key).report
            #expect(report.rows == 201 && report.failed == 0 && report.created > 0)
            #expect(report.unchanged > 0 && report.created + report.unchanged == 201)
        }
    }

    // MARK: - Reading

    @Test(arguments: Engine.allCases) func peopleAreReadAsLines(_ engine: Engine) async throws {
        try await withAPI(engine) { api in
            for (login, role, unit) in [("bureau", Role.bureau, nil), ("mill", .employer, OfficeClient.mill)] {
                let token = try await api.token(login, role, at: unit)
                let lines = try await api.get("/api/v1/people/lines?year=2022", token).text
                let rows = try lines.split(separator: "\n").map {
                    try JSONDecoder().decode(APIPerson.self, from: Data($0.utf8))
                }
                let listed = try JSONDecoder().decode(
                    APIPeople.self, from: Data(try await api.get("/api/v1/people?year=2022&limit=200", token).text.utf8)
                )
                #expect(rows.map(\.person) == listed.people.map(\.person) && !rows.isEmpty, "\(login)")
                #expect(rows.contains { $0.name == OfficeClient.stranger.name } == (login == "bureau"))
                #expect(try await api.acts(login).contains("list.export people"))
            }
            let admin = try await api.token("admin", .administrator, at: nil)
            #expect(try await api.get("/api/v1/people/lines", admin).code == "desk.no-scope")
            #expect(try await api.get("/api/v1/people/lines?state=x", admin).code == "desk.no-scope")
        }
    }
}

/// A client with tokens.
private struct HoursClient: Sendable {
    let office: OfficeClient

    var tokens: Tokens { Tokens(office.installation.database, office.installation.people) }

    struct Response: Sendable {
        let status: Int
        let isReplayed: Bool
        let text: String
        private struct Code: Codable { let code: String }

        var code: String { (try? JSONDecoder().decode(Code.self, from: Data(text.utf8)))?.code ?? "" }
        var report: APIHoursReport {
            get throws { try JSONDecoder().decode(APIHoursReport.self, from: Data(text.utf8)) }
        }
    }

    /// A token with all permissions, for a new account with this role.
    func token(_ login: String, _ role: Role, at unit: String?) async throws -> String {
        let organisation = try await unit == nil ? nil : office.unit(unit ?? "")
        let accounts = Accounts(office.installation.database, office.installation.people)
        _ = try await accounts.open(login, name: login, AccountRole(role, at: organisation))
        return try await tokens.make("x", for: login, Set(Tokens.Permission.allCases), days: 1)
    }

    func send(_ path: String, _ body: String, _ token: String, key: String = "k") async throws -> Response {
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        headers[.contentType] = path.contains("lines") ? "application/x-ndjson" : "application/json;charset=UTF-8"
        let (name, replayed) = (HTTPField.Name("Idempotency-Key"), HTTPField.Name("Idempotency-Replayed"))
        if let name { headers[name] = Data(key.utf8).base64EncodedString() }
        return try await office.client.execute(
            uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)
        ) { response in
            Response(
                status: response.status.code, isReplayed: replayed.flatMap { response.headers[$0] } == "true",
                text: String(buffer: response.body))
        }
    }

    func get(_ path: String, _ token: String) async throws -> Response {
        try await office.client.execute(uri: path, method: .get, headers: [.authorization: "Bearer \(token)"]) {
            Response(status: $0.status.code, isReplayed: false, text: String(buffer: $0.body))
        }
    }

    /// A person's entries, oldest first: hours, subject and title.
    func ledger(_ id: String) async throws -> [String] {
        let person = try required(try await office.person(id))
        let year = try await office.installation.registry.year(Year(2022), of: person.number)
        return year.standings.flatMap { item in
            item.entries.map { entry in
                let explained = year.explained(entry, in: item)
                return "\(entry.hours) \(entry.subject) \(explained.title)"
            }
        }
    }

    /// The recorded acts of an account.
    func acts(_ login: String) async throws -> Set<String> {
        let account = try await Accounts(office.installation.database, office.installation.people).account(login)
        var query = AuditQuery()
        query.chain = Actor.chain(of: account.number)
        let records = try await office.installation.audit.find(query, limit: 100)
        return Set(records.map { "\($0.act) \($0.object.id)" })
    }
}
