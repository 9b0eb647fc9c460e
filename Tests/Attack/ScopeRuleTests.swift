import Database
import Documents
import Foundation
import Kernel
import Policy
import Testbed
import Testing

@testable import People
@testable import Registry

@Suite("Attack: scope is decided on the state before the write")
struct ScopeRuleTests {
    private static let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"
    private static let hoursHead = "姓名,身份证号,认定形式,编号,题目,刊物级别,刊号,作者数,发表日期\n"

    private func paper(_ name: String, _ authors: Int, as other: String? = nil) throws -> String {
        "\(other ?? name),\(try Cast.idNumber(of: name).text),论文,\(name),石材,国内国家级,CN 37-0001/T,\(authors),2022-06-01\n"
    }

    /// A dry run gives the same report for an unused number and for one registered elsewhere, with any other content of
    /// the row and any number of repetitions.
    @Test(arguments: Engine.allCases) func aDryRunDoesNotRevealRegisteredNumbers(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let known = try Cast.idNumber(of: "汶小溪").text
            _ = try await counties.city.add("汶小溪", at: counties.quarry)
            let free = try Cast.number(800).text
            let (works, county) = (
                try await counties.employer(counties.city.mill), try await counties.authority(counties.taishan)
            )
            let lists: [(String) -> String] = [
                { Self.head + "汶小溪,\($0),,,,2010-01-01\n" },
                { Self.head + "假名,\($0),,,,2010-01-01\n假名,\($0),,,,2010-01-01\n" },
                { "姓名,身份证号,手机号\n甲,\($0),1\n" }, { "姓名,身份证号,手机号\n甲,\($0),13800000001\n" },
                { Self.head + "甲,\($0),泰安示例机械有限公司,企业,370902,2010-01-01\n乙,\($0.lowercased()) ,泰安示例机械有限公司,,370902,\n" },
                { Self.head + "甲,\($0),肥城示例石材有限公司,企业,370983,\n" }, { Self.head + "甲,\($0),没有的单位,企业,370983,\n" },
                { Self.head + "甲,\($0),新单位,企业,370902,\n乙,\($0.dropLast()),新单位,企业,370902,\n" },
                { "姓名,身份证号,单位名称,行政区划,职称级别\n甲,\($0),泰山示例中学,370902,最高级\n" },
                { Self.head + "甲,\($0),,,,2099-01-01\n" }, { Self.head + "甲,\($0),泰山示例中学,企业,370902,2099-01-01\n" },
            ]
            for list in lists {
                for submitter in [works, county] {
                    let (one, two) = (
                        try await counties.send(list(known), submitter, dryRun: true).said,
                        try await counties.send(list(free), submitter, dryRun: true).said
                    )
                    #expect(one == two, "\(list("ID"))")
                }
            }
            #expect(try await counties.waiting(counties.authority(counties.bureau)).isEmpty)
        }
    }

    /// A list of hours also gives the same report for both, with a right or wrong name, as a dry run or not.
    @Test(arguments: Engine.allCases) func aListOfHoursDoesNotRevealRegisteredNumbers(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("汶小溪", at: counties.quarry)
            let works = try await counties.employer(counties.city.mill)
            for dryRun in [true, false] {
                let said = [
                    try await counties.send(
                        Self.hoursHead + paper("汶小溪", 1), works, hours: true, dryRun: dryRun),
                    try await counties.send(
                        Self.hoursHead + paper("汶小溪", 1, as: "假名"), works, hours: true, dryRun: dryRun),
                    try await counties.send(
                        Self.hoursHead + paper("安澜", 1), works, hours: true, dryRun: dryRun),
                ].map(\.said)
                #expect(Set(said).count == 1 && said[0].contains("或不在您管理的单位"), "\(said)")
            }
        }
    }

    /// A transfer is refused and stored once as a request; the authority above both sides sees it and carries it out.
    @Test(arguments: Engine.allCases) func aTransferWaitsForTheCommonAuthority(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let person = try await counties.city.add("汶小溪", at: counties.quarry)
            let works = try await counties.employer(counties.city.mill)
            let row = Self.head + "假名,\(try Cast.idNumber(of: "汶小溪").text),,,,2022-03-01\n"
            for _ in 0..<2 {
                let report = try await counties.send(row, works)
                #expect(report.failures.first?.words.contains("已在别的单位登记") == true)
            }
            for office in [counties.taishan, counties.feicheng] {
                #expect(try await counties.waiting(counties.authority(office)).isEmpty)
            }
            let bureau = try await counties.authority(counties.bureau)
            let waiting = try await counties.waiting(bureau)
            #expect(waiting.map(\.person) == [person] && waiting[0].kind == .transfer)
            let county = try await counties.authority(counties.feicheng)
            let failure = await #expect(throws: Failure.self) { try await counties.carryOut(waiting[0], county) }
            #expect(failure?.code == "request.none")
            #expect(try await counties.city.registry.year(Year(2022), of: person).person.name == "汶小溪")
            try await counties.carryOut(waiting[0], bureau)
            #expect(try await counties.waiting(bureau).isEmpty)
            let people = counties.city.people
            let mill = counties.city.mill.number
            let exists = try await counties.city.database.read { try WriteScope($0, people, works).holds(person) }
            #expect(exists && works.scope == .unit(mill))
            let again = await #expect(throws: Failure.self) { try await counties.carryOut(waiting[0], bureau) }
            #expect(again?.code == "request.none")
        }
    }

    /// A unit that did not exist at the request is registered by a list; a dismissed request no longer waits.
    @Test(arguments: Engine.allCases) func aNewUnitOfARequestIsRegisteredByAList(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("汶小溪", at: counties.quarry)
            let id = try Cast.idNumber(of: "汶小溪").text
            let county = try await counties.authority(counties.taishan)
            let report = try await counties.send(Self.head + "汶小溪,\(id),泰山新单位,企业,370902,\n", county)
            #expect(report.failures.count == 1)
            let bureau = try await counties.authority(counties.bureau)
            let request = try required(try await counties.waiting(bureau).first)
            let (people, account) = (counties.city.people, try required(bureau.account))
            let before = try await counties.city.database.allRows(of: "organisation").count
            try await counties.city.database.write { transaction in
                let requested = RequestedTransfer(unit: "没有的单位", number: nil)
                let row = PendingRow(
                    kind: .transfer, person: request.person, other: counties.quarry.number, requested: requested.facts,
                    failure: report.failures[0])
                try UpstreamStore(transaction, people).request(row, by: county)
                try UpstreamStore(transaction, people).resolve(request, done: false, reason: "非本人", by: account)
            }
            #expect(try await counties.city.database.allRows(of: "organisation").count == before)
            let left = try await counties.waiting(bureau)
            #expect(left.count == 1)
            let failure = await #expect(throws: Failure.self) { try await counties.carryOut(left[0], bureau) }
            #expect(failure?.code == "request.no-unit")
        }
    }

    /// After too many numbers of other people, an officer gets the same report for all new people.
    @Test(arguments: Engine.allCases) func triedNumbersOfOthersAreLimited(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let works = try await counties.employer(counties.city.mill)
            let all = UpstreamStore.mostByUnit + 5
            _ = try await strangers(0..<all, counties)
            var text = "姓名,身份证号\n"
            for turn in 0..<all { text += "甲,\(try Cast.number(turn).text)\n" }
            let report = try await counties.send(text, works)
            let words = report.failures.map(\.words)
            #expect(words.count { $0.contains("已在别的单位登记") } == UpstreamStore.mostByUnit)
            #expect(words.count { $0.contains("请明天再导入") } == 5)
            // An unused number gets the same report now, and nobody is added.
            let next = try await counties.send("姓名,身份证号\n甲,\(Cast.number(900).text)\n", works)
            #expect(next.created == 0 && next.failures.first?.words == words.last)
            // The officer's own people are imported as usual.
            _ = try await counties.city.add("岳明远")
            let own = try await counties.send("姓名,身份证号\n岳明达,\(Cast.idNumber(of: "岳明远").text)\n", works)
            #expect(own.changed == 1)
            #expect(try await counties.waiting(counties.authority(counties.bureau)).count == UpstreamStore.mostByUnit)
        }
    }

    /// People with these numbers at a unit of another county.
    private func strangers(_ turns: Range<Int>, _ counties: Counties) async throws -> [ID<Person>] {
        let (people, quarry) = (counties.city.people, counties.quarry.number)
        return try await counties.city.database.write { transaction in
            try turns.map { turn in
                let person = try PersonStore(transaction, people).add("甲", Cast.number(turn), phone: nil)
                _ = try EmploymentStore(transaction, people).put(
                    Employment(organisation: quarry, relation: "labour", during: Period(from: .first, to: .last)),
                    of: person)
                return person
            }
        }
    }

    /// While no more requests of an officer may wait, none could be counted: known and unknown numbers get the same
    /// report, in every batch and list. The last free place gives one number away.
    @Test(arguments: Engine.allCases) func triedNumbersAreRefusedWhenNoRequestMayWait(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let works = try await counties.employer(counties.city.mill)
            let (people, quarry) = (counties.city.people, counties.quarry.number)
            let known = try await strangers(0..<UpstreamStore.mostWaiting, counties)
            try await counties.city.database.write { transaction in
                for person in known.dropLast() {
                    let requested = RequestedTransfer(nil, for: "甲", since: .first, relation: "labour").facts
                    let row = PendingRow(
                        kind: .period, person: person, other: quarry, requested: requested,
                        failure: RowFailure(SheetRow(number: 2, cells: []), "", .quoted("x")))
                    let isAsked = try UpstreamStore(transaction, people).request(row, by: works)
                    #expect(isAsked)
                }
            }
            for list in 0..<2 {
                var text = "姓名,身份证号\n"
                for turn in 0..<250 { text += "甲,\(try Cast.number(turn).text)\n" }
                for turn in 900..<910 { text += "甲,\(try Cast.number(turn).text)\n" }
                let report = try await counties.send(text, works)
                let words = report.failures.map(\.words)
                #expect(report.created == 0 && words.count == 260)
                #expect(words.count { $0.contains("已在别的单位登记") } == (list == 0 ? 1 : 0))
                #expect(Set(words.dropFirst()).count == 1 && words[1].contains("新人员暂不导入"))
            }
        }
    }

    /// An employment must not cover days at another unit, and an officer cannot move people to another unit.
    @Test(arguments: Engine.allCases) func employmentsOfOtherUnitsAreNotOverlapped(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, works) = (counties.city, try await counties.employer(counties.city.mill))
            let person = try await city.add("汶小溪", at: counties.quarry)
            try await city.move(person, to: city.mill, since: "2022-01-01")
            let before = try await city.database.allRows(of: "employment")
            let id = try Cast.idNumber(of: "汶小溪").text
            for day in ["2020-01-01", "1990-01-01", "2021-12-31"] {
                let report = try await counties.send(Self.head + "汶小溪,\(id),,,,\(day)\n", works)
                #expect(report.failures.first?.words.contains("与此人在别的单位的任职重叠") == true)
            }
            let county = try await counties.authority(counties.taishan)
            let away = try await counties.send(Self.head + "汶小溪,\(id),肥城示例石材有限公司,企业,370983,2023-01-01\n", county)
            #expect(away.failures.first?.words.contains("不在您管理的范围") == true)
            #expect(try await city.database.allRows(of: "employment") == before)
            let bureau = try await counties.authority(counties.bureau)
            #expect(try await counties.waiting(bureau).map(\.kind) == [.period, .period, .period])
            let here = try await counties.send(Self.head + "汶小溪,\(id),泰山示例中学,企业,370902,2023-01-01\n", county)
            #expect(here.changed == 1)
        }
    }

    /// A credit code on the wrong unit does not blame the named unit, and does not tell which one has it.
    @Test(arguments: Engine.allCases) func aCreditCodeDoesNotRevealItsUnit(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (quarry, code) = (counties.quarry, try USCC.completing("91370983000000001"))
            try await counties.city.database.write {
                try OrganisationStore($0).correct(quarry.number, uscc: code, nature: quarry.nature)
            }
            let county = try await counties.authority(counties.taishan)
            let head = "姓名,身份证号,单位名称,统一社会信用代码,行政区划\n"
            var said: Set<String> = []
            for name in [counties.school.name, quarry.name] {
                let list = head + "新来人,\(try Cast.number(801).text),\(name),\(code.text),370902\n"
                said.insert(try required(try await counties.send(list, county).failures.first?.words))
            }
            let words = try required(said.first)
            #expect(said.count == 1 && words.contains("此代码已登记在另一单位") && !words.contains("肥城"), "\(said)")
        }
    }

    /// A correction of a work that people outside the scope also claim waits for the authority above all of them.
    @Test(arguments: Engine.allCases) func aCorrectionOfASharedWorkWaitsForTheAuthority(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let city = counties.city
            let (one, other) = (try await city.add("岳明远"), try await city.add("汶小溪", at: counties.quarry))
            let (works, quarry) = (try await counties.employer(city.mill), try await counties.employer(counties.quarry))
            #expect(try await counties.send(Self.hoursHead + paper("岳明远", 2), works, hours: true).created == 1)
            #expect(try await counties.send(Self.hoursHead + paper("汶小溪", 2), quarry, hours: true).created == 1)
            let report = try await counties.send(Self.hoursHead + paper("岳明远", 5), works, hours: true)
            #expect(report.failures.first?.words.contains("作者数不能在这里更正") == true)
            #expect(try await city.counted(one).hundredths == 6250)
            #expect(try await city.counted(other).hundredths == 6250)
            let bureau = try await counties.authority(counties.bureau)
            let waiting = try await counties.waiting(bureau)
            #expect(waiting.map(\.kind) == [.authors])
            try await counties.carryOut(required(waiting.first), bureau)
            #expect(try await city.counted(one).hundredths == 2500)
            #expect(try await city.counted(other).hundredths == 2500)
            #expect(try await counties.waiting(bureau).isEmpty)
            let lower = try paper("岳明远", 5).replacing("国内国家级", with: "省级")
            let level = try await counties.send(Self.hoursHead + lower, works, hours: true)
            #expect(level.failures.first?.words.contains("刊物级别不能在这里更正") == true)
            let asked = try required(try await counties.waiting(bureau).first)
            #expect(asked.requested["change"] == .text("刊物级别改为 “省级”"))
            try await counties.carryOut(asked, bureau)
            for person in [one, other] { #expect(try await city.counted(person).hundredths == 1000) }
        }
    }

    /// Answering an old request does not undo later corrections.
    @Test(arguments: Engine.allCases) func anOldRequestDoesNotUndoLaterCorrections(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let city = counties.city
            let (one, _) = (try await city.add("岳明远"), try await city.add("汶小溪", at: counties.quarry))
            let (works, quarry) = (try await counties.employer(city.mill), try await counties.employer(counties.quarry))
            let bureau = try await counties.authority(counties.bureau)
            _ = try await counties.send(Self.hoursHead + paper("岳明远", 2), works, hours: true)
            _ = try await counties.send(Self.hoursHead + paper("汶小溪", 2), quarry, hours: true)
            _ = try await counties.send(Self.hoursHead + paper("岳明远", 5), works, hours: true)
            let later = try paper("岳明远", 2).replacing("2022-06-01", with: "2022-07-01")
            #expect(try await counties.send(Self.hoursHead + later, works, hours: true).changed == 1)
            let request = try required(try await counties.waiting(bureau).first)
            let failure = await #expect(throws: Failure.self) { try await counties.carryOut(request, bureau) }
            #expect(failure?.code == "request.outdated")
            let held = try await city.database.read { try EvidenceStore($0).find(one, number: 1) }
            #expect(held?.evidence.facts["publication-date"]?.description == "2022-07-01")
        }
    }

    /// Only the bureau may take in registered people who are at no unit.
    @Test(arguments: Engine.allCases) func peopleWithoutAUnitAreTakenInByTheBureauOnly(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let people = counties.city.people
            let id = try Cast.idNumber(of: "安澜")
            _ = try await counties.city.database.write { try PersonStore($0, people).add("安澜", id, phone: nil) }
            let list = Self.head + "安澜,\(id.text),泰安示例机械有限公司,企业,370902,\n"
            let county = try await counties.send(list, counties.authority(counties.taishan))
            #expect(county.failures.count == 1)
            let bureau = try await counties.authority(counties.bureau)
            #expect(try await counties.waiting(bureau).count == 1)
            #expect(try await counties.send(list, bureau).changed == 1)
        }
    }

    /// A mobile number in a list neither opens nor locks an account with its owner's password.
    @Test(arguments: Engine.allCases) func aMobileNumberOfAListIsNoLogin(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let person = try await counties.city.add("岳明远", phone: "13800000001")
            let accounts = Accounts(counties.city.database, counties.city.people)
            let opened = try await accounts.open(for: person)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            _ = try await accounts.change(token, from: opened.password, to: "Tai-shan-2022")
            let list = "姓名,身份证号,手机号\n岳明远,\(opened.login),13900000009\n"
            #expect(try await counties.send(list, counties.employer(counties.city.mill)).changed == 1)
            _ = try await accounts.signIn("13800000001", "Tai-shan-2022", device: "")
            let failure = await #expect(throws: Failure.self) {
                try await accounts.signIn("13900000009", "Tai-shan-2022", device: "")
            }
            #expect(failure?.code == "account.wrong")
        }
    }

    /// Nor does it become the login of somebody else for whom another unit registers it later.
    @Test(arguments: Engine.allCases) func aMobileNumberOfAListIsNoLoginOfAnotherPerson(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let accounts = Accounts(counties.city.database, counties.city.people)
            let (one, other) = (
                try await counties.city.add("岳明远"), try await counties.city.add("汶小溪", at: counties.quarry)
            )
            let opened = try await accounts.open(for: one)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            _ = try await accounts.change(token, from: opened.password, to: "Tai-shan-2022")
            let head = "姓名,身份证号,手机号\n"
            let own = head + "岳明远,\(opened.login),13900000009\n"
            #expect(try await counties.send(own, counties.employer(counties.city.mill)).changed == 1)
            let later = head + "汶小溪,\(try Cast.idNumber(of: "汶小溪").text),13900000009\n"
            #expect(try await counties.send(later, counties.employer(counties.quarry)).changed == 1)
            let second = try await accounts.open(for: other)
            for password in ["Tai-shan-2022", second.password] {
                let failure = await #expect(throws: Failure.self) {
                    try await accounts.signIn("13900000009", password, device: "")
                }
                #expect(failure?.code == "account.wrong")
            }
            #expect(try await accounts.signIn(second.login, second.password, device: "").account.person == other)
        }
    }
}
