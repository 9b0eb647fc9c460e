/// Ends a transaction without keeping what it wrote, and brings out what it came to.
private struct DryRun<Value: Sendable>: Error {
    let value: Value
}

extension Database {
    /// Runs a write and, when only rehearsing, takes everything back after it: what would happen, without it happening.
    package func write<T: Sendable>(
        dryRun: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        guard dryRun else { return try await write(body) }
        do {
            return try await write { transaction in throw DryRun(value: try body(transaction)) }
        } catch let rehearsal as DryRun<T> {
            return rehearsal.value
        }
    }
}
