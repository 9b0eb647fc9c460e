import Database
import Documents
import Foundation
import Kernel
import Testbed
import Testing

@testable import App
@testable import People

/// A list of regions with their authorities.
@Suite struct PlacesTests {
    private func take(_ rows: String, _ installation: Installation, _ folder: URL) async throws -> ImportReport {
        let path = folder.appending(path: "places.csv")
        try ("代码,名称,主管部门,综合管理\n" + rows).write(to: path, atomically: true, encoding: .utf8)
        return try await PlacesImport(installation).run(path.path)
    }

    private func holder(_ region: String, _ installation: Installation) async throws -> String? {
        try await installation.database.read {
            try OrganisationStore($0).authority(of: required(RegionCode(region)))?.name
        }
    }

    @Test func theAuthorityOfARegionIsTheStatedOneOrTheFirst() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let first = try await take(
                """
                370900,泰安市,示例市人社局,
                370902,泰山区,示例区工信局,
                370902,泰山区,示例区人社局,是
                370911,岱岳区,示例区教体局,否
                """, installation, folder)
            #expect(first.failures.isEmpty && first.created == 3, "\(first)")
            #expect(try await holder("370900", installation) == "示例市人社局")
            #expect(try await holder("370902", installation) == "示例区人社局")
            #expect(try await holder("370911", installation) == "示例区教体局")
            // The same list again changes nothing; another list moves the jurisdiction.
            let again = try await take("370902,泰山区,示例区人社局,是", installation, folder)
            #expect(again.unchanged == 1)
            let moved = try await take("370902,泰山区,示例区工信局,是", installation, folder)
            #expect(moved.changed == 1)
            #expect(try await holder("370902", installation) == "示例区工信局")
        }
    }

    @Test func aRowWithoutAValidAuthorityIsRefused() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let report = try await take(
                """
                370902,泰山区,,是
                370902,泰山区,示例区人社局,对
                """, installation, folder)
            let told = report.failures.map { "\($0)" }.joined()
            #expect(report.failures.count == 2)
            #expect(told.contains("这一行没有主管部门") && told.contains("“对”不对。应为“是”或“否”"), "\(told)")
        }
    }
}
