import Database
import Documents
import Foundation
import Kernel
import People
import Testbed
import Testing

@testable import Registry

/// A long list with all kinds of injected damage: the report states for each row exactly the injected damage.
@Suite struct DamagedListTests {
    /// The kinds of injected damage.
    private enum Sown: Int, CaseIterable {
        case good, error, formula, damagedID, longNumber, day, month, strange, contradiction
        case hidden, sample, point, time, guarded, second, twice

        /// The text of the failure; `nil` if the row is accepted.
        var words: String? {
            switch self {
            case .error: "公式没有结果（#N/A）"
            case .formula: "公式还没有算出结果"
            case .damagedID: "身份证号被表格软件当作数字"
            case .longNumber: "填写的内容被表格软件当作数字"
            case .day: "填写的内容被表格软件当作日期"
            case .month: "“2020-09”只有年月，没有日"
            case .strange: "“25/6/2020”的年份不在最前面"
            case .contradiction: "的身份证号相同而内容不同"
            default: nil
            }
        }
    }

    private struct Sowing {
        var rows: [[Made]] = [["姓名", "身份证号", "手机号", "单位名称", "单位性质", "行政区划", "任职起始日期", "职称", "备注", "民族"]]
        var sown: [Int: Sown] = [:]
        var hidden: Set<Int> = []
        private var mutator: Mutator

        init(seed: UInt64, rows count: Int) throws {
            mutator = Mutator(seed: seed, words: [])
            while rows.count <= count {
                // Half of the rows are undamaged.
                let kind = mutator.below(2) == 0 ? .good : Sown.allCases[mutator.below(Sown.allCases.count)]
                try add(kind, rows.count)
            }
        }

        private static func id(_ index: Int) throws -> String {
            let day = try required(Day(1960, 1, 1)).adding(days: index / 900).description.replacing("-", with: "")
            let body = "999999\(day)\(100 + index % 900)"
            return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first).text
        }

        private mutating func add(_ kind: Sown, _ index: Int) throws {
            let id = try Self.id(index)
            var row: [Made] = [
                "岳明远", .text(id), "15153800001", .text("示例单位\(mutator.below(30))"), "企业", "370902", "2020-09-01", "工程师",
                "", "汉",
            ]
            switch kind {
            case .good, .hidden: break
            case .error: row[0] = .error("#N/A")
            case .formula: row[6] = .formula
            case .damagedID: row[1] = .number("9.99999198001010E+17")
            case .longNumber: row[7] = .number("104225202105009000")
            case .day: row[7] = .day("44621")
            case .month: row[6] = .month("44075")
            case .strange: row[6] = "25/6/2020"
            case .sample: row = ["岳明远", "999999198001010011", "", "", "", "", "", "", "示例，导入时自动跳过", ""]
            case .point: row[2] = .number("15153800001.0")
            case .time: row[6] = "2020-09-01 00:00:00"
            case .guarded: row[1] = .text("'" + id)
            case .contradiction, .second, .twice:
                put(row, .good)
                if kind == .contradiction { row[7] = "高级工程师" }
                if kind == .second { (row[3], row[6]) = ("示例单位30", "2022-03-01") }
            }
            put(row, kind)
        }

        private mutating func put(_ row: [Made], _ kind: Sown) {
            rows.append(row)
            sown[rows.count] = kind
            if kind == .hidden { hidden.insert(rows.count) }
        }

        func count(_ kinds: Sown...) -> Int { sown.values.count(where: kinds.contains) }
    }

    @Test(.timeLimit(.minutes(60)), arguments: Engine.allCases)
    func theReportListsExactlyTheDamagedRows(_ engine: Engine) async throws {
        let sowing = try Sowing(seed: 19, rows: Mutator.count(10_000, long: 100_000))
        try await withCity(engine) { city in
            let path = try makeBook(city.folder.path + "/people.xlsx", hidden: sowing.hidden, sowing.rows)
            let lists = SheetImport(city.registry)
            let report = try await lists.people(path, dryRun: false)
            let refused = sowing.sown.filter { $0.value.words != nil }
            #expect(report.rows == sowing.sown.count - sowing.count(.sample))
            #expect(report.created == sowing.count(.good, .hidden, .point, .time, .guarded))
            #expect(figures(report.changed, report.unchanged) == figures(sowing.count(.second), sowing.count(.twice)))
            #expect(report.failures.map(\.row) == refused.keys.sorted())
            for failure in report.failures {
                let words = sowing.sown[failure.row]?.words ?? ""
                #expect(failure.words.contains(words), "\(failure.place) \(failure.words)")
            }
            #expect(report.notes.contains("工作表“名单”：不认识的列：民族。这些列没有导入，请对照模板核对列名"))
            #expect(report.notes.contains { $0.contains("其中 \(sowing.count(.hidden)) 行被隐藏") })
            #expect(report.notes.contains { $0.hasPrefix("其中 \(sowing.count(.sample)) 行是模板的示例，没有导入") })
            let people = city.people
            #expect(try await city.database.read { try PersonStore($0, people).count() } == report.created)
            // The uncorrected failed rows are refused again with the same reasons.
            let failed = city.folder.path + "/failed.xlsx"
            try report.writeFailures(to: failed)
            let again = try await lists.people(failed, dryRun: true)
            let mended = sowing.count(.contradiction)
            #expect(figures(again.created, again.failures.count) == figures(0, report.failures.count - mended))
        }
    }
}
