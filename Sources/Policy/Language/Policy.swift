import Kernel

/// A policy that is read and ready to decide; immutable.
///
/// It reads no clock, no database and no environment: what depends on a person is passed in as dated facts.
package final class Policy: Sendable {
    package let key: String
    /// Entries that count once for life count once among all policies with the same line. The default is the key.
    package let line: String
    package let title: String
    package let jurisdiction: RegionCode
    package let inForce: Day
    package let sources: [SourceDocument]
    package let period: PeriodRule
    /// Minutes in a credit hour, if a step counts minutes.
    package let minutes: Int?
    package let rounding: Rounding
    /// The clause of minutes and rounding; `nil` if the policy states neither.
    let hourClause: Clause?
    package let subjects: [Subject]
    package let themes: [Theme]
    /// The facts of a person that its rules read.
    package let person: [FactShape]
    let applies: Applicability?
    /// A profession with its own policy. Its standing is added to the one under the region's policy; it does not
    /// replace it.
    package let profession: String?
    package let requirements: [Requirement]
    package let kinds: [EvidenceKind]
    package let waivers: [Waiver]
    package let purposes: [Purpose]
    package let deadlines: [Deadline]
    package let examples: [Example]
    /// Questions that the notice leaves open and no rule covers.
    let openQuestions: [OpenQuestion]
    let exemptions: [Exemption]
    let windows: [Window]
    let caps: [Cap]
    let carryOver: [CarryOver]
    /// The day on which a person's facts are evaluated; by default the period's last day.
    let evaluatedOn: Window.Edge?
    /// The start of the file.
    let place: FileLocation
    /// The facts that entries carry because a rule of the fold uses them, by kind.
    let tagged: Set<String>
    /// Whether a window uses such facts.
    let windowsLookAtTags: Bool
    /// The kinds for which hours of other years affect the fold: once for life, lifetime caps, works.
    package let lifelongKinds: Set<String>
    var looksBack: Bool { !lifelongKinds.isEmpty }
    /// Whether surplus of a period may count in a later one.
    package var carries: Bool { !carryOver.isEmpty }

    /// The kinds whose entries are compared with each other: once-rules and highest-only.
    let foldedKinds: [EvidenceKind]
    /// The caps that apply to everything, in their order.
    let capOrder: [Int]
    /// For each requirement the caps that apply to it, in order; empty if no way of an `any-of` has its own caps.
    let capsOfRequirements: [[Int]]
    /// The indices of the requirements, the narrowest first. Empty if nothing is carried over.
    let requirementOrder: [Int]

    private let kindsByKey: [String: EvidenceKind]

    init(_ draft: PolicyDraft) {
        (key, title, jurisdiction, inForce) = (draft.key, draft.title, draft.jurisdiction, draft.inForce)
        (hourClause, openQuestions) = (draft.hourClause, draft.openQuestions)
        (sources, period, minutes, rounding) = (draft.sources, draft.period, draft.minutes, draft.rounding)
        (subjects, themes, person, applies) = (draft.subjects, draft.themes, draft.person, draft.applies)
        (profession, requirements, kinds) = (draft.profession, draft.requirements, draft.kinds)
        (waivers, purposes, deadlines) = (draft.waivers, draft.purposes, draft.deadlines)
        (exemptions, windows, carryOver) = (draft.exemptions, draft.windows, draft.carryOver)
        (examples, evaluatedOn, place) = (draft.examples, draft.evaluatedOn, draft.place)
        caps = draft.caps + draft.kinds.flatMap(\.caps)
        kindsByKey = Dictionary(draft.kinds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        foldedKinds = draft.kinds.filter { $0.once != nil || $0.work != nil }
        let filters =
            requirements.flatMap(\.hoursRequirements).map(\.filter) + caps.map(\.filter) + windows.map(\.filter)
        windowsLookAtTags = windows.contains { !$0.filter.tags.isEmpty }
        let keys = kinds.flatMap { ($0.once?.key ?? []) + [$0.work?.level].compactMap { $0 } }
        tagged = (filters + carryOver.map(\.filter)).reduce(into: Set(keys)) { $0.formUnion($1.tags) }
        let capsAll = draft.caps.contains { $0.span == .lifetime }
        line = draft.line ?? draft.key
        lifelongKinds = Set(draft.kinds.filter { capsAll || $0.isLifelong }.map(\.key))
        let hoursRequirements = requirements.flatMap(\.hoursRequirements)
        let reach = kinds.reduce(into: [:]) { $0[$1.key] = $1.reachableSubjects(draft.themes) }
        let (caps, order) = (caps, caps.narrowestFirst(reach))
        capOrder = order.filter { caps[$0].binding.way == nil }
        capsOfRequirements =
            capOrder.count == order.count
            ? []
            : hoursRequirements.map { hoursRequirement in
                order.filter { caps[$0].binding.way.map(hoursRequirement.ways.contains) ?? true }
            }
        requirementOrder =
            carryOver.isEmpty
            ? []
            : hoursRequirements.map(\.filter).narrowestFirst(reach) {
                (hoursRequirements[$0].each == nil ? 1 : 0, $0) < (hoursRequirements[$1].each == nil ? 1 : 0, $1)
            }
    }

    package func kind(_ key: String) -> EvidenceKind? { kindsByKey[key] }
    package func subject(_ key: String) -> Subject? { subjects.first { $0.key == key } }

    /// Whether the policy applies to a person with these facts on a day. The caller compares the region.
    package func asks(_ facts: [DatedFact], on day: Day) -> Bool {
        guard let applies else { return true }
        return applies.when.holds(in: EvaluationContext(person: facts, day: day, period: day.year.period))
    }
}

/// A deadline beside the hours, such as 31 May for the plans of training bases.
package struct Deadline: Sendable {
    package let key: String
    package let name: String
    let by: Window.Edge
    package let clause: Clause
    let place: FileLocation

    /// The last day for a period.
    package func day(for period: Period) -> Day? { by.day(in: period.from.year) }
}

/// A question that the notice leaves open, what is done meanwhile, and the clause that leaves it open.
struct OpenQuestion: Sendable {
    let question: String
    let answer: String
    let clause: Clause

    /// What follows the clause in texts.
    static let mark = " 未写明"
}

/// The parts of a policy, collected while it is read.
struct PolicyDraft {
    let place: FileLocation
    var key = ""
    var line: String?
    var title = ""
    var jurisdiction: RegionCode
    var inForce = Day.first
    var sources: [SourceDocument] = []
    var period = PeriodRule.once(Year(2000).period)
    var minutes: Int?
    var rounding = Rounding(direction: .down, step: 1)
    var hourClause: Clause?
    var subjects: [Subject] = []
    var themes: [Theme] = []
    var person: [FactShape] = []
    var applies: Applicability?
    var profession: String?
    var requirements: [Requirement] = []
    var kinds: [EvidenceKind] = []
    var waivers: [Waiver] = []
    var purposes: [Purpose] = []
    var deadlines: [Deadline] = []
    var exemptions: [Exemption] = []
    var windows: [Window] = []
    var caps: [Cap] = []
    var carryOver: [CarryOver] = []
    var examples: [Example] = []
    var openQuestions: [OpenQuestion] = []
    var evaluatedOn: Window.Edge?
}
