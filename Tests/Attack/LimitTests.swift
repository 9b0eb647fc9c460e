import Database
import Documents
import Foundation
import Kernel
import Testbed
import Testing

@testable import People
@testable import Registry

@Suite("Attack: lists have limits")
struct LimitTests {
    private static let hours = "姓名,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期,更正原因,备注\n"

    private func course(_ id: String, _ cells: [String: String]) -> String {
        let all = ["姓名": "岳明远", "编号": "1", "课程名称": "智能制造"].merging(cells) { $1 }
        let cell = { (name: String) in all[name] ?? "" }
        return "\(cell("姓名")),\(id),线上课程,\(cell("编号")),\(cell("课程名称")),泰安平台,专业科目,2022,30,合格,2022-06-01,"
            + "\(cell("更正原因")),\(cell("备注"))\n"
    }

    /// The length of stored cells is limited, because they are copied into every decision and normalised often.
    @Test(arguments: Engine.allCases) func storedCellsHaveALengthLimit(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            _ = try await counties.city.add("岳明远")
            let id = try Cast.idNumber(of: "岳明远").text
            let works = try await counties.employer(counties.city.mill)
            let (long, spaces) = (String(repeating: "长", count: 167), String(repeating: " ", count: 99_000))
            for (column, text) in [("姓名", "岳" + spaces + "远"), ("编号", long), ("更正原因", long), ("课程名称", long)] {
                let report = try await counties.send(Self.hours + course(id, [column: text]), works, hours: true)
                #expect(report.failures.flatMap(\.columns) == [column], "\(column)")
                #expect(report.failures.allSatisfy { $0.cells.allSatisfy { $0.text.utf8.count <= 2000 } })
            }
            for column in ["职称系列", "职称"] {
                let list = "姓名,身份证号,\(column)\n岳明远,\(id),\(long)\n"
                let report = try await counties.send(list, works)
                #expect(report.failures.map(\.words) == ["\(column)超过 500 字节（约 160 个汉字）。请缩短"])
            }
            // Cells that are not stored may be longer.
            let remark = try await counties.send(Self.hours + course(id, ["备注": long]), works, hours: true)
            #expect(remark.created == 1)
        }
    }

    @Test(arguments: Engine.allCases) func itemsOfAPersonAreLimited(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            _ = try await city.recognise(person, SampleEvidence.course("智能制造", 30), reference: "1")
            try await city.database.write { transaction in
                let facts = FactText.encode(SampleEvidence.course("数控", 30).facts)
                try transaction.insert(
                    [person, EvidenceStore.most, 1, "test", "last", "online-course", facts, "", 0],
                    into: RecognitionSchema.evidence)
            }
            let failure = await #expect(throws: Failure.self) {
                try await city.recognise(person, SampleEvidence.course("焊接", 30), reference: "2")
            }
            #expect(failure?.code == "recognition.many")
            _ = try await city.recognise(person, SampleEvidence.course("智能制造", 20), reference: "1")
            #expect(try await city.counted(person) == CreditHours(20))
        }
    }

    /// The number of waiting requests is limited, for each person and for each organisation.
    @Test(arguments: Engine.allCases) func waitingRequestsAreLimited(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let person = try await counties.city.add("汶小溪", at: counties.quarry)
            let works = try await counties.employer(counties.city.mill)
            let bureau = try await counties.authority(counties.bureau)
            let row = RowFailure(SheetRow(number: 2, cells: []), "", .quoted("x"))
            let (people, other) = (counties.city.people, counties.quarry.number)
            let ask = { @Sendable (transaction: Transaction, person: ID<Person>, since: Day) throws -> Bool in
                let requested = RequestedTransfer(nil, for: "汶小溪", since: since, relation: "labour").facts
                let held = PendingRow(kind: .period, person: person, other: other, requested: requested, failure: row)
                return try UpstreamStore(transaction, people).request(held, by: works)
            }
            let asked = try await counties.city.database.write { transaction in
                try (1...5).map { try ask(transaction, person, required(Day(2022, 1, $0))) }
            }
            #expect(asked == [true, true, true, false, false])
            // A request equal to a waiting one is not a new one.
            let again = try await counties.city.database.write { try ask($0, person, required(Day(2022, 1, 1))) }
            #expect(again)
            #expect(try await counties.waiting(bureau).count == UpstreamStore.mostForOne)
            let many = try await counties.city.database.write { transaction in
                try (1...UpstreamStore.mostWaiting).map { turn in
                    let one = try PersonStore(transaction, people).add("学员", Cast.number(turn), phone: nil)
                    return try ask(transaction, one, .first)
                }
            }
            #expect(many.count { $0 } == UpstreamStore.mostWaiting - UpstreamStore.mostForOne)
        }
    }
}
