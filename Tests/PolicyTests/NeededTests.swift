import Kernel
import Policy
import Testing

/// A fact that is required only with certain other facts of the evidence.
@Suite struct NeededTests {
    private static let exam = "      exam: { name: 考试, one-of: { passed: 合格, failed: 不合格 } }\n"

    private func reading(_ needed: String) -> PolicyReading {
        let day = "      ended-on: { name: 结束日期, date: any"
        let text = Head.text.replacing(day, with: Self.exam + day + needed)
            .replacing("    hours:\n", with: "    requires: [{ if: { exam: passed }, says: 考试合格后登记 }]\n    hours:\n")
            .replacing("sample: { ", with: "sample: { exam: passed, ")
        return readPolicy(text, file: "bad.yaml")
    }

    /// The decision on a course of 24 hours, with an exam, and with or without the day.
    @Test(arguments: [
        ("passed", true, "24"), ("failed", true, "考试合格后登记"), ("failed", false, "考试合格后登记"),
        ("passed", false, "缺少结束日期。应为：日期（如 2022-06-01）"),
    ])
    func requiredFactsDependOnTheExam(_ exam: String, _ isDated: Bool, _ expected: String) throws {
        let reading = reading(", needed: { exam: passed }")
        #expect(reading.findings.isEmpty, "\(reading.findings)")
        let policy = try #require(reading.policy)
        var facts: [String: Fact] = [
            "subject": .text("professional"), "credit": .hours(CreditHours(24)), "exam": .text(exam),
        ]
        facts["ended-on"] = isDated ? .day(try #require(Day(2022, 6, 1))) : nil
        switch policy.decide(Evidence("course", facts)) {
        case .credited(let credited): #expect(credited.lines.map(\.hours.description) == [expected])
        case .refused(let refusal): #expect(policy.words(for: refusal).chinese == expected)
        }
        #expect(PolicyText(policy).lines.contains { $0.contains("结束日期（考试为合格的填写）：日期") })
    }

    @Test(arguments: [
        (", optional: true, needed: { exam: passed }", "is optional, or needed where something holds"),
        (", needed: { credits: 1.. }", "\"credits\" is not known here; did you mean \"credit\"?"),
        (", needed: { ended-on: any }", "\"ended-on\" is not known here"),
    ])
    func invalidNeededFactsAreReported(_ needed: String, _ words: String) {
        #expect(reading(needed).findings.contains { $0.description.contains(words) })
    }
}
