import Kernel
import Signing
import Testing

@Suite struct PasswordTests {
    @Test func onlyThePasswordMatches() async throws {
        let made = try await Password.make("泰山 2022", .real)
        #expect(made.bytes.count == 50)
        #expect(try await Password.matches("泰山 2022", made))
        // As another keyboard writes it: full width, the same text.
        #expect(try await Password.matches("泰山　２０２２", made))
        #expect(try await !Password.matches("泰山 2023", made))
        #expect(try await !Password.matches("", nil))
        #expect(try await !Password.matches("x", Password(bytes: [1, 15])))
        #expect(try await Password.make("泰山 2022", .real).bytes != made.bytes)
    }

    /// A burst of logins takes no memory without bound: whoever comes too late tries again.
    @Test func tooManyAtOnceAreTurnedAway() async {
        let cheap = Password(bytes: [1, 12] + [UInt8](repeating: 0, count: 48))
        let line = PasswordLine(mostWaiting: 10)
        let codes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do { _ = try await Password.matches("x", cheap, in: line) } catch {
                        return (error as? Failure)?.code
                    }
                    return nil
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes.contains(nil))
        #expect(codes.compactMap { $0 }.allSatisfy { $0 == "password.busy" })
        #expect(codes.contains("password.busy"))
    }
}
