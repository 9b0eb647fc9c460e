import Database
import Testing

/// A row is read where the engine's statement stands on it, and nowhere else.
@Suite struct RowTests {
    private func canLeave<T>(_ type: T.Type) -> Bool { true }
    private func canLeave<T: ~Escapable>(_ type: T.Type) -> Bool { false }

    /// The compiler takes no closure that keeps a row.
    @Test func aRowCannotLeaveItsClosure() {
        #expect(canLeave(Int.self) && canLeave(Transaction.self) && !canLeave(Row.self))
    }
}
