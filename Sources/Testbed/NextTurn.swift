/// Lets other tasks run; for loops that wait for a condition. Throws `CancellationError` once the time limit of the
/// test is over, so that the loop ends even if the condition never holds.
package func nextTurn() async throws {
    try Task.checkCancellation()
    await Task.yield()
}
