import Kernel
import People
import Policy

/// All that a decision reads beside the evidence: kept with it, so that it can be made again for an appeal.
struct DecisionBasis: Sendable {
    /// Where the person was employed: under which policies the hours of a day count goes by the region.
    struct Post: Sendable, Hashable {
        let region: RegionCode
        let unit: Int
        let during: Period
    }

    /// ``Policy/engine`` of the program that decided.
    let engine: Int
    /// What was known of the person.
    let facts: [DatedFact]
    let posts: [Post]
    /// The policies that were current then and might have credited something, in their order.
    let candidates: [PolicyVersion]
    /// What was settled then, and under which versions.
    let settledPeriods: SettledPeriods

    init(engine: Int, facts: [DatedFact], posts: [Post], candidates: [PolicyVersion], settledPeriods: SettledPeriods) {
        (self.engine, self.facts, self.posts) = (engine, facts, posts)
        (self.candidates, self.settledPeriods) = (candidates, settledPeriods)
    }

    /// What a decision of now reads.
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

/// What a decision read of a work that the evidence claims.
struct ClaimSnapshot: Sendable, Hashable {
    let work: String
    /// The number of authors that other claimants had stated; `nil` where nobody had.
    let authors: Int?
    /// How many others had claimed it.
    let others: Int
    /// The item by which the person had claimed it before; 0 where there is none.
    let taken: Int
}
