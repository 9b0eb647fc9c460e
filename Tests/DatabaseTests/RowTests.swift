import Database
import Testing

/// A row can be read only while the engine's statement is at it.
@Suite struct RowTests {
    private func canLeave<T>(_ type: T.Type) -> Bool { true }
    private func canLeave<T: ~Escapable>(_ type: T.Type) -> Bool { false }

    /// The compiler refuses closures that keep a row.
    @Test func aRowCannotLeaveItsClosure() {
        #expect(canLeave(Int.self) && canLeave(Transaction.self) && !canLeave(Row.self))
    }
}
