/// Ends a transaction without keeping what it wrote, and returns its value.
private struct DryRun<Value: Sendable>: Error {
    let value: Value
}

extension Database {
    /// Runs a write. A dry run is rolled back after it and returns the same value.
    package func write<T: Sendable>(
        dryRun: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        guard dryRun else { return try await write(body) }
        do {
            return try await write { transaction in throw DryRun(value: try body(transaction)) }
        } catch let dryRun as DryRun<T> {
            return dryRun.value
        }
    }
}
