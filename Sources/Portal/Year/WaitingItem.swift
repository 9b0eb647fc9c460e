import Kernel
import Policy
import Registry
import Web

/// Evidence that was not credited and waits for an act.
struct WaitingItem: PageValue {
    let title: String
    let tag: String
    let act: String
    let holder: String
    let place: String
    /// An officer's page does not speak to the person.
    let isOwn: Bool

    /// `nil` where nothing is to be done, because the same work is entered already.
    init?(_ refusal: ExplainedRefusal, isOwn: Bool) {
        guard refusal.same == nil else { return nil }
        self.isOwn = isOwn
        (title, tag, act) = (refusal.quotedTitle, refusal.tag, refusal.nextAct)
        (holder, place) = (refusal.heldBy, refusal.place)
    }

    private init() {
        (title, tag, act) = ("《电子商务》", "考试不合格", "到“泰安示例学习平台”完成考试，完成后由平台重新报送")
        (holder, place, isOwn) = ("学习平台：泰安示例学习平台", "item-1-2", true)
    }

    static var fields: [String: Field<WaitingItem>] {
        [
            "title": .text { $0.title }, "tag": .text { $0.tag }, "act": .text { $0.act },
            "holder": .text { $0.holder }, "place": .text { $0.place },
            "doer": .text { $0.isOwn ? "您要做" : "要做的" },
        ]
    }

    static var sample: WaitingItem { WaitingItem() }
}

extension ExplainedRefusal {
    /// 《电子商务》; the kind where it has no title.
    var quotedTitle: String { title.isEmpty ? kind : title.hasPrefix("《") ? title : "《\(title)》" }

    /// Who has the item now: 学习平台：泰安示例学习平台.
    var heldBy: String { holder?.text ?? "报送单位" }

    /// What the person does, without a full stop: 到“泰安示例学习平台”完成考试，完成后由平台重新报送.
    var nextAct: String {
        let act = RefusalText(why).act
        switch holder {
        case .platform(let name):
            guard let act, lacksPrecondition else {
                return [act, "请“\(name)”更正后重新报送"].compactMap { $0 }.joined(separator: "，")
            }
            return "到“\(name)”\(act)，完成后由平台重新报送"
        case .unit(let name), .authority(let name):
            let submitter = name.isEmpty ? "主管部门" : name
            guard let act else { return "按原因补齐或更正材料，请\(submitter)重新报送" }
            return "\(act)，再请\(submitter)重新报送"
        case nil: return "\(act ?? "按原因补齐或更正材料")，再请报送单位重新报送"
        }
    }
}
