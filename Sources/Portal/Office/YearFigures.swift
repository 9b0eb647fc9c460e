import Jobs
import People
import Registry

/// How many people have which result in a year.
struct YearFigures: Sendable, Equatable {
    let people: Int
    let qualified: Int
    /// Without those who are waived.
    let short: Int
    let waived: Int
    let exempt: Int

    /// The name of these figures among the values of a result.
    static let key = "year"

    init(_ report: SettlementReport) {
        self.init([report.people, report.qualified, report.short - report.waived, report.waived, report.exempt])
    }

    /// `nil` in records from before waived people were recorded.
    init?(_ record: AuditRecord) {
        let numbers = ["people", "qualified", "short", "waived", "exempt"].compactMap { Int(record.detail($0)) }
        guard numbers.count == 5 else { return nil }
        self.init([numbers[0], numbers[1], numbers[2] - numbers[3], numbers[3], numbers[4]])
    }

    init?(_ result: JobResult) {
        let numbers = (result.values[Self.key] ?? "").split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 5 else { return nil }
        self.init(numbers)
    }

    private init(_ numbers: [Int]) {
        (people, qualified, short) = (numbers[0], numbers[1], numbers[2])
        (waived, exempt) = (numbers[3], numbers[4])
    }

    static var sample: YearFigures { YearFigures([60, 30, 20, 6, 4]) }

    var text: String { [people, qualified, short, waived, exempt].map(String.init).joined(separator: " ") }

    /// 60 人：合格 30，未达标 20，不作硬性要求 6，免修 4
    func words(isSettled: Bool) -> String {
        let parts = [
            ("合格", qualified), (isSettled ? "不合格" : "未达标", short), ("不作硬性要求", waived), ("免修", exempt),
        ].filter { $0.1 > 0 }
        guard !parts.isEmpty else { return "\(people) 人" }
        return "\(people) 人：" + parts.map { "\($0.0) \($0.1)" }.joined(separator: "，")
    }
}
