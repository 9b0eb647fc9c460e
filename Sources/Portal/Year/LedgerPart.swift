import Kernel
import Policy
import Registry
import Web

/// One line of the ledger with its calculation. While folded it shows what counts.
struct LedgerPart: PageValue {
    private let explained: ExplainedEntry
    private let uncounted: [UncountedPart]

    init(_ explained: ExplainedEntry, _ links: YearLinks) {
        self.explained = explained
        uncounted = explained.uncounted.map {
            UncountedPart(text: $0.before, other: ReferencePart($0.other, links), rest: $0.after)
        }
    }

    private init(_ explained: ExplainedEntry, _ uncounted: UncountedPart) {
        (self.explained, self.uncounted) = (explained, [uncounted])
    }

    private var isWhole: Bool { explained.counted == explained.hours }

    static var fields: [String: Field<LedgerPart>] {
        [
            "place": .text { $0.explained.id.place }, "name": .text { $0.explained.name },
            "day": .text { "\($0.explained.day)" },
            "kind": .text { $0.explained.kind }, "detail": .text { $0.explained.title },
            "hasDetail": .flag { !$0.explained.title.isEmpty }, "subject": .text { $0.explained.subject },
            "counted": .text { "\($0.explained.counted)" }, "hours": .text { "\($0.explained.hours)" },
            "isPart": .flag { !$0.isWhole && $0.explained.counted > .zero },
            "isNothing": .flag { !$0.isWhole && $0.explained.counted == .zero },
            "steps": .list { $0.explained.steps.map(Sentence.init) }, "uncounted": .list { $0.uncounted },
            "submittedBy": .text { $0.explained.submittedBy },
            "hasSubmitter": .flag { !$0.explained.submittedBy.isEmpty },
        ]
    }

    static var sample: LedgerPart {
        var explained = ExplainedEntry(
            EntryID(person: 1, number: 3), day: Day(2022, 6, 1) ?? .first, hours: CreditHours(hundredths: 4166),
            kind: "论文", subject: "专业科目")
        (explained.title, explained.steps) = ("泰山石材锯切机理研究", ["国内国家级刊物论文，125 学时　二(三)3"])
        explained.counted = CreditHours(40)
        explained.submittedBy = "泰安示例机械有限公司 2022-06-05 报送"
        return LedgerPart(explained, .sample)
    }
}

/// The hours of a line that do not count, and why. The other entry is shown between `text` and `rest`.
struct UncountedPart: PageValue {
    let text: String
    let other: ReferencePart?
    let rest: String

    static var fields: [String: Field<UncountedPart>] {
        ["text": .text { $0.text }, "other": .item { $0.other }, "rest": .text { $0.rest }]
    }

    static var sample: UncountedPart { UncountedPart(text: "其中 1.66 学时不计：与", other: .sample, rest: "重复，只计一次（二(三)3）") }
}

/// The name of an entry, as a link to its line.
struct ReferencePart: PageValue {
    let words: String
    let link: String
    private let blank: String

    private init(words: String, link: String, blank: String) {
        (self.words, self.link, self.blank) = (words, link, blank)
    }

    /// A link within this page, or to the page of the entry's year.
    init?(_ reference: EntryReference?, _ links: YearLinks) {
        guard let reference else { return nil }
        let place = reference.id.place
        let link = reference.isHere ? "#" + place : links.year(reference.year).at(place).text
        self.init(words: reference.words, link: link, blank: reference.blank)
    }

    static var fields: [String: Field<ReferencePart>] {
        ["words": .text { $0.words }, "link": .text { $0.link }, "blank": .text { $0.blank }]
    }

    static var sample: ReferencePart {
        ReferencePart(words: "第 3 笔", link: "#" + EntryID(person: 1, number: 3).place, blank: "")
    }
}

extension EntryID {
    /// The id of its line on a page.
    var place: String { "entry-\(person)-\(number)" }
}
