import Database
import Documents
import Foundation
import Kernel
import Registry
import Testbed
import Testing

@testable import People

/// Two officers with the same scope upload lists at once.
@Suite("Attack: concurrent uploads count like one upload")
struct TwoUploadersTests {
    private static let rounds = Mutator.count(6, long: 60)

    /// Two officers of one authority upload the same list: each item exists once.
    @Test(arguments: Engine.allCases)
    func aListUploadedByTwoOfficersCreatesEachItemOnce(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let officer = try await counties.authority(counties.taishan)
            for round in 0..<Self.rounds {
                let ids = try (0..<4).map { try Cast.number(200 + round * 4 + $0) }
                let people = ids.map { "岳明远,\($0.text),\(counties.school.name),企业,370902,劳动关系,2015-01-01" }
                let list = "姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n" + people.joined(separator: "\n")
                let created = try await both { try await counties.send(list, officer).created }
                #expect(created == 4, "round \(round)")
                let rows = ids.map { "岳明远,\($0.text),线上课程,K-1,示例课程,示例平台,专业科目,2022,24,合格,2022-06-02" }
                let hours =
                    "姓名,身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
                    + rows.joined(separator: "\n")
                let brought = try await both { try await counties.send(hours, officer, hours: true).created }
                #expect(brought == 4, "round \(round)")
            }
            let entries = try await counties.city.database.allRows(of: "entry").count
            #expect(entries == Self.rounds * 4)
        }
    }

    /// The sum of both results.
    private func both(_ send: @escaping @Sendable () async throws -> Int) async throws -> Int {
        async let (first, second) = (send(), send())
        return try await first + second
    }
}
