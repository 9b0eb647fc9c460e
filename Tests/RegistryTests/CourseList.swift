import Documents
import Foundation
import Kernel
import People
import Registry
import Testbed

/// A row of a list of courses: 智能制造, 30 hours of 2022.
struct CourseRow {
    var who = "岳明远"
    var number = "1"
    var course = "智能制造"
    var subject = "专业科目"
    var theme = ""
    var year = "2022"
    var hours = "30"
    var exam = "合格"
    var day = "2022-06-01"
    var reason = ""

    static let head = "身份证号,认定形式,编号,课程名称,学习平台,科目,专题,课程年度,课程学时,考试,考试合格日期,更正原因\n"

    func line() throws -> String {
        let id = try Cast.idNumber(of: who).text
        return "\(id),线上课程,\(number),\(course),泰安平台,\(subject),\(theme),\(year),\(hours),\(exam),\(day),\(reason)\n"
    }
}

extension City {
    /// Imports such a list.
    func send(
        _ rows: [CourseRow], from submitter: Submitter = .operating, dryRun: Bool = false, mayReduceHours: Bool = false
    ) async throws -> ImportReport {
        let path = folder.appending(path: "courses.csv").path
        let text = try CourseRow.head + rows.map { try $0.line() }.joined()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try await SheetImport(registry, submitter: { _ in submitter }).hours(
            path, dryRun: dryRun, mayReduceHours: mayReduceHours)
    }
}
