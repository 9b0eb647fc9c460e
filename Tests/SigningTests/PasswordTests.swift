import Kernel
import Signing
import Testing

@Suite struct PasswordTests {
    @Test func onlyTheRightPasswordMatches() async throws {
        try await PasswordQueue().turn(.account("1")) { turn in
            let made = try await Password.make("泰山 2022", .real, turn)
            #expect(made.bytes.count == 50)
            #expect(try await Password.matches("泰山 2022", made, turn))
            // Full-width characters are the same text.
            #expect(try await Password.matches("泰山　２０２２", made, turn))
            #expect(try await !Password.matches("泰山 2023", made, turn))
            #expect(try await !Password.matches("", nil, turn))
            #expect(try await !Password.matches("x", Password(bytes: [1, 15]), turn))
            #expect(try await Password.make("泰山 2022", .real, turn).bytes != made.bytes)
        }
    }

    /// A turn with a failure is passed on.
    @Test func aFailedTurnFreesItsPlace() async throws {
        let line = PasswordQueue(width: 1)
        for _ in 0..<3 {
            await #expect(throws: CancellationError.self) {
                try await line.turn(.account("1")) { _ in throw CancellationError() }
            }
        }
        #expect(try await line.turn(.account("1")) { _ in 7 } == 7)
    }
}
