import Kernel

/// What somebody does who lacks hours, in everyday words. The exact figure follows.
struct NextStep {
    /// The kind's name, which determines the verb.
    let kind: String
    /// The name with subject and choices: `公需科目的线上课程`.
    let name: String
    /// The hours of a usual item; zero if unknown.
    let usual: CreditHours

    /// `再学一门公需科目的线上课程即可，约 1 学时（正好差 0.01 学时）`; `再学公需科目的线上课程，共 60 学时` if one item is not enough.
    func words(toEarn hours: CreditHours) -> String {
        let whole = (hours.hundredths + 99) / 100
        let isWhole = whole * 100 == hours.hundredths
        let figure = isWhole ? "\(whole) 学时" : "约 \(whole) 学时（正好差 \(hours) 学时）"
        guard hours <= usual else { return "\(verb)\(name)，\(isWhole ? "共 " : "")\(figure)" }
        return "\(verb)\(measure)\(name)即可，\(figure)"
    }

    private var isCourse: Bool { kind.hasSuffix("课程") || kind.hasSuffix("课") }

    private var isEvent: Bool { ["培训", "研修", "进修", "学习", "会议", "讲座"].contains { kind.contains($0) } }

    private var verb: String { isCourse ? "再学" : isEvent ? "再参加" : "再取得" }

    private var measure: String { isCourse ? "一门" : isEvent ? "一次" : "一项" }
}
