import Kernel
import Policy

/// Why a work may not be claimed.
struct ClaimRefusal: Error {
    let words: LocalizedText

    /// The person has the work already, as the item `name`.
    static func taken(as name: LocalizedText, onLevel: Bool, by rule: WorkRule) -> ClaimRefusal {
        let what = onLevel ? "同一成果的同一级别" : "同一成果"
        return ClaimRefusal(
            words: LocalizedText(
                "\(what)已登记为\(name.chinese)，不重复登记",
                en: "The same work\(onLevel ? " on this level" : "") is registered as \(name.english) already")
                + rule.clause.bracketed)
    }

    static func crowded(authors: Int, claimants: Int, by rule: WorkRule) -> ClaimRefusal {
        ClaimRefusal(
            words: LocalizedText(
                "该成果的作者数为 \(authors)，已有 \(claimants) 人登记，人数超出",
                en: "The work has \(authors) authors, and \(claimants) people claim it already") + rule.clause.bracketed
        )
    }

    /// Another claimant states another value of a fact.
    static func differing(_ shape: FactShape, _ old: Fact?, _ new: Fact, by rule: WorkRule) -> ClaimRefusal {
        let (old, new) = (old.map(shape.quoted) ?? "", shape.quoted(new))
        return ClaimRefusal(
            words: LocalizedText(
                "该成果已按\(shape.name) \(old) 登记，与本次的 \(new) 不符。请核对；原登记有误的，先更正原登记",
                en: "The work is registered with \(shape.name) \(old), not \(new). Check it; "
                    + "if the registered item is wrong, correct that one first") + rule.clause.bracketed)
    }
}

extension FactShape {
    /// A number as it is, words in quotation marks.
    func quoted(_ value: Fact) -> String {
        if case .integer = value { value.description } else { "“\(name(of: value))”" }
    }
}

extension EvidenceKind {
    /// The name of an item for people: `“泰山石材锯切机理研究”（2022-06-01）`.
    func name(of evidence: Evidence) -> LocalizedText {
        LocalizedText.quoted("“\(title(of: evidence) ?? name)”")
            + (day(of: evidence).map { LocalizedText("（\($0)）", en: " (\($0))") } ?? .empty)
    }
}
