import Kernel
import Policy
import Testing

/// What a message says about a text that a fact does not accept.
@Suite struct ObjectionTests {
    private static let hours = "学时数（最多两位小数），为 0.01 至 200"

    /// A number with its unit names the unit; another unit, or a number that is not accepted, does not.
    @Test(arguments: [
        ("credit", "24学时", "“24学时”不符。只填数字，不写“学时”。应为：" + hours),
        ("credit", "２４．５ 个学时", "“２４．５ 个学时”不符。只填数字，不写“个学时”。应为：" + hours),
        ("credit", "24小时", "“24小时”不符。应为：" + hours), ("credit", "300学时", "“300学时”不符。应为：" + hours),
        ("credit", "学时", "“学时”不符。应为：" + hours), ("year", "2022年", "“2022年”不符。只填数字，不写“年”。应为：整数"),
        ("year", "2022年度", "“2022年度”不符。只填数字，不写“年度”。应为：整数"), ("year", "2022天", "“2022天”不符。应为：整数"),
        ("year", "3人", "“3人”不符。只填数字，不写“人”。应为：整数"), ("year", "去年", "“去年”不符。应为：整数"),
        ("ended-on", "2022年", "“2022年”不符。应为：日期（如 2022-06-01）"),
    ])
    func aUnitBehindANumberIsNamed(_ fact: String, _ text: String, _ words: String) throws {
        let day = "      ended-on: {"
        let reading = readPolicy(
            Head.with(day, "      year: { name: 课程年度, integer: any, optional: true }\n" + day), file: "unit.yaml")
        let policy = try #require(reading.policy, "\(reading.findings)")
        let shape = try #require(policy.kind("course")?.facts.first { $0.key == fact })
        #expect(shape.objection(to: text).chinese == words)
    }
}
