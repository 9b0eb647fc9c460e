import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed
import Testing

/// Several rows of a list with the same ID number, or with the same 编号.
@Suite struct RepeatedRowTests {
    private static let people = "序号,姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"
    private static let courses = "序号,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"

    private func path(_ city: City, _ text: String) throws -> String {
        let path = city.folder.appending(path: "list.csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func person(
        _ turn: String, unit: String = "示例中学", region: String = "泰山区", since: String = "2022-03-01"
    ) throws -> String {
        "\(turn),岳明远,\(try Cast.idNumber(of: "岳明远").text),\(unit),事业单位,\(region),\(since)\n"
    }

    private func course(
        _ turn: String, course: String = "智能制造", hours: String = "30", day: String = "2022-06-01"
    ) throws -> String {
        let id = try Cast.idNumber(of: "岳明远").text
        return "\(turn),\(id),线上课程,1,\(course),泰安平台,专业科目,2022,\(hours),合格,\(day)\n"
    }

    /// Rows that mean the same are the same, whatever their running numbers are.
    @Test(arguments: Engine.allCases, [true, false])
    func equalRowsAreImportedOnce(_ engine: Engine, _ isDryRun: Bool) async throws {
        try await withCity(engine) { city in
            let same = try [
                person("1"), person("2"), person("3", unit: "示例中学\u{3000}", region: "370902", since: "2022.3.1"),
                person("4", region: "３７０９０２", since: "２０２２年３月１日"),
            ]
            let lists = SheetImport(city.registry)
            let people = try await lists.people(path(city, Self.people + same.joined()), dryRun: isDryRun)
            #expect(figures(people.created, people.unchanged, people.failures.count) == figures(1, 3, 0))
            if isDryRun { _ = try await city.add("岳明远") }
            let items = try [course("1"), course("2"), course("3", hours: "３０.0", day: "2022/6/1")]
            let hours = try await lists.hours(path(city, Self.courses + items.joined()), dryRun: isDryRun)
            #expect(figures(hours.created, hours.unchanged, hours.failures.count) == figures(1, 2, 0))
        }
    }

    /// A row that failed does not stand in the way of its corrected copy, in the same batch or in a later one.
    @Test(arguments: Engine.allCases, [0, 250])
    func laterRowsAreNotComparedWithAFailedRow(_ engine: Engine, _ between: Int) async throws {
        try await withCity(engine) { city in
            let others = try (0..<between).map { "9,甲,\(try Cast.number($0).text),示例中学,事业单位,泰山区,\n" }.joined()
            let lists = SheetImport(city.registry)
            let rows = try person("1", since: "2022.3") + others + person("2") + person("3", unit: "示例医院")
            let people = try await lists.people(path(city, Self.people + rows), dryRun: false)
            #expect(people.created == between + 1)
            #expect(people.failures.map(\.row) == [2, between + 4])
            let place = "第 \(between + 3) 行"
            #expect(people.failures.last?.words.hasPrefix("与\(place)的身份证号相同而内容不同，以\(place)为准") == true)
            let hours = try await lists.hours(
                path(city, Self.courses + course("1", hours: "三十") + course("2") + course("3", hours: "20")),
                dryRun: false)
            #expect(hours.created == 1 && hours.failures.map(\.row) == [2, 4])
            #expect(hours.failures.last?.words.hasPrefix("与第 3 行的编号相同而内容不同，以第 3 行为准") == true)
        }
    }

    /// Hours that a policy refuses are stored; the corrected copy in the same list gives them.
    @Test(arguments: Engine.allCases) func laterRowsAreNotComparedWithRefusedHours(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let person = try await city.add("岳明远")
            let list = try path(city, Self.courses + course("1", day: "2021-06-01") + course("2"))
            let report = try await SheetImport(city.registry).hours(list, dryRun: false)
            #expect(report.failures.map(\.row) == [2])
            #expect(try await city.counted(person) == CreditHours(30))
            // Sent again, the first row would take the hours; it gives way to the second.
            let again = try await SheetImport(city.registry).hours(list, dryRun: false)
            #expect(figures(again.unchanged, again.failures.count) == figures(1, 1))
            #expect(again.failures.first?.words.contains("以第 3 行为准") == true)
            #expect(try await city.counted(person) == CreditHours(30))
        }
    }
}
