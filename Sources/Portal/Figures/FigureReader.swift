import Database
import Kernel
import People
import Policy
import Registry

/// Reads the data of the figures and the choices of their filters.
struct FigureReader: Sendable {
    let registry: Registry

    /// A year of the figures, with the choices on the page.
    struct FigureYear: Sendable {
        let scope: Scope
        let regions: [Region]
        let years: [Year]
        let year: Year
        let isSettled: Bool
    }

    /// The requested year, or the newest one. Failure: `desk.no-scope`.
    func year(_ asked: Year?, for principal: Principal) async throws -> FigureYear {
        let today = registry.people.system.today.year
        return try await registry.database.read { transaction in
            let years = try registry.yearsAsked(through: today, transaction)
            let year = asked ?? years.first ?? today
            return FigureYear(
                scope: try principal.scope(), regions: try RegionStore(transaction).all(), years: years, year: year,
                isSettled: try registry.isSettled(year, transaction))
        }
    }

    /// The number of the newest person; 0 if there is none.
    func lastPerson() async throws -> Int {
        try await registry.database.read { try PersonStore($0, registry.people).last() }
    }

    /// The standings of people of a range who are at a unit today.
    func counts(_ range: ClosedRange<Int>, _ today: Day) async throws -> [CityFigures.Group: CityFigures.Counts] {
        try await registry.database.read { transaction in
            let posts = try RosterStore(transaction, today: today).posts(range)
            var counts: [CityFigures.Group: CityFigures.Counts] = [:]
            try registry.outcomes(range, transaction) { person, year, outcome, isWaived in
                guard let post = posts[person] else { return }
                let place = CityFigures.Group(year: year, region: post.region, nature: post.nature)
                var one = CityFigures.Counts()
                switch outcome {
                case .qualified: one.qualified = 1
                case .short: (one.short, one.waived) = (1, isWaived ? 1 : 0)
                case .exempt: one.exempt = 1
                }
                counts[place, default: .init()].add(one)
            }
            return counts
        }
    }
}
