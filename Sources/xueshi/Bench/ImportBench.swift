import App
import ArgumentParser
import Database
import Documents
import Foundation
import Kernel
import Policy
import Registry

struct ImportBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Workbooks of people and hours imported, compared with a bare INSERT of every resulting row.",
        discussion: "Run it in the folder of Samples and Policies. Example: xueshi bench import --rows 100000")
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of rows in the list of hours; the list of people has a quarter of it.") var rows = 100_000

    /// Ordered by their references.
    private static let tables = [
        "region", "organisation", "person", "employment", "person_fact", "policy_version", "evidence", "decision",
        "work", "claim", "entry", "chain", "standing",
    ]

    func validate() throws { try bounded("--rows", rows, 4...10_000_000) }

    func run() async throws {
        try await answering(json) {
            try await withScratch { folder in
                let installation = try await Installation.open(folder: folder + "/in", database: nil)
                defer { installation.close() }
                try await prepare(installation)
                let lists = InventedLists(people: rows / 4, folder: folder)
                try lists.write()
                forgetPeak()
                let sheets = SheetImport(installation.registry)
                let people = try await seconds { try good(await sheets.people(lists.people, dryRun: false)) }
                let hours = try await seconds {
                    try good(await sheets.hours(lists.hours, dryRun: false))
                }
                let peak = peakMemory
                let (raw, made) = try await copy(installation.database, to: folder + "/raw")
                let all = lists.count * 5
                let (import_, bare) = (perSecond(all, people + hours), perSecond(all, raw))
                return CommandOutput(
                    "import",
                    lines: [
                        "\(lists.count) people in \(figure(people)) s, \(lists.count * 4) hours in \(figure(hours)) s",
                        "\(made) rows of \(Self.tables.count) tables by INSERT in \(figure(raw)) s",
                    ], ["raw": bare, "import": import_, "ratio": ratio(import_, bare), "peak": peak])
            }
        }
    }

    private func prepare(_ installation: Installation) async throws {
        _ = try await PlacesImport(installation).run("Samples/places.csv")
        for year in [2021, 2022] {
            let reading = try readPolicy(at: "Policies/taian/\(year).yaml")
            guard let policy = reading.policy else { continue }
            _ = try await installation.registry.publish(policy.key, reading.flat, dryRun: false)
        }
    }

    private func good(_ report: ImportReport) throws {
        guard report.failures.isEmpty else {
            throw Failure(
                .damaged, "bench.differs", "测试名单有未导入的行：\(report.failures[0].words)", en: "The bench's own list failed.")
        }
    }

    /// Inserts every row into an empty database of the same schema, a thousand per transaction.
    private func copy(_ source: Database, to folder: String) async throws -> (seconds: Double, rows: Int) {
        let bare = try await Installation.open(folder: folder, database: nil)
        defer { bare.close() }
        var (sum, count) = (0.0, 0)
        for table in Self.tables {
            let rows = try await source.allRows(of: table)
            count += rows.count
            sum += try await seconds { try await bare.database.insert(rows, into: table, each: 1000) }
        }
        return (sum, count)
    }
}

/// Workbooks of invented people with four courses each.
private struct InventedLists {
    let count: Int
    let people: String
    let hours: String

    init(people count: Int, folder: String) {
        self.count = count
        (people, hours) = (folder + "/people.xlsx", folder + "/hours.xlsx")
    }

    func write() throws {
        try write(people, ["姓名", "身份证号", "单位名称", "单位性质", "行政区划", "任职起始日期"]) { index, id in
            [[Self.name(index), id, "示例单位\(index % 300)", "企业", "370902", "2015-01-01"]]
        }
        let titles = ["姓名", "身份证号", "认定形式", "编号", "课程名称", "学习平台", "科目", "课程年度", "课程学时", "考试", "考试合格日期"]
        try write(hours, titles) { index, id in
            (1...4).map { turn in
                [
                    Self.name(index), id, "线上课程", "K\(turn)", "课程\(turn)", "泰安示例学习平台",
                    turn == 1 ? "公需科目" : "专业科目", "2022", "\(10 + turn)", "合格", "2022-05-1\(turn)",
                ]
            }
        }
    }

    /// Two characters that are different for each person.
    private static func name(_ index: Int) -> String {
        String(String.UnicodeScalarView([index / 5000 % 5000, index % 5000].compactMap { UnicodeScalar(0x4E00 + $0) }))
    }

    private func write(_ path: String, _ titles: [String], _ rows: (Int, String) -> [[String]]) throws {
        let writer = try SheetWriter(
            path: path, sheet: "名单", columns: titles.map { SheetColumn(title: $0, width: 16) })
        for index in 0..<count {
            for row in rows(index, Demo.idNumber(index)) { try writer.row(row.map { .text($0) }) }
        }
        try writer.finish()
    }
}
