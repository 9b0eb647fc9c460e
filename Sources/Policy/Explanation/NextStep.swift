import Kernel

/// What somebody does who lacks hours, in everyday words. The exact figure follows.
struct NextStep {
    /// The kind's key, which determines the verb. A key means the same in all policies.
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

    private var isCourse: Bool { kind == "course" || kind.hasSuffix("-course") }

    private var isTraining: Bool { kind.hasSuffix("training") }

    private var verb: String { isCourse ? "再学" : isTraining ? "再参加" : "再取得" }

    private var measure: String { isCourse ? "一门" : isTraining ? "一次" : "一项" }
}
