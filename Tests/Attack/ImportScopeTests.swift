import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing
import Web

@testable import App
@testable import Jobs
@testable import People
@testable import Portal

@Suite("Attack: a list cannot extend an officer's scope")
struct ImportScopeTests {
    private static let head = "姓名,身份证号,单位名称,单位性质,行政区划,任职起始日期\n"
    private func row(_ name: String, _ id: String, _ unit: String = OfficeClient.mill) -> String {
        "\(name),\(id),\(unit),企业,370902,2010-01-01\n"
    }

    private func rows(_ table: String, _ office: OfficeClient) async throws -> [[Value]] {
        try await office.installation.database.allRows(of: table)
    }

    /// An unused ID number.
    private func free(_ turn: Int) throws -> String { try Cast.number(turn).text }

    @Test func anEmployerCannotImportPeopleOfOtherUnits() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let tables = ["person", "employment", "person_fact", "evidence", "entry", "standing", "organisation"]
            var before: [[[Value]]] = []
            for table in tables { before.append(try await rows(table, office)) }
            let said = try await works.taken(Self.head + row("假名", OfficeClient.stranger.id))
            for (table, rows) in zip(tables, before) {
                #expect(try await self.rows(table, office) == rows, "\(table)")
            }
            #expect(!said.contains(OfficeClient.stranger.name) && !said.contains(OfficeClient.hospital))
            #expect(said.contains("1 行已报上级主管部门"))
            let person = try required(try await office.person(OfficeClient.stranger.id))
            #expect(try await works.get("/people/\(person.number)/years/2022").status == .notFound)
        }
    }

    @Test func anEmployerCannotCreateUnits() async throws {
        try await withOffice { office in
            let works = try await office.officer("works", .employer, at: OfficeClient.mill)
            let county = try await office.officer("feicheng", .authority, at: "肥城市人力资源和社会保障局")
            let before = try await rows("organisation", office)
            let list = Self.head + row("甲", try free(801), "另一单位") + "乙,\(try free(802)),北京单位,企业,肥城市,\n"
            #expect(try await works.taken(list).contains("2 行全部有误"))
            let elsewhere = Self.head + row("甲", try free(801), "岱岳新单位").replacing("370902", with: "370911")
            #expect(try await county.taken(elsewhere).contains("1 行有误"))
            #expect(try await rows("organisation", office) == before)
            // An employer need not name its unit, and an authority may register new units in its county.
            #expect(try await works.taken("姓名,身份证号\n甲,\(try free(803))\n").contains("1 行已导入"))
            let here = Self.head + "乙,\(try free(804)),肥城新单位,企业,肥城市,\n"
            #expect(try await county.taken(here).contains("1 行已导入"))
            #expect(try await rows("organisation", office).count == before.count + 1)
        }
    }

    @Test func anAdministratorsTokenCannotReadPeople() async throws {
        try await withOffice { office in
            _ = try await office.officer("admin", .administrator, at: nil)
            let token = try await Tokens(office.installation.database, office.installation.people).make(
                "t", for: "admin", [.people], days: 1)
            for uri in ["/api/v1/people", "/api/v1/people/1/years/2022"] {
                let status = try await office.client.execute(
                    uri: uri, method: .get, headers: [.authorization: "Bearer \(token)"]
                ) { $0.status }
                #expect(status == .forbidden, "\(uri)")
            }
        }
    }
}
