import Database
import Kernel
import Registry
import Testbed
import Testing
import Web

@testable import People

/// The description of an act on a page: act and office, for officers also the account.
@Suite struct ActDescriptionTests {
    private func lines(
        _ city: City, _ queries: [AuditQuery] = AuditQuery.years, _ limit: Int = 50, to reader: ActPresenter.Reader
    ) async throws -> [ActDescription] {
        let people = city.people
        return try await city.database.read { transaction in
            let presenter = try ActPresenter(transaction, people, to: reader)
            return try presenter.newest(queries, limit: limit).map(presenter.line)
        }
    }

    @Test(arguments: Engine.allCases) func theActorIsShownAsOfficeAndRole(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let office = try await city.office().number.number
            let rows: [(actor: Actor, officers: String, others: String)] = [
                (
                    .account(3, role: .authority, organisation: office, from: "192.0.2.7"),
                    "泰山区示例人社局（主管部门），账号 3", "泰山区示例人社局（主管部门）"
                ),
                (
                    .account(5, role: .employer, organisation: city.mill.number.number, from: "192.0.2.7"),
                    "泰安示例机械有限公司（用人单位），账号 5", "泰安示例机械有限公司（用人单位）"
                ),
                (.account(4, role: .bureau, organisation: nil, from: "192.0.2.7"), "市人社局，账号 4", "市人社局"),
                (.account(6, role: .bureau, organisation: 999, from: ""), "市人社局，账号 6", "市人社局"),
                (.account(7, role: nil, organisation: nil, from: ""), "工作人员，账号 7", "工作人员"),
                (.system("root"), "系统管理员，系统用户 root", "系统管理员"), (.program("serve"), "系统", "系统"),
            ]
            for row in rows {
                try await AuditLog(city.database, city.people.acting(as: row.actor)).record(
                    .settleYear, .year(Year(2022)))
                #expect(try await lines(city, to: .officer).first?.who == row.officers)
                #expect(try await lines(city, to: .other).first?.who == row.others)
            }
        }
    }

    @Test(arguments: Engine.allCases) func anActIsDescribedWithItsObject(_ engine: Engine) async throws {
        let rows: [(act: AuditAct, object: AuditObject, detail: AuditDetail, told: String)] = [
            (.settleYear, .year(Year(2022)), ["versions": "3"], "结算2022年度，单独办理"),
            (.reopenYear, .year(Year(2022)), [:], "重新开放2022年度，单独办理"),
            (.issueCertificate, .year(Year(2022)), ["issued": "1"], "颁发证书，2022年度，单独办理"),
            (.issueCertificate, .certificate("MCMT-2GJ4-Y74D-CKO4"), ["entry": "3"], "颁发证书 MCMT-2GJ4-Y74D-CKO4"),
            (.revokeCertificate, .certificate("MCMT-2GJ4-Y74D-CKO4"), [:], "作废证书 MCMT-2GJ4-Y74D-CKO4"),
            (.mergePerson, .person(ID(5)), ["into": "7"], "合并人员 5，并入人员 7"),
            (.unmergePerson, .person(ID(5)), ["from": "7"], "撤销合并人员 5，原并入人员 7"),
            (.changePerson, .list("people"), ["changed": "mobile"], "更改人员信息：手机号"),
            (.changePerson, .list("people"), ["changed": "name-mobile"], "更改人员信息：姓名和手机号"),
            (.carryOutRequest, .request(ID(3)), [:], "办理申请"),
            (.giveFirstPassword, .account(ID(3)), [:], "重设为初始密码"),
        ]
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            for row in rows {
                try await audit.record(row.act, row.object, about: ID(9), row.detail)
                let told = try await lines(city, [.about(ID(9), [row.act])], 1, to: .other)
                #expect(told.map(\.what) == [row.told])
            }
        }
    }

    /// The certificates of a large city are many records and one line. Refused acts and acts about one person are not
    /// acts of the year.
    @Test(arguments: Engine.allCases) func repeatedActsAreSummarisedInOneLine(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            func record(
                _ act: AuditAct, _ year: Int, by user: String = "root", times: Int = 1, about person: ID<Person>? = nil,
                failure: String? = nil
            ) async throws {
                let people = city.people.acting(as: .system(user))
                try await city.database.write { transaction in
                    for _ in 0..<times {
                        try AuditStore(transaction, people).record(
                            act, .year(Year(year)), about: person, failure: failure)
                    }
                }
            }
            try await record(.settleYear, 2022)
            try await record(.issueCertificate, 2022, times: 230)
            try await record(.issueCertificate, 2022, by: "other", times: 2)
            try await record(.issueCertificate, 2021, by: "other")
            try await record(.reopenYear, 2022, failure: "settlement.open")
            try await record(.settleYear, 2022, about: ID(3))
            try await record(.beginYear, 2022)
            try await record(.reopenYear, 2022)
            let told = try await lines(city, to: .officer).map { $0.what + $0.who.replacing("系统管理员，系统用户", with: "") }
            let requested = [
                "重新开放2022年度 root", "颁发证书，2021年度 other", "颁发证书，2022年度 other", "颁发证书，2022年度 root",
                "结算2022年度 root",
            ]
            #expect(told == requested)
            #expect(try await lines(city, AuditQuery.years, 2, to: .officer).count == 2)
        }
    }

    /// Altered audit records are not shown.
    @Test(arguments: Engine.allCases) func alteredRecordsAreNotShown(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let audit = AuditLog(city.database, city.people)
            for year in [2021, 2022] { try await audit.record(.settleYear, .year(Year(year))) }
            #expect(try await lines(city, to: .officer).count == 2)
            try await city.database.write { transaction in
                try transaction.execute(
                    engine == .sqlite
                        ? "DROP TRIGGER audit_record_no_update" : "DROP TRIGGER audit_record_append ON audit_record")
                try transaction.execute("UPDATE audit_record SET object = '2020' WHERE object = '2022'")
            }
            let failure = await #expect(throws: Failure.self) { try await lines(city, to: .officer) }
            #expect(failure?.code == "audit.altered")
        }
    }

    /// An undone merge is still known.
    @Test(arguments: Engine.allCases) func undoneMergesAreIncluded(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let (one, other) = (try await city.add("岳明远"), try await city.add("汶小溪"))
            let merged = { @Sendable (target: ID<Person>) in
                try await city.database.read { try PersonStore($0, city.people).everMerged(into: target) }
            }
            #expect(try await merged(other).isEmpty)
            for _ in 1...2 {
                try await city.registry.merge(one, into: other, reason: "两次登记")
                _ = try await city.registry.unmerge(one, reason: "不是一人")
            }
            #expect(try await merged(other) == [one])
            #expect(try await merged(one).isEmpty)
        }
    }
}
