import Database
import Documents
import Foundation
import Kernel
import People
import Testbed
import Testing
import Web

@testable import Registry

/// The source of an item is an organisation, a platform or the operator, and never a login.
@Suite struct SourceTests {
    private func send(
        _ hours: Int, _ city: City, _ submitter: Submitter = .operating, of name: String = "岳明远",
        platform: String? = nil
    ) async throws -> String {
        let report = try await report(hours, city, submitter, of: name, platform: platform)
        return "\(report.created) \(report.changed) \(report.unchanged) \(report.failures.count)"
    }

    private func report(
        _ hours: Int, _ city: City, _ submitter: Submitter = .operating, of name: String = "岳明远",
        platform: String? = nil,
        dryRun: Bool = false
    ) async throws -> ImportReport {
        let row = "\(try Cast.idNumber(of: name).text),线上课程,1,智能制造,泰安平台,专业科目,2022,\(hours),合格,2022-06-01\n"
        let path = city.folder.appending(path: "hours.csv").path
        try ("身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n" + row)
            .write(toFile: path, atomically: true, encoding: .utf8)
        let lists = SheetImport(city.registry, submitter: { _ in submitter })
        return try await lists.hours(path, platform: platform, dryRun: dryRun)
    }

    /// Items of a platform are the same in every spelling of its name; older rows keep the name that they have.
    @Test(arguments: Engine.allCases) func aPlatformIsRecognisedInEverySpelling(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            #expect(try await send(30, city, platform: " sdta ") == "1 0 0 0")
            #expect(try await send(30, city, platform: "SDTA") == "0 0 1 0")
            #expect(try await send(24, city, platform: "　ｓＤＴａ\u{200B}") == "0 1 0 0")
            #expect(try await send(24, city, platform: "sdtb") == "1 0 0 0")
            let held = try await city.database.read { try EvidenceStore($0).all(of: person) }
            #expect(held.map(\.source) == ["platform/sdta", "platform/sdtb"])
        }
    }

    @Test(arguments: Engine.allCases) func itemsUnderManySpellingsOfAPlatformAreFound(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let people = [try await city.add("岳明远"), try await city.add("汶小溪")]
            try await city.database.write { transaction in
                for (person, name) in zip(people, ["platform/甲Net", "platform/ 甲NET"]) {
                    _ = try EvidenceStore(transaction).add(
                        SampleEvidence.course("智能制造", 10), of: person, replacing: nil, source: name, reference: "1",
                        reason: "", at: person.number)
                }
            }
            #expect(try await send(24, city, platform: "甲net") == "0 1 0 0")
            #expect(try await send(24, city, of: "汶小溪", platform: "甲net") == "0 1 0 0")
            let held = try await city.database.read { transaction in
                try people.flatMap { try EvidenceStore(transaction).all(of: $0) }
            }
            #expect(held.map(\.version) == [2, 2])
            #expect(held.map(\.source) == ["platform/甲Net", "platform/ 甲NET"])
        }
    }

    /// The first list of a platform is reported, so that a misspelling is noticed; in a dry run too.
    @Test(arguments: Engine.allCases) func theFirstListOfAPlatformIsReported(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            _ = try await city.add("岳明远")
            let first = "平台“甲平台”第一次报送，请核对名称有没有写错。以前没有平台报送过"
            #expect(try await report(30, city, platform: "甲平台", dryRun: true).notes == [first])
            #expect(try await report(30, city, platform: "甲平台").notes == [first])
            #expect(try await report(30, city, platform: "甲 平台").notes == [])
            let second = "平台“甲台”第一次报送，请核对名称有没有写错。已报送过的平台：甲平台"
            #expect(try await report(30, city, platform: "甲台").notes.first == second)
            for blank in ["", "  ", "\u{200B}", "——"] {
                let failure = await #expect(throws: Failure.self) { try await send(30, city, platform: blank) }
                #expect(failure?.code == "import.platform")
            }
        }
    }

    private func officer(_ account: Int, of organisation: Organisation?) -> Submitter {
        Submitter(
            scope: .everybody, account: ID(account), organisation: organisation?.number, isBureau: organisation == nil)
    }

    @Test(arguments: Engine.allCases) func aColleagueCanCorrectTheItem(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            #expect(try await send(30, city, officer(1, of: city.mill)) == "1 0 0 0")
            #expect(try await send(30, city, officer(2, of: city.mill)) == "0 0 1 0")
            #expect(try await send(24, city, officer(2, of: city.mill)) == "0 1 0 0")
            #expect(try await city.counted(person) == CreditHours(24))
            #expect(try await send(24, city, officer(3, of: nil)) == "1 0 0 0")
            #expect(try await send(24, city, officer(4, of: nil)) == "0 0 1 0")
            #expect(try await send(24, city) == "1 0 0 0")
            #expect(try await send(24, city, platform: "甲平台") == "1 0 0 0")
            #expect(try await send(24, city, platform: "甲平台") == "0 0 1 0")
            #expect(try await send(24, city, platform: "乙平台") == "1 0 0 0")
        }
    }

    @Test(arguments: Engine.allCases) func anEntryNamesItsSubmitter(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let (mill, day) = (city.mill, Day(milliseconds: city.people.system.now()))
            let brought: [(Submitter, String?, String)] = [
                (officer(1, of: mill), nil, "泰安示例机械有限公司 \(day) 报送"), (officer(2, of: nil), nil, "市人社局 \(day) 报送"),
                (.operating, nil, "系统管理员 \(day) 报送"), (.operating, "甲平台", "甲平台 \(day) 报送"),
            ]
            for (submitter, platform, _) in brought { _ = try await send(30, city, submitter, platform: platform) }
            let reading = try await city.registry.year(Year(2022), of: person)
            let named = reading.standings.flatMap { item in
                item.entries.map { reading.explained($0, in: item).submittedBy.chinese }
            }
            #expect(named == brought.map(\.2))
        }
    }

    /// Evidence that is older than the types of sources keeps its name; the meaning of the name is recorded once.
    @Test(arguments: Engine.allCases) func evidenceOfALoginBelongsToItsOrganisation(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let accounts = Accounts(city.database, city.people)
            let unit = try await accounts.open("unit", name: "单位", AccountRole(.employer, at: city.mill.number))
            let bureau = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            let names = ["account-\(unit.number)", "account-\(bureau.number)", "account-99", "import", "甲平台"]
            try await city.database.write { transaction in
                for (place, name) in names.enumerated() {
                    _ = try EvidenceStore(transaction).add(
                        SampleEvidence.course("第\(place)门", 10), of: person, replacing: nil, source: name,
                        reference: "1",
                        reason: "", at: 1)
                }
                try LegacySources.record(transaction)
            }
            let sources = try await city.database.read { try LegacySources.read($0, city.people) }
            let typed: [EvidenceSource] = [
                .organisation(city.mill.number), .bureau, .platform("account-99"), .operator, .platform("甲平台"),
            ]
            #expect(names.map { sources.source($0) } == typed)
            for (place, source) in typed.enumerated() {
                let again = try await city.registry.recognise(
                    Submission(
                        person: person, source: source, reference: "1",
                        evidence: SampleEvidence.course("第\(place)门", 12)))
                #expect(again.entries.map(\.hours) == [CreditHours(12)], "\(source)")
            }
            let held = try await city.database.read { try EvidenceStore($0).all(of: person) }
            #expect(held.map(\.version) == [2, 2, 2, 2, 2])
            #expect(held.map(\.source) == names)
        }
    }

    /// Two colleagues had each submitted an item under one number.
    @Test(arguments: Engine.allCases)
    func ofTwoItemsUnderOneNumberTheMatchingOneIsCorrected(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let role = AccountRole(.employer, at: city.mill.number)
            let accounts = Accounts(city.database, city.people)
            let numbers = [
                try await accounts.open("unit-a", name: "甲", role).number,
                try await accounts.open("unit-b", name: "乙", role).number,
            ]
            try await city.database.write { transaction in
                for (place, number) in numbers.enumerated() {
                    _ = try EvidenceStore(transaction).add(
                        SampleEvidence.course("第\(place)门", 10), of: person, replacing: nil,
                        source: "account-\(number)",
                        reference: "1", reason: "", at: 1)
                }
                try LegacySources.record(transaction)
            }
            for place in [1, 0] {
                _ = try await city.registry.recognise(
                    Submission(
                        person: person, source: .organisation(city.mill.number), reference: "1",
                        evidence: SampleEvidence.course("第\(place)门", 12)))
            }
            let held = try await city.database.read { try EvidenceStore($0).all(of: person) }
            #expect(held.map(\.version) == [2, 2])
        }
    }

    @Test func aSourceIsReadBackFromItsText() {
        for source in [EvidenceSource.organisation(ID(17)), .bureau, .operator, .platform("甲/乙"), .platform("")] {
            #expect(EvidenceSource(source.text) == source)
        }
        for text in ["", "account-1", "organisation/x", "operator/1", "bureau/", "platform"] {
            #expect(EvidenceSource(text) == nil, "\(text)")
        }
    }
}
