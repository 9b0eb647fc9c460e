import Kernel
import People
import Policy

/// Everything that a decision reads beside the evidence. It is stored with the decision, so that the decision can be
/// repeated for an appeal.
struct DecisionBasis: Sendable {
    /// An employment of the person. Its region decides which policies apply on a day.
    struct Post: Sendable, Hashable {
        let region: RegionCode
        let unit: Int
        let during: Period
    }

    /// ``Policy/engine`` of the program that decided.
    let engine: Int
    /// The facts of the person.
    let facts: [DatedFact]
    let posts: [Post]
    /// The policies that were current at that time and might have credited something, in their order.
    let candidates: [PolicyVersion]
    /// The periods that were settled at that time, with their versions.
    let settledPeriods: SettledPeriods

    init(engine: Int, facts: [DatedFact], posts: [Post], candidates: [PolicyVersion], settledPeriods: SettledPeriods) {
        (self.engine, self.facts, self.posts) = (engine, facts, posts)
        (self.candidates, self.settledPeriods) = (candidates, settledPeriods)
    }

    /// The basis of a decision that is made now.
    init(_ history: History, _ settledPeriods: SettledPeriods, _ book: PolicyBook) {
        let posts = history.employments.map { employment, unit in
            Post(region: unit.region, unit: unit.number.number, during: employment.during)
        }
        self.init(
            engine: Policy.engine, facts: history.dated, posts: posts,
            candidates: book.candidates(posts.map(\.region)), settledPeriods: settledPeriods)
    }

    func professions(on day: Day) -> [String] { facts.professions(on: day) }

    func region(on day: Day) -> RegionCode? {
        History.place(on: day, posts.count) { (posts[$0].during, posts[$0].unit) }.map { posts[$0].region }
    }
}

/// A claimed work as the decision read it.
struct ClaimSnapshot: Sendable, Hashable {
    let work: String
    /// The number of authors that other claimants had stated; `nil` where there was none.
    let authors: Int?
    /// The number of other claimants.
    let others: Int
    /// The number of the person's item that had claimed it before; 0 where there was none.
    let taken: Int
}
