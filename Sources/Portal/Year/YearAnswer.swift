import Kernel
import Policy
import Web

/// The answer that a year's page gives first: whether it is met, and the next step.
struct YearAnswer: PageValue {
    let title: String
    /// The outcome's name, where the title is a number.
    let outcome: String
    let sentences: [CitedSentence]
    /// `nil` without a policy.
    let state: StandingState?
    /// An officer's page has the person's name as its heading.
    let isOwn: Bool

    /// `toDo`: the number of items that wait for an act.
    init(_ standings: [StandingPart], isSettled: Bool, hasCertificate: Bool, toDo: Int, isOwn: Bool) {
        self.isOwn = isOwn
        let short = standings.filter { $0.state == .short }
        let waived = standings.filter { $0.state == .waived }
        if standings.isEmpty {
            (title, outcome, state) = ("没有找到适用的政策", "", nil)
            sentences = [CitedSentence("请单位核对所在单位、地区和任职日期。已报送的学时都保留，政策适用以后一并计算。")]
        } else if !short.isEmpty {
            title = Self.missing(short)
            (outcome, state) = (StandingState.short.words(isSettled: isSettled), .short)
            let first = short[0].ways.first?.way.options.first.map { "下一步：\($0)。" }
            let waiting = toDo > 0 ? "有 \(toDo) 项已报送、未计入，请先办理，见下。" : nil
            sentences = [waiting ?? first].compactMap { $0 }.map(short[0].clauses.cited)
        } else if !waived.isEmpty {
            (title, outcome, state) = (StandingState.waived.words(isSettled: isSettled), "", .waived)
            sentences = waived.flatMap(\.waivers) + [CitedSentence("需要合格证书的，\(Self.missing(waived))。")]
        } else {
            let isExempt = standings.allSatisfy(\.isExempt)
            let next = hasCertificate ? "证书已颁发" : isSettled ? "证书待颁发" : "年度结算后颁发证书"
            title = "\(isExempt ? Outcome.exempt.name : StandingState.met.words(isSettled: isSettled)) · \(next)"
            (outcome, state) = ("", .met)
            sentences = standings.filter(\.isExempt).map { $0.clauses.cited($0.outcome) }
        }
    }

    private init() {
        (title, outcome, sentences, state, isOwn) = ("还差 60 学时", "未达标", [.sample], .short, true)
    }

    /// `还差 60 学时`; the hours of several policies are not added, because one item may count for all of them.
    private static func missing(_ standings: [StandingPart]) -> String {
        standings.count == 1 ? "还差 \(standings[0].missing) 学时" : "\(standings.count) 项要求还差学时"
    }

    static var fields: [String: Field<YearAnswer>] {
        [
            "title": .text { $0.title }, "outcome": .text { $0.outcome }, "hasOutcome": .flag { !$0.outcome.isEmpty },
            "sentences": .list { $0.sentences }, "isMet": .flag { $0.state == .met },
            "isShort": .flag { $0.state == .short }, "isNeutral": .flag { $0.state == .waived || $0.state == nil },
            "isOwn": .flag { $0.isOwn },
        ]
    }

    static var sample: YearAnswer { YearAnswer() }
}
