import Kernel

/// One way to earn hours: what it asks for, and how many hours it gives.
///
/// A class, for it is handed about in every decision and has much to copy.
package final class EvidenceKind: Sendable {
    package let key: String
    package let name: String
    package let clause: Clause
    let place: FileLocation
    package let facts: [FactShape]
    /// The papers that a person brings: 刊物封面、目录、正文与版权页.
    package let proofs: [String]
    /// The fact that says to which year the hours belong: a date, or a year.
    let creditedTo: String
    /// The fact that is the evidence's day, for windows and for the order of caps.
    let dated: String
    let preconditions: [Precondition]
    /// At least one; more where one item fills several subjects.
    let creditRules: [CreditRule]
    package let work: WorkRule?
    package let once: OnceRule?
    let caps: [Cap]
    /// A full set of facts, from which examples and the template's filled row take what they do not say.
    package let sample: [String: Fact]
    /// The sample as written, where `06-01` and `this-year` mean the year that is asked for.
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

    /// The keys of its facts, and how many of them must always be there.
    let names: [String]
    let needed: Int
    /// Those that must be there by what others say.
    let conditional: [FactShape]

    /// Its evidence may name a theme, which may say which subject the hours fill.
    let hasTheme: Bool
    /// The day and what the hours are credited to are two facts.
    let isDatedApart: Bool

    /// What the evidence calls itself: its first free text, as a course's or a paper's title.
    package func title(of evidence: Evidence) -> String? {
        facts.first { if case .text(.any) = $0.form { !$0.optional } else { false } }
            .flatMap { evidence.facts[$0.key]?.description }
    }

    /// The day that evidence of this kind is dated; of a year, its first.
    package func day(of evidence: Evidence) -> Day? { evidence.facts[dated]?.asDay }

    /// Hours of other years matter to what counts.
    var isLifelong: Bool { work != nil || once?.span == .lifetime || caps.contains { $0.span == .lifetime } }

    /// Whether two values of a fact, as text, say the same.
    func isSame(_ key: String, _ a: String, _ b: String) -> Bool {
        if a == b { return true }
        return if case .text? = shape(key)?.form { PlainName.same(a, b) } else { false }
    }

    package func shape(_ key: String) -> FactShape? { facts.first { $0.key == key } }

    /// The sample as a case of that year.
    func sample(in year: Year) -> [String: Fact] {
        facts.reduce(into: [:]) { sample, shape in
            sample[shape.key] = sampleWords[shape.key].flatMap { shape.value($0, in: year) }
        }
    }
}

/// Something that must hold, or the evidence is refused with these words: 考试合格方可登记学时.
struct Precondition: Sendable {
    let condition: Condition
    let says: String
    let clause: Clause
}

/// The hours that a kind gives to one subject.
struct CreditRule: Sendable {
    let subject: SubjectRule
    let steps: [ConditionedStep]
}

/// Which subject hours fill.
enum SubjectRule: Sendable {
    case fixed(String)
    /// The evidence says it.
    case fact(String)
    case table(fact: String, origin: FactOrigin, [String: String])
}

/// One object that several people may claim: a paper, a book, an award.
package struct WorkRule: Sendable {
    /// The facts that together name the work.
    package let key: [String]
    /// Its hours are divided among its claimants, so they must agree on how many they are.
    package let divided: Bool
    /// The fact that all claimants of a divided work share: the number of authors.
    package let among: String?
    /// Further facts that all who claim it state alike: the level of its journal.
    package let same: [String]
    /// The fact whose value is the level; of one work the highest level counts.
    package let level: String?
    package let clause: Clause
}

/// The same key counts once in a period or ever.
package struct OnceRule: Sendable {
    package let key: [String]
    package let span: Span
    package let clause: Clause
}

/// Over what a cap or a once-rule looks.
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
}

/// At most so many hours or items of what a filter finds, within a span; in the order of
/// ``Policy/precedes(_:_:)``.
struct Cap: Sendable {
    /// Whom and what it binds, where that is not everything.
    struct Binding: Sendable {
        /// It holds for whom its requirement is asked.
        var when: Condition?
        /// The way of an `any-of` that it stands in: it binds what is asked there.
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
