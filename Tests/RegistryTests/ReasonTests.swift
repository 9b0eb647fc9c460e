import Database
import Kernel
import People
import Policy
import Registry
import Testbed
import Testing

/// If several policies refuse an item, the nearest one gives the reason and the next step.
@Suite struct ReasonTests {
    private static let years = ["taian/2018", "taian/2019", "taian/2020", "taian/2021", "taian/2022"]

    @Test(arguments: Engine.allCases) func theNearestPolicyGivesTheReason(_ engine: Engine) async throws {
        try await withCity(engine, policies: Self.years) { city in
            let person = try await city.add("岳明远")
            let cases: [(Evidence, String)] = [
                (
                    SampleEvidence.paper("机理", authors: 1, on: "2023-03-01"),
                    "发表日期 2023-03-01 不在可登记的时间内：2022年度为 2022-01-01 至 2022-12-31（二(三)3）。"
                        + "2023年度的政策还没有发布：请核对日期；日期无误的，等2023年度的通知发布后再登记"
                ),
                (
                    SampleEvidence.paper("机理", authors: 1, on: "2015-03-01"),
                    "发表日期 2015-03-01 不在可登记的时间内：2018年度为 2018-01-01 至 2018-12-31（二(三)3）。"
                        + "没有2015年度的政策，请核对日期；确需登记的，请主管部门先发布2015年度的政策"
                ),
                (
                    SampleEvidence.course("甲", 30, on: "2021-12-31", year: 2019),
                    "考试合格日期 2021-12-31 不在可登记的时间内：2019年度为 2019-01-01 至 2019-12-31；补学时间自 2022-01-01 起（二(二)）"
                ),
                (
                    SampleEvidence.course("甲", 30, on: "2021-12-31"),
                    "考试合格日期 2021-12-31 不在可登记的时间内：学习时间自 2022-01-01 起（二(二)）"
                ),
                (
                    SampleEvidence.course("甲", 30, year: 2023),
                    "所属年度为2023年度，不在本政策要求学时的年度内（2022年度为 2022-01-01 至 2022-12-31）（二(二)）。"
                        + "2023年度的政策还没有发布：请核对日期；日期无误的，等2023年度的通知发布后再登记"
                ),
                (SampleEvidence.course("甲", 30, year: 2019, exam: "failed"), "线上课程考试合格后才登记学时。请先完成考试（二(二)）"),
            ]
            for (evidence, words) in cases {
                let refused = try await city.recognise(person, evidence).refusal?.chinese
                #expect(refused == words)
            }
        }
    }

    /// The policy of the year would accept the item, but the person's employment is missing.
    @Test(arguments: Engine.allCases) func hoursBeforeTheFirstEmploymentReportTheMissingEmployment(
        _ engine: Engine
    ) async throws {
        try await withCity(engine, policies: Self.years) { city in
            let person = try await city.add("岳明远", since: required(Day("2022-03-01")))
            let item = SampleEvidence.paper("机理", authors: 1, on: "2022-02-28")
            let refused = try await city.recognise(person, item, reference: "1").refusal?.chinese
            #expect(
                refused
                    == "2022-02-28 没有本人的任职记录，已知的任职从 2022-03-01 开始。请核对日期；那一天已经任职的，先用人员名单补上以前的任职和起始日期，再登记")
            try await city.move(person, to: city.mill, since: "2022-01-01")
            #expect(try await city.recognise(person, item, reference: "1").refusal == nil)
            #expect(try await city.counted(person).hundredths == 12500)
        }
    }

    /// People get no messages about policies of other professions and places.
    @Test(arguments: Engine.allCases) func reasonsNameOnlyPoliciesOfThePerson(_ engine: Engine) async throws {
        try await withCity(engine, policies: ["accountants/national", "taian/2022"]) { city in
            let person = try await city.add("岳明远")
            let refused = try await city.recognise(person, SampleEvidence.paper("机理", authors: 1, on: "2023-03-01"))
                .refusal?.chinese
            #expect(refused?.hasPrefix("发表日期 2023-03-01 不在可登记的时间内：2022年度") == true)
            let former = try await city.add("傅云亭")
            try await city.database.write { transaction in
                let past = Period(from: Day(2010, 1, 1) ?? .first, to: Day(2020, 12, 31) ?? .first)
                _ = try EmploymentStore(transaction, city.people).put(
                    DatedFact("profession", .text("会计"), past), of: former)
            }
            let again = try await city.recognise(former, SampleEvidence.paper("又一篇", authors: 1, on: "2023-03-01"))
            #expect(again.refusal?.chinese == refused)
            let server = try await city.unit("泰安示例局", "370902", nature: "government")
            let official = try await city.add("安澜", at: server)
            let unasked = try await city.recognise(official, SampleEvidence.paper("另一篇", authors: 1)).refusal?.chinese
            #expect(unasked == "没有找到这一天适用于本人的政策：请核对单位、地区和任职日期")
        }
    }
}
