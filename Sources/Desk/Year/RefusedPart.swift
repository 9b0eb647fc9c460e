import Kernel
import Registry
import Web

/// What was brought and is credited nowhere: what, when, by whom, and why.
struct RefusedPart: PageValue {
    private let told: ExplainedRefusal
    private let same: ReferencePart?

    init(_ told: ExplainedRefusal, _ links: YearLinks) {
        (self.told, same) = (told, ReferencePart(told.same, links))
    }

    private init() {
        var told = ExplainedRefusal(
            number: 2, year: Year(2022), kind: "论文", why: "同一成果已登记为“泰山石材锯切机理研究”（2022-06-01），不重复登记（二(三)3）")
        (told.day, told.title) = (Day(2022, 6, 1), "泰山石材锯切机理研究")
        told.brought = "泰安示例机械有限公司 2022-06-05 报送"
        (self.told, same) = (told, .sample)
    }

    static var fields: [String: Field<RefusedPart>] {
        [
            "day": .text { $0.told.day.map { "\($0)" } ?? "" }, "hasDay": .flag { $0.told.day != nil },
            "kind": .text { $0.told.kind }, "detail": .text { $0.told.title },
            "hasDetail": .flag { !$0.told.title.isEmpty }, "why": .text { $0.told.why }, "same": .item { $0.same },
            "brought": .text { $0.told.brought }, "isBrought": .flag { !$0.told.brought.isEmpty },
        ]
    }

    static var sample: RefusedPart { RefusedPart() }
}
