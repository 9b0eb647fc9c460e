import Kernel
import Registry
import Web

/// Evidence that was not credited: what, when, by whom, and why.
struct RefusalPart: PageValue {
    private let explained: ExplainedRefusal
    private let same: ReferencePart?

    init(_ explained: ExplainedRefusal, _ links: YearLinks) {
        (self.explained, same) = (explained, ReferencePart(explained.same, links))
    }

    private init() {
        var explained = ExplainedRefusal(
            number: 2, year: Year(2022), kind: "论文", why: "同一成果已登记为“泰山石材锯切机理研究”（2022-06-01），不重复登记（二(三)3）")
        (explained.day, explained.title) = (Day(2022, 6, 1), "泰山石材锯切机理研究")
        explained.submittedBy = "泰安示例机械有限公司 2022-06-05 报送"
        (self.explained, same) = (explained, .sample)
    }

    static var fields: [String: Field<RefusalPart>] {
        [
            "day": .text { $0.explained.day.map { "\($0)" } ?? "" }, "hasDay": .flag { $0.explained.day != nil },
            "kind": .text { $0.explained.kind }, "detail": .text { $0.explained.title },
            "hasDetail": .flag { !$0.explained.title.isEmpty }, "why": .text { $0.explained.why },
            "same": .item { $0.same },
            "submittedBy": .text { $0.explained.submittedBy },
            "hasSubmitter": .flag { !$0.explained.submittedBy.isEmpty },
        ]
    }

    static var sample: RefusalPart { RefusalPart() }
}
