import Foundation

/// Runs `ahead` for several items concurrently and passes the results to `then`, one at a time, in the order of the
/// items. It runs as many at once as there are processors, and two more, since some wait for the disk.
func inOrder<Item: Sendable, Made: Sendable>(
    _ items: [Item], ahead: @escaping @Sendable (Item) async throws -> Made,
    then: (Item, Made) async throws -> Void
) async throws {
    let most = ProcessInfo.processInfo.activeProcessorCount + 2
    try await withThrowingTaskGroup(of: (turn: Int, made: Made).self) { group in
        var begun = 0
        var made: [Int: Made] = [:]
        for turn in items.indices {
            while begun < min(turn + most, items.count) {
                let next = begun
                group.addTask { (next, try await ahead(items[next])) }
                begun += 1
            }
            while made[turn] == nil, let done = try await group.next() { made[done.turn] = done.made }
            if let ready = made.removeValue(forKey: turn) { try await then(items[turn], ready) }
        }
    }
}
