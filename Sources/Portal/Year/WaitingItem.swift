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
        (title, tag, act) = (refusal.quotedTitle, refusal.tag, refusal.nextAct.chinese)
        (holder, place) = (refusal.heldBy.chinese, refusal.place)
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
    var heldBy: LocalizedText { holder?.text ?? LocalizedText("报送单位", en: "the unit that submitted it") }

    /// What the person does, without a full stop: 到“泰安示例学习平台”完成考试，完成后由平台重新报送. The English does not repeat the
    /// act, which is in the policy's text.
    var nextAct: LocalizedText {
        let act = RefusalText(why.chinese).act
        if case .platform(let name) = holder { return nextAct(act, on: name) }
        let submitter: LocalizedText =
            switch holder {
            case .unit(let name) where !name.isEmpty, .authority(let name) where !name.isEmpty: .quoted(name)
            case .authority: LocalizedText("主管部门", en: "the authority")
            default: LocalizedText("报送单位", en: "the unit")
            }
        let (first, english) = act.map { ($0, "Do what the reason says") } ?? Self.completing
        return LocalizedText(
            "\(first)，再请\(submitter.chinese)重新报送", en: "\(english), then ask \(submitter.english) to submit it again")
    }

    private static let completing = ("按原因补齐或更正材料", "Complete or correct the evidence")

    private func nextAct(_ act: String?, on platform: String) -> LocalizedText {
        guard let act, lacksPrecondition else {
            return LocalizedText(
                [act, "请“\(platform)”更正后重新报送"].compactMap { $0 }.joined(separator: "，"),
                en: "Ask “\(platform)” to correct it and submit it again")
        }
        return LocalizedText(
            "到“\(platform)”\(act)，完成后由平台重新报送",
            en: "Do what the reason says on “\(platform)”, which then submits it again")
    }
}
