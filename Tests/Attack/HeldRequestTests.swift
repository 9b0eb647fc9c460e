import Database
import Documents
import Foundation
import HTTPTypes
import Kernel
import Testbed
import Testing
import Web

@testable import People
@testable import Portal
@testable import Registry

@Suite("Attack: requests are carried out as submitted, and senders see the result")
struct HeldRequestTests {
    private static let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"

    private func text(_ counties: Counties, _ request: UpstreamRequest, _ reader: Submitter) async throws
        -> UpstreamText
    {
        let people = counties.city.people
        return try await counties.city.database.read {
            try UpstreamTexts(WriteScope($0, people, reader)).of(request)
        }
    }

    private func asked(_ counties: Counties, _ submitter: Submitter) async throws -> [(UpstreamRequest, UpstreamText)] {
        let people = counties.city.people
        return try await counties.city.database.read { transaction in
            let texts = UpstreamTexts(WriteScope(transaction, people, submitter))
            return try UpstreamStore(transaction, people).sent(
                by: required(submitter.organisation), before: .max, limit: 20
            ).map { ($0, try texts.asked($0)) }
        }
    }

    /// A rolled-back new unit's number goes to the next unit. Nobody is moved to that one.
    @Test(arguments: Engine.allCases) func theNumberOfARolledBackUnitMovesNobody(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let person = try await counties.city.add("汶小溪", at: counties.quarry)
            let county = try await counties.authority(counties.taishan)
            let bureau = try await counties.authority(counties.bureau)
            let id = try Cast.idNumber(of: "汶小溪").text
            _ = try await counties.send(Self.head + "汶小溪,\(id),泰山新单位,企业,370902,\n", county)
            let next = "安澜,\(try Cast.idNumber(of: "安澜").text),别家单位,企业,370902,\n"
            let other = try await counties.send(Self.head + next, county)
            #expect(other.created == 1)
            let request = try required(try await counties.waiting(bureau).first)
            #expect(RequestedTransfer(request.requested).number == nil)
            let failure = await #expect(throws: Failure.self) { try await counties.carryOut(request, bureau) }
            #expect(failure?.code == "request.no-unit")
            // After the unit is registered, the same request moves the person there.
            let owner = try Cast.idNumber(of: "岳明远").text
            _ = try await counties.send(Self.head + "岳明远,\(owner),泰山新单位,企业,370902,\n", county)
            try await counties.carryOut(request, bureau)
            let people = counties.city.people
            let unit = try await counties.city.database.read { transaction in
                try WriteScope(transaction, people, .operating).unit(of: person).flatMap {
                    try OrganisationStore(transaction).find($0)?.name
                }
            }
            #expect(unit == "泰山新单位")
        }
    }

    /// In an older request with another unit's number, the number is compared with the name.
    @Test func aUnitNumberWithAnotherNameIsRefused() async throws {
        try await withCounties(.sqlite) { counties in
            let wrong = RequestedTransfer(["unit": .text("泰山新单位"), "number": .integer(counties.school.number.number)])
            let right = RequestedTransfer(unit: counties.school.name, number: counties.school.number)
            let found = try await counties.city.database.read {
                (try wrong.existingUnit($0), try right.existingUnit($0))
            }
            #expect(found.0 == nil && found.1?.number == counties.school.number)
        }
    }

    /// A mistyped number may be another person's: the authority sees both names, the sender only the typed one.
    @Test(arguments: Engine.allCases) func aDifferentNameIsShownToTheAuthority(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("汶小溪", at: counties.quarry)
            let (works, bureau) = (
                try await counties.employer(counties.city.mill), try await counties.authority(counties.bureau)
            )
            let row = Self.head + "岳明达,\(try Cast.idNumber(of: "汶小溪").text),,,,2022-03-01\n"
            let report = try await counties.send(row, works)
            #expect(report.failures.first?.words.contains("我报的申请") == true)
            let request = try required(try await counties.waiting(bureau).first)
            let text = try await text(counties, request, bureau)
            #expect(text.title == "调入：汶小溪" && text.difference == "名单上写的是“岳明达”，登记的是“汶小溪”，请核对身份证号。")
            let own = try await asked(counties, works)
            #expect(own.count == 1 && own[0].0.resolution == nil)
            #expect(own[0].1.words.hasPrefix("岳明达，自 2022-03-01 起调入") && !own[0].1.words.contains("汶小溪"))
            #expect(try await asked(counties, counties.employer(counties.quarry)).isEmpty)
            // The answer and its reason are shown to the sender, and with the next request.
            let (people, account) = (counties.city.people, try required(bureau.account))
            try await counties.city.database.write {
                try UpstreamStore($0, people).resolve(request, done: false, reason: "不是本人", by: account)
            }
            #expect(try await asked(counties, works).first?.0.resolution?.reason == "不是本人")
            _ = try await counties.send(row, works)
            let next = try required(try await counties.waiting(bureau).first)
            let (before, answered, total) = try await counties.city.database.read { transaction in
                let (store, writeScope) = (UpstreamStore(transaction, people), WriteScope(transaction, people, bureau))
                return (
                    try store.dismissedBefore(next), try store.resolved(writeScope, before: .max, limit: 9),
                    try store.countWaiting(writeScope)
                )
            }
            #expect(before?.number == request.number && answered.map(\.number) == [request.number] && total == 1)
            #expect(next.number != request.number)
        }
    }

    /// After a transfer the authority reads where the person came from. The sender is not told the unit.
    @Test(arguments: Engine.allCases)
    func aCompletedTransferShowsTheFormerUnitToTheAuthorityOnly(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (people, person) = (counties.city.people, try await counties.city.add("汶小溪", at: counties.quarry))
            let (works, bureau) = (
                try await counties.employer(counties.city.mill), try await counties.authority(counties.bureau)
            )
            _ = try await counties.send(
                Self.head + "汶小溪,\(try Cast.idNumber(of: "汶小溪").text),,,,2022-03-01\n", works)
            let request = try required(try await counties.waiting(bureau).first)
            let before = try await text(counties, request, bureau).words
            #expect(before.hasPrefix("汶小溪（人员编号 \(person)，\(counties.quarry.name)），自 2022-03-01 起调入"))
            try await counties.carryOut(request, bureau)
            let done = try await counties.city.database.read { transaction in
                let writeScope = WriteScope(transaction, people, bureau)
                return try UpstreamStore(transaction, people).findResolved(request.number, writeScope)
            }
            let after = try await text(counties, required(done), bureau).words
            #expect(after.hasPrefix("汶小溪（人员编号 \(person)，原在\(counties.quarry.name)），自 2022-03-01 起调入"), "\(after)")
            let own = try required(try await asked(counties, works).first).1.words
            #expect(own.hasPrefix("汶小溪（人员编号 \(person)，原在别的单位），自 2022-03-01 起调入"), "\(own)")
        }
    }

    /// Two colleagues have submitted items under one number. A request corrects the item that it names.
    @Test(arguments: Engine.allCases) func aRequestCorrectsTheItemThatItNames(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, role) = (counties.city, AccountRole(.employer, at: counties.city.mill.number))
            let (works, bureau) = (
                try await counties.employer(city.mill), try await counties.authority(counties.bureau)
            )
            let own = try await city.add("岳明远")
            let other = try await city.add("汶小溪", at: counties.quarry)
            var names: [String] = []
            for login in ["unit-a", "unit-b"] {
                let accounts = Accounts(city.database, city.people)
                let account = try await accounts.open(login, name: login, role, isDemo: true)
                names.append("account-\(account.number)")
            }
            let sources = names
            _ = try await city.recognise(other, SampleEvidence.paper("乙", authors: 2), reference: "x")
            try await city.database.write { transaction in
                let store = EvidenceStore(transaction)
                let add = { (held: StoredEvidence?, title: String, authors: Int, source: String) in
                    try store.add(
                        SampleEvidence.paper(title, authors: authors), of: own, replacing: held, source: source,
                        reference: "1", reason: "", at: 1)
                }
                _ = try add(add(nil, "甲", 1, sources[0]), "甲", 2, sources[0])
                _ = try add(nil, "乙", 2, sources[1])
                try LegacySources.record(transaction)
                try city.registry.learn([own], transaction)
            }
            let row = "\(try Cast.idNumber(of: "岳明远").text),论文,1,乙,国内国家级,CN 37-0001/T,3,2022-06-01\n"
            let list = "身份证号,认定形式,编号,题目,刊物级别,刊号,作者数,发表日期\n" + row
            #expect(try await counties.send(list, works, hours: true).failures.count == 1)
            try await counties.carryOut(required(try await counties.waiting(bureau).first), bureau)
            let held = try await city.database.read { try EvidenceStore($0).all(of: own) }
            #expect(held.map { $0.evidence.facts["authors"] } == [.integer(2), .integer(3)])
        }
    }

    /// From the list to the answer, as officers see it.
    @Test func theSenderOfARequestSeesItsResolution() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let bureau = try await office.officer("bureau", .bureau, at: "泰安市人力资源和社会保障局")
            let list = "姓名,身份证号\n假名,\(OfficeClient.stranger.id)\n"
            #expect(try await works.taken(list).contains("href=\"/requests/asked\""))
            #expect(try await works.get("/requests").status == .forbidden)
            let asked = try await works.get("/requests/asked").text
            #expect(asked.contains("待处理") && asked.contains("假名") && !asked.contains(OfficeClient.stranger.name))
            let waiting = try await bureau.get("/requests").text
            #expect(waiting.contains("共 1 件") && waiting.contains("调入：\(OfficeClient.stranger.name)"))
            let place = try required(waiting.firstMatch(of: #/\/requests\/[0-9]+/#)).output
            let page = try await bureau.get(String(place)).text
            #expect(page.contains("名单上写的是“假名”，登记的是“\(OfficeClient.stranger.name)”") && page.contains("同意，办理"))
            let response = try await bureau.post(place + "/dismissal", "reason=%E4%B8%8D%E6%98%AF%E6%9C%AC%E4%BA%BA")
            #expect(try await bureau.get(response.text).text.contains("不予办理：\(OfficeClient.stranger.name)"))
            #expect(try await bureau.get("/requests?view=answered").text.contains("不是本人"))
            let told = try await works.get("/requests/asked").text
            #expect(told.contains("不予办理") && told.contains("不是本人"))
            // Both sides see who answered. The sender is shown without account, and so is a waiting request.
            let who = "泰安市人力资源和社会保障局（市人社局），账号 \(bureau.account)"
            #expect(told.contains(who) && !asked.contains("账号 ") && !waiting.contains("账号 "))
            #expect(try await bureau.get("/requests?view=answered").text.contains(who))
            // A repeated request shows the earlier answer. A request that was done by other means ends as done.
            _ = try await works.taken(list)
            let again = try await bureau.get("/requests").text
            let next = try required(again.firstMatch(of: #/\/requests\/[0-9]+/#)).output
            #expect(try await bureau.get(String(next)).text.contains("曾为此人申请，不予办理，原因：不是本人"))
            #expect(try await bureau.post(next + "/completion", "by=list").status == .seeOther)
            #expect(try await works.get("/requests/asked").text.contains("已用名单办理"))
            #expect(try await bureau.get("/requests?before=1").text.contains("回到最新的"))
        }
    }

    /// A dry run submits no request and says so.
    @Test(arguments: Engine.allCases) func aDryRunSubmitsNoRequest(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, works) = (counties.city, try await counties.employer(counties.city.mill))
            let person = try await city.add("汶小溪", at: counties.quarry)
            try await city.move(person, to: city.mill, since: "2022-01-01")
            let row = Self.head + "汶小溪,\(try Cast.idNumber(of: "汶小溪").text),,,,2020-01-01\n"
            let tried = try required(try await counties.send(row, works, dryRun: true).failures.first).words
            #expect(tried.contains("正式导入后会报") && !tried.contains("已报"))
            let bureau = try await counties.authority(counties.bureau)
            #expect(try await counties.waiting(bureau).isEmpty)
            #expect(try await counties.send(row, works).failures.first?.words.contains("已报共同的上级主管部门处理") == true)
            // A change of days is carried out by the same button as a move.
            let request = try required(try await counties.waiting(bureau).first)
            #expect(request.kind == .period)
            try await counties.carryOut(request, bureau)
            let mill = city.mill.number
            let history = try await city.database.read {
                try EmploymentStore($0, city.people).histories(from: person.number, through: person.number)
            }
            let unit = try history[person.number]?.unit(on: required(Day("2020-06-01")))?.number
            #expect(unit == mill)
        }
    }

    /// Lists of waiting requests do not read answered ones.
    @Test(arguments: Engine.allCases) func listsOfWaitingRequestsDoNotReadResolvedOnes(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (people, bureau) = (counties.city.people, try await counties.authority(counties.bureau))
            let plan = try await counties.city.database.read { transaction in
                if engine == .postgres { try transaction.execute("SET LOCAL enable_seqscan = off") }
                let writeScope = WriteScope(transaction, people, bureau)
                return try transaction.plan(UpstreamStore(transaction, people).statementOfWaiting(writeScope))
            }.joined(separator: "\n")
            #expect(!plan.contains("SCAN r") && !plan.contains("Seq Scan on upstream_request"), "\(plan)")
            #expect(!plan.contains("upstream_request_by_organisation"), "\(plan)")
        }
    }

    /// Files that are not lists are identified on the upload page.
    @Test func aFileThatIsNoListIsIdentified() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let files = [
                ("a.xlsx", "%PDF-1.7", "实际是 PDF 文件"), ("a.csv", "%PDF-1.7", "实际是 PDF 文件"), ("a.csv", "", "0 字节"),
                ("a.xls", "x", "实际是 .xls 文件"), ("a.doc", "x", "实际是 .doc 文件"), ("", "", "没有选择名单"),
            ]
            for (name, text, words) in files {
                let response = try await works.upload(text, as: name)
                #expect(response.status == .badRequest && response.text.contains(words), "\(name)")
                #expect(response.text.contains("上传并试导入"))
            }
            let (name, id) = OfficeClient.own
            let spaced = name.prefix(1) + "\u{3000}" + name.dropFirst()
            let same = try await works.tried("姓名,身份证号\n\(spaced),\(id)\n")
            #expect(same.contains("1 行没有变化") && !same.contains("/confirmation"))
        }
    }

    /// Of contradicting rows with one number the first is imported, at any distance and with any invisible characters.
    @Test(arguments: Engine.allCases) func ofContradictingRowsTheFirstIsImported(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("岳明远")
            let id = try Cast.idNumber(of: "岳明远").text
            var text = "姓名,身份证号\n岳明达,\(id)\n"
            for turn in 0..<250 { text += "甲,\(try Cast.number(turn).text)\n" }
            text += "岳明山,\u{200B}\(id)\n岳明达,\(id)\n"
            let works = try await counties.employer(counties.city.mill)
            let report = try await counties.send(text, works)
            #expect(report.created == 250 && report.changed == 1 && report.failures.map(\.row) == [253])
            #expect(report.failures.first?.words.contains("与第 2 行的身份证号相同而内容不同，以第 2 行为准") == true)
            let people = counties.city.people
            let name = try await counties.city.database.read { try PersonStore($0, people).find(IDNumber(id))?.name }
            #expect(name == "岳明达")
        }
    }

    /// A row that waits for another office is the standard for later rows about its person.
    @Test(arguments: Engine.allCases) func laterRowsAreComparedWithAWaitingRow(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("汶小溪", at: counties.quarry)
            let county = try await counties.authority(counties.taishan)
            let id = try Cast.idNumber(of: "汶小溪").text
            let rows = ["泰山新单位", "泰山另一单位"].map { "汶小溪,\(id),\($0),企业,370902,\n" }
            let report = try await counties.send(Self.head + rows.joined(), county)
            #expect(report.failures.map(\.isPending) == [true, false])
            #expect(report.failures.last?.words.contains("以第 2 行为准") == true)
            let bureau = try await counties.authority(counties.bureau)
            #expect(try await counties.waiting(bureau).count == 1)
        }
    }

    /// A list that changes a name or mobile number is recorded; new and unchanged people are not.
    @Test(arguments: Engine.allCases) func changesByAListAreRecordedForThePerson(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let person = try await counties.city.add("岳明远", phone: "13800000001")
            let id = try Cast.idNumber(of: "岳明远").text
            let works = try await counties.employer(counties.city.mill)
            let head = "姓名,身份证号,手机号\n"
            let fresh = "安澜,\(try Cast.idNumber(of: "安澜").text),13800000002\n"
            _ = try await counties.send(head + "岳明远,\(id),13800000001\n" + fresh, works)
            _ = try await counties.send(head + "岳明达,\(id),13800000009\n", works, dryRun: true)
            _ = try await counties.send(head + "岳明达,\(id),13800000009\n", works)
            let people = counties.city.people
            var query = AuditQuery()
            query.act = AuditAct.changePerson.rawValue
            let asked = query
            let acts = try await counties.city.database.read { try AuditStore($0, people).find(asked, limit: 9) }
            #expect(acts.map(\.person) == [person.number] && acts[0].detail.contains("name-mobile"))
            #expect(!acts[0].detail.contains("岳明") && !acts[0].detail.contains("1380"))
        }
    }
}
