import Database
import Kernel
import People
import Policy
import Registry
import Synchronization

/// The number of people by outcome, year, region and nature of the unit.
struct CityFigures: Sendable {
    struct Group: Hashable, Sendable {
        let year: Year
        let region: RegionCode
        let nature: String
    }

    struct Counts: Sendable, Hashable {
        var qualified = 0
        var short = 0
        /// Included in `short`.
        var waived = 0
        var exempt = 0

        var all: Int { qualified + short + exempt }

        mutating func add(_ other: Counts) {
            qualified += other.qualified
            short += other.short
            waived += other.waived
            exempt += other.exempt
        }
    }

    var counts: [Group: Counts] = [:]
    /// Milliseconds since 1970.
    let made: Int

    /// The sums by key; groups with a `nil` key are left out.
    func sums<Key: Hashable>(_ key: (Group) -> Key?) -> [Key: Counts] {
        counts.reduce(into: [:]) { sums, one in
            if let key = key(one.key) { sums[key, default: Counts()].add(one.value) }
        }
    }
}

/// Counts the city on request and caches the figures for some minutes. Counting a million people takes seconds:
/// meanwhile the last figures are shown, or a page that says that counting is in progress.
final class FigureCache: Sendable {
    private struct CachedFigures {
        var figures: CityFigures?
        var counting: Task<CityFigures, any Error>?
    }

    private let registry: Registry
    private let held = Mutex(CachedFigures())
    /// How long figures are valid, in milliseconds.
    private static let life = 5 * 60_000
    private static let page = 50_000

    init(_ registry: Registry) { self.registry = registry }

    /// The newest figures; `nil` while those of a large city are counted for the first time. A small city is waited
    /// for.
    func figures() async throws -> CityFigures? {
        let now = registry.people.system.now()
        let known = held.withLock { $0.figures }
        if let known, now - known.made < Self.life { return known }
        let last = try await registry.database.read { [registry] in try PersonStore($0, registry.people).last() }
        let counting = held.withLock { held in
            let task = held.counting ?? Task { try await self.kept(await self.count(now, through: last)) }
            held.counting = task
            return task
        }
        return known == nil && last <= Self.page ? try await counting.value : known
    }

    /// Stores the counted figures. The next count may begin even if this one failed.
    private func kept(_ count: @autoclosure () async throws -> CityFigures) async throws -> CityFigures {
        defer { held.withLock { $0.counting = nil } }
        let figures = try await count()
        held.withLock { $0.figures = figures }
        return figures
    }

    private func count(_ now: Int, through last: Int) async throws -> CityFigures {
        var figures = CityFigures(made: now)
        let today = registry.people.system.today
        for first in stride(from: 1, through: last, by: Self.page) {
            let end = min(first + Self.page - 1, last)
            let part = try await registry.database.read { [registry] transaction in
                try Self.count(registry, first...end, today, transaction)
            }
            for (place, counts) in part { figures.counts[place, default: .init()].add(counts) }
        }
        return figures
    }

    private static func count(
        _ registry: Registry, _ range: ClosedRange<Int>, _ today: Day, _ transaction: Transaction
    ) throws -> [CityFigures.Group: CityFigures.Counts] {
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
