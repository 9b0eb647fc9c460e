import Kernel
import People
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

    private let reader: FigureReader
    private let system: SystemInputs
    private let held = Mutex(CachedFigures())
    /// How long figures are valid, in milliseconds.
    private static let life = 5 * 60_000
    private static let batchSize = 50_000

    init(_ registry: Registry) { (reader, system) = (FigureReader(registry: registry), registry.people.system) }

    /// The newest figures; `nil` while those of a large city are counted for the first time. A small city is waited
    /// for.
    func figures() async throws -> CityFigures? {
        let now = system.now()
        let known = held.withLock { $0.figures }
        if let known, now - known.made < Self.life { return known }
        let last = try await reader.lastPerson()
        let counting = held.withLock { held in
            let task = held.counting ?? Task { try await self.kept(await self.count(now, through: last)) }
            held.counting = task
            return task
        }
        return known == nil && last <= Self.batchSize ? try await counting.value : known
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
        let today = system.today
        for batch in ClosedRange.batches(through: last, of: Self.batchSize) {
            for (place, counts) in try await reader.counts(batch, today) {
                figures.counts[place, default: .init()].add(counts)
            }
        }
        return figures
    }
}
