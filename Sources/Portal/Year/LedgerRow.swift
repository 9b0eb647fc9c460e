import Kernel
import Policy
import Registry
import Web

/// One line of what was submitted for a person: hours as entered and as they count, and how they were calculated.
/// Unfolded, it gives the whole reason.
struct LedgerRow: PageValue {
    /// The id of the line on the page; empty for hours of another period.
    let place: String
    /// `nil` for hours of another period, and where the evidence states no day.
    let day: Day?
    /// 第 1 笔; empty where nothing was credited.
    let name: String
    let title: String
    /// Kind and subject, as far as the title does not say them.
    let about: String
    /// `nil` where nothing was entered in the period.
    let registered: CreditHours?
    let counted: CreditHours
    /// The indices of the standing's lines that count the hours.
    let lines: Set<Int>
    private(set) var tags: [String]
    let steps: [CitedSentence]
    private(set) var reasons: [UncountedPart]
    let submittedBy: String

    /// An entry: all, some or none of its hours count. The clauses are of the policy that gave the hours, and of the
    /// one that counts them.
    init(
        _ explained: ExplainedEntry, lines: Set<Int>, _ links: YearLinks, given: ClauseLinks = .none,
        counted clauses: ClauseLinks = .none
    ) {
        (place, day, name) = (explained.id.place, explained.day, explained.name.chinese)
        title = explained.title.isEmpty ? explained.kind : explained.title
        about = (explained.title.isEmpty ? "" : explained.kind + " · ") + explained.subject
        (registered, counted, self.lines) = (explained.hours, explained.counted, lines)
        (tags, submittedBy) = (explained.uncounted.map(\.tag), explained.submittedBy.chinese)
        steps = explained.steps.map { given.cited($0.chinese) }
        reasons = explained.uncounted.map {
            UncountedPart(
                before: clauses.cited($0.before), other: ReferencePart($0.other, links),
                after: clauses.cited($0.after))
        }
    }

    /// Evidence that was not credited.
    init(_ refusal: ExplainedRefusal, _ links: YearLinks, _ clauses: ClauseLinks) {
        (place, day, name) = (refusal.place, refusal.day, "")
        title = refusal.title.isEmpty ? refusal.kind : refusal.title
        about = refusal.title.isEmpty ? "" : refusal.kind
        (registered, counted, lines) = (nil, .zero, [])
        tags = [refusal.same.map { "同一成果，已登记在\($0.words.chinese)" } ?? "未认定：\(refusal.tag)"]
        let same = ReferencePart(refusal.same, links)
        let why = clauses.cited(refusal.why.chinese + (same == nil ? "。" : "，见"))
        (steps, reasons) = ([], [UncountedPart(before: why, other: same)])
        submittedBy = refusal.submittedBy.chinese
    }

    /// Hours that were carried over from an earlier period.
    init(carried: CreditHours, from reference: EntryReference, subject: String, lines: Set<Int>, _ links: YearLinks) {
        (place, day, name) = ("", nil, "")
        (title, about) = ("以前年度结转", "\(reference.full.chinese) · \(subject)")
        (registered, counted, self.lines) = (nil, carried, lines)
        (tags, steps, submittedBy) = (["以前年度结转，补足所差"], [], "")
        reasons = [UncountedPart(before: CitedSentence("登记见"), other: ReferencePart(reference, links))]
    }

    static var fields: [String: Field<LedgerRow>] {
        [
            "place": .text { $0.place }, "hasPlace": .flag { !$0.place.isEmpty },
            "day": .text { $0.day.map { "\($0)" } ?? "" }, "hasDay": .flag { $0.day != nil },
            "isUndated": .flag { $0.day == nil && !$0.place.isEmpty }, "name": .text { $0.name },
            "detail": .text { $0.title }, "about": .text { $0.about }, "hasAbout": .flag { !$0.about.isEmpty },
            "registered": .text { $0.registered.map { "\($0)" } ?? "—" }, "counted": .text { "\($0.counted)" },
            "isRegistered": .flag { $0.registered != nil },
            "isNothing": .flag { $0.counted == .zero },
            "isTagged": .flag { !$0.tags.isEmpty }, "tags": .list { $0.tags.map(Sentence.init) },
            "hasSteps": .flag { !$0.steps.isEmpty },
            "steps": .list { $0.steps }, "uncounted": .list { $0.reasons },
            "submittedBy": .text { $0.submittedBy }, "hasSubmitter": .flag { !$0.submittedBy.isEmpty },
        ]
    }

    static var sample: LedgerRow {
        var explained = ExplainedEntry(
            EntryID(person: 1, number: 3), day: Day(2022, 6, 1) ?? .first, hours: CreditHours(hundredths: 4166),
            kind: "论文", subject: "专业科目")
        (explained.title, explained.steps) = ("泰山石材锯切机理研究", [.quoted("国内国家级刊物论文，125 学时（二(三)3）")])
        explained.counted = CreditHours(40)
        explained.submittedBy = .quoted("泰安示例机械有限公司 2022-06-05 报送")
        var row = LedgerRow(explained, lines: [0], .own)
        (row.tags, row.reasons) = (["超出每年 40 学时的上限"], [.sample])
        return row
    }
}

/// The hours of a line that do not count, and why. The other entry is shown between `before` and `after`.
struct UncountedPart: PageValue {
    let before: CitedSentence
    let other: ReferencePart?
    var after = CitedSentence([])

    static var fields: [String: Field<UncountedPart>] {
        ["before": .item { $0.before }, "other": .item { $0.other }, "after": .item { $0.after }]
    }

    static var sample: UncountedPart {
        UncountedPart(
            before: CitedSentence("其中 1.66 学时不计：与"), other: .sample,
            after: CitedSentence([CitedPart("重复，只计一次"), .sample]))
    }
}

/// The name of an entry, as a link to its line.
struct ReferencePart: PageValue {
    let words: String
    let link: String

    private init(words: String, link: String) { (self.words, self.link) = (words, link) }

    /// A link within this page, or to the page of the entry's year.
    init?(_ reference: EntryReference?, _ links: YearLinks) {
        guard let reference else { return nil }
        let place = reference.id.place
        let link = reference.isHere ? "#" + place : links.year(reference.year).at(place).text
        self.init(words: reference.words.chinese, link: link)
    }

    static var fields: [String: Field<ReferencePart>] { ["words": .text { $0.words }, "link": .text { $0.link }] }

    static var sample: ReferencePart {
        ReferencePart(words: "第 3 笔", link: "#" + EntryID(person: 1, number: 3).place)
    }
}

extension EntryID {
    /// The id of its line on a page.
    var place: String { "entry-\(person)-\(number)" }
}

extension ExplainedRefusal {
    /// The id of its line on a page.
    var place: String { "item-\(person)-\(number)" }
}
