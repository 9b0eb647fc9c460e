import Foundation
import Kernel
import Testbed
import Testing

@testable import Policy

@Suite("Reasons in a few characters")
struct ReasonTagTests {
    private func policy() throws -> Policy {
        try #require(try readPolicy(at: repository.path + "/Policies/taian/2022.yaml").policy)
    }

    /// The tag states the value that was refused; other refusals are cut at their first stop.
    @Test(arguments: [
        ("failed", "考试不合格"), ("none", "未考"),
    ])
    func aFailedPreconditionIsNamedByItsValue(_ exam: String, _ tag: String) throws {
        let (policy, evidence) = (try policy(), SampleEvidence.course("电子商务", 30, exam: exam))
        let words = "线上课程考试合格后才登记学时。请先完成考试（二(二)）"
        #expect(policy.tag(forRefusal: words, of: evidence, policy.unmetPrecondition(of: evidence, [])) == tag)
    }

    @Test(arguments: [
        ("缺少刊号。应为：国内刊号（二(三)3）", "缺少刊号"), ("折算后不足 0.01 学时，不予登记", "折算后不足 0.01 学时"),
        ("2019-01-01 没有本人的任职记录，已知的任职从 2020-01-01 开始", "未认定"),
    ])
    func otherRefusalsAreCutAtTheirFirstStop(_ words: String, _ tag: String) throws {
        let (policy, evidence) = (try policy(), SampleEvidence.paper("机理", authors: 1))
        #expect(policy.tag(forRefusal: words, of: evidence, policy.unmetPrecondition(of: evidence, [])) == tag)
    }

    /// Whether somebody must first meet a precondition depends on the decision, not on the words of the refusal.
    @Test(arguments: [("failed", true), ("none", true), ("passed", false)])
    func anUnmetPreconditionComesFromTheDecision(_ exam: String, _ isUnmet: Bool) throws {
        let evidence = SampleEvidence.course("电子商务", 30, exam: exam)
        #expect(try (policy().unmetPrecondition(of: evidence, []) != nil) == isUnmet)
    }

    /// 国家承认：否 is clearer than 国家承认否.
    @Test func aYesOrNoStandsBehindAColon() throws {
        let policy = try policy()
        let evidence = Evidence(
            "degree-study",
            [
                "school": .text("泰安示例学院"), "diploma": .text("BY-0001"), "recognised": .text("unrecognised"),
                "length": .integer(3), "entry-date": .day(Day(2021, 9, 1) ?? .first),
                "graduated-on": .day(Day(2024, 6, 30) ?? .first),
            ])
        let kind = try #require(policy.kind("degree-study"))
        let unmet = policy.unmetPrecondition(of: evidence, [])
        #expect(policy.tag(forRefusal: kind.preconditions[0].says, of: evidence, unmet) == "国家承认：否")
    }

    @Test(arguments: [
        ("线上课程考试合格后才登记学时。请先完成考试（二(二)）", "线上课程考试合格后才登记学时（二(二)）", "完成考试"),
        ("没有找到这一天适用于本人的政策：请核对单位、地区和任职日期", "没有找到这一天适用于本人的政策", "核对单位、地区和任职日期"),
        ("缺少刊号。应为：国内刊号（二(三)3）", "缺少刊号。应为：国内刊号（二(三)3）", nil),
    ])
    func aRefusalIsDividedIntoReasonAndAct(_ words: String, _ reason: String, _ act: String?) {
        let text = RefusalText(words)
        #expect(text.reason == reason && text.act == act)
    }

    /// Two levels of one work: the tag names the level and the hours that count.
    @Test func uncountedHoursNameTheEntryThatCounts() throws {
        let policy = try policy()
        let entries = try [("municipal", "2022-05-10"), ("provincial", "2022-09-10")].enumerated().map { index, award in
            let evidence = SampleEvidence.award("救治", award.0, on: award.1)
            guard case .credited(let credited) = policy.decide(evidence, []) else { throw Failure.noEntry }
            return policy.entry(credited.lines[0], of: credited, evidence, number: index + 1)
        }
        let standing = policy.standing(in: Year(2022).period, entries: entries)
        let uncounted = try #require(standing.uncounted.first)
        #expect(policy.tag(for: uncounted, kind: "award", instead: entries[1]) == "同一成果，已按省级计 125")
        #expect(policy.tag(for: uncounted, kind: "award", instead: nil) == "同一成果，按最高级计")
        let twice = Standing.Uncounted(entry: entries[0].id, hours: CreditHours(75), reason: .twice(of: entries[1].id))
        #expect(policy.tag(for: twice, kind: "award", instead: entries[1]) == "重复，已计 125")
    }
}

extension Failure {
    fileprivate static let noEntry = Failure(.damaged, "tests.missing", "测试所需的值不存在。", en: "There is no entry.")
}
