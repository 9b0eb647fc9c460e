import Database
import Kernel
import People
import Registry

/// Reads a page of a list: so many people at a time from the index of units, until the page is full or enough was
/// looked at. So it answers in a bounded time, however rare what is asked for.
struct RosterReader {
    let registry: Registry
    let scope: Scope
    let query: RosterQuery

    /// At most so many people are looked at for one page.
    static let patience = 3000
    private static let chunk = 250

    struct Found: Sendable {
        var people: [(line: RosterLine, kept: [KeptStanding])] = []
        /// Where the list goes on; `nil` at its end.
        var next: RosterPlace?
        /// Enough was looked at before the page was full.
        var isTired = false
    }

    func page(limit: Int, _ transaction: Transaction) throws -> Found {
        let store = RosterStore(transaction, today: registry.people.outside.today)
        var found = Found()
        var (place, looked) = (query.after, 0)
        while looked < Self.patience {
            let lines = try store.page(scope, query.filter, after: place, limit: Self.chunk)
            let kept = try registry.kept(query.year, of: lines.map(\.person), transaction)
            for line in lines {
                guard query.admits(line, kept[line.person] ?? []) else { continue }
                if found.people.count == limit {
                    found.next = found.people[limit - 1].line.place
                    return found
                }
                found.people.append((line, kept[line.person] ?? []))
            }
            guard let last = lines.last, lines.count == Self.chunk else { return found }
            place = last.place
            looked += lines.count
        }
        (found.next, found.isTired) = (place, true)
        return found
    }
}
