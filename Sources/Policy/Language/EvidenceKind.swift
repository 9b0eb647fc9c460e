import Kernel

/// One way to earn hours: the facts it asks for, and the hours it gives.
///
/// A class, because it is passed to every decision and is expensive to copy.
package final class EvidenceKind: Sendable {
    package let key: String
    package let name: String
    package let clause: Clause
    let place: FileLocation
    package let facts: [FactShape]
    /// The papers to submit: 刊物封面、目录、正文与版权页.
    package let proofs: [String]
    /// The fact that gives the year of the hours: a date or a year.
    let creditedTo: String
    /// The fact that gives the evidence's day, for windows and for the order of caps.
    let dated: String
    let preconditions: [Precondition]
    /// At least one rule; several if one item gives hours to several subjects.
    let creditRules: [CreditRule]
    package let work: WorkRule?
    package let once: OnceRule?
    let caps: [Cap]
    /// A full set of facts. Examples and the template's filled row use it for facts that they do not give.
    package let sample: [String: Fact]
    /// The sample as written; `06-01` and `this-year` refer to the requested year.
    let sampleWords: [String: String]

    init(
        key: String, name: String, clause: Clause, place: FileLocation, facts: [FactShape], proofs: [String],
        creditedTo: String, dated: String, preconditions: [Precondition], creditRules: [CreditRule], work: WorkRule?,
        once: OnceRule?,
        caps: [Cap], sample: [String: Fact], sampleWords: [String: String]
    ) {
        self.key = key
        self.name = name
        self.clause = clause
        self.place = place
        self.facts = facts
        self.proofs = proofs
        self.creditedTo = creditedTo
        self.dated = dated
        self.preconditions = preconditions
        self.creditRules = creditRules
        self.work = work
        self.once = once
        self.caps = caps
        self.sample = sample
        self.sampleWords = sampleWords
        hasTheme = facts.contains { $0.key == "theme" }
        isDatedApart = dated != creditedTo
        (names, needed) = (facts.map(\.key), facts.count { !$0.optional && $0.neededIf == nil })
        conditional = facts.filter { $0.neededIf != nil }
    }

    /// The keys of the facts, and the number of facts that are always required.
    let names: [String]
    let needed: Int
    /// The facts that other facts make required.
    let conditional: [FactShape]

    /// The evidence may name a theme, which may determine the subject of the hours.
    let hasTheme: Bool
    /// The evidence's day and the date or year of the hours are two facts.
    let isDatedApart: Bool

    /// The title of the evidence: its first required free text, such as a course's or a paper's title.
    package func title(of evidence: Evidence) -> String? {
        facts.first { if case .text(.any) = $0.form { !$0.optional } else { false } }
            .flatMap { evidence.facts[$0.key]?.description }
    }

    /// The day of evidence of this kind; the first day if the fact is a year.
    package func day(of evidence: Evidence) -> Day? { evidence.facts[dated]?.asDay }

    /// Whether hours of other years affect what counts.
    var isLifelong: Bool { work != nil || once?.span == .lifetime || caps.contains { $0.span == .lifetime } }

    /// Whether two values of a fact, as text, are the same.
    func isSame(_ key: String, _ a: String, _ b: String) -> Bool {
        if a == b { return true }
        return if case .text? = shape(key)?.form { PlainName.same(a, b) } else { false }
    }

    package func shape(_ key: String) -> FactShape? { facts.first { $0.key == key } }

    /// The sample with the days of that year.
    func sample(in year: Year) -> [String: Fact] {
        facts.reduce(into: [:]) { sample, shape in
            sample[shape.key] = sampleWords[shape.key].flatMap { shape.value($0, in: year) }
        }
    }
}

/// A condition that must hold; otherwise the evidence is refused with this text: 考试合格方可登记学时.
package struct Precondition: Sendable {
    let condition: Condition
    let says: String
    let clause: Clause
}

/// The hours that a kind gives to one subject.
struct CreditRule: Sendable {
    let subject: SubjectRule
    let steps: [ConditionedStep]
}

/// The subject of the hours.
enum SubjectRule: Sendable {
    case fixed(String)
    /// A fact of the evidence gives the subject.
    case fact(String)
    case table(fact: String, origin: FactOrigin, [String: String])
}

/// A thing that several people may claim: a paper, a book, an award.
package struct WorkRule: Sendable {
    /// The facts that together identify the work.
    package let key: [String]
    /// The hours are divided among the claimants, so all must state the same number of them.
    package let divided: Bool
    /// The fact that all claimants of a divided work must state alike: the number of authors.
    package let among: String?
    /// Further facts that all claimants must state alike, such as the level of the journal.
    package let same: [String]
    /// The fact that holds the level; the highest level of a work counts.
    package let level: String?
    package let clause: Clause
}

/// Entries with the same key count once in a span.
package struct OnceRule: Sendable {
    package let key: [String]
    package let span: Span
    package let clause: Clause
}

/// The span of a cap or a once-rule.
package enum Span: String, Sendable, CaseIterable {
    case day
    case month
    case year
    case period
    case lifetime

    var name: String {
        switch self {
        case .day: "每日"
        case .month: "每月"
        case .year: "每年"
        case .period: "每周期"
        case .lifetime: "终身"
        }
    }

    var english: String {
        switch self {
        case .day: "a day"
        case .month: "a month"
        case .year: "a year"
        case .period: "a period"
        case .lifetime: "in a lifetime"
        }
    }
}

/// The most hours or items that count, of the entries that a filter matches within a span. Entries are taken in the
/// order of ``Policy/precedes(_:_:)``.
struct Cap: Sendable {
    /// Limits a cap to some people or requirements.
    struct Binding: Sendable {
        /// The cap applies to people for whom its requirement applies.
        var when: Condition?
        /// The way of an `any-of` that contains the cap; the cap applies to the requirements of that way.
        var way: Int?
    }

    enum Most: Sendable {
        case hours(CreditHours)
        case items(Int)
    }

    let filter: Filter
    let most: Most
    let span: Span
    let clause: Clause
    var binding = Binding()
}
