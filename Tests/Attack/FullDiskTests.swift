import Foundation
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Database
@testable import Jobs
@testable import People

@Suite("Attack: a full disk during an import")
struct FullDiskTests {
    private static let count = 2500

    private static func number(_ row: Int) throws -> IDNumber {
        let body = "999999199102" + String("\(101 + row / 100)".suffix(2)) + "\(100 + row % 100)"
        return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first)
    }

    /// New people at a unit.
    private func list() throws -> String {
        let rows = try (0..<Self.count).map { row in
            "来者,\(try Self.number(row).text),\(OfficeClient.mill),企业,泰山区,劳动关系,2024-01-01\n"
        }
        return "姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n" + rows.joined()
    }

    /// Limits the growth of the database to this number of pages.
    private func limit(_ database: Database, growth: Int) async throws {
        try await database.write { transaction in
            let pages = try transaction.first("PRAGMA page_count") { try $0.int(0) } ?? 0
            _ = try transaction.first(SQL(unchecked: "PRAGMA max_page_count = \(pages + growth)")) { try $0.int(0) }
        }
    }

    private func people(_ office: OfficeClient) async throws -> Int {
        try await office.installation.database.read { try $0.first("SELECT count(*) FROM person") { try $0.int(0) } }
            ?? 0
    }

    /// Imported rows stay. The job waits and its page says so; when there is room again, it goes on from there.
    @Test(.timeLimit(.minutes(5))) func anImportOnAFullDiskWaitsAndContinues() async throws {
        let clock = TestClock()
        try await withOffice(system: clock.system) { office in
            let (database, before) = (office.installation.database, try await people(office))
            let bureau = try await office.officer("city", .bureau, at: "泰安市人力资源和社会保障局")
            let place = try await bureau.send(list())
            #expect(try await bureau.job(place).contains("\(Self.count) 行全部可导入"))
            try await limit(database, growth: 60)
            let importing = try await bureau.confirm(place).text
            while try await !bureau.get(importing).text.contains("以后自动重试") { try await nextTurn() }
            let imported = try await people(office) - before
            #expect(imported > 0 && imported < Self.count)

            try await limit(database, growth: 1 << 20)
            clock.pass(seconds: 30)
            let ended = try await bureau.job(importing)
            #expect(!ended.contains("没有办完") && ended.contains("行已导入"))
            #expect(try await people(office) == before + Self.count)
            let again = try await bureau.taken(list())
            #expect(again.contains("\(Self.count) 行全部没有变化"))
            #expect(try await people(office) == before + Self.count)
            #expect(try await office.installation.check().broken == 0)
        }
    }
}
