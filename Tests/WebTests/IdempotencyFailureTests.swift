import Foundation
import Kernel
import Synchronization
import Testing

@testable import Web

/// Idempotency keys after work, or the store of responses, has failed.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyFailureTests {
    private static let course = #"{"title":"数据安全","hours":8}"#
    private static let other = #"{"title":"数据安全","hours":80}"#

    private struct Odd: Error {}

    /// Work that fails once with this error.
    private func api(failing error: any Error) -> WritingAPI {
        let error = Mutex<(any Error)?>(error)
        return WritingAPI { _ in
            let failing = error.withLock { error in
                defer { error = nil }
                return error
            }
            if let failing { throw failing }
        }
    }

    /// The work is committed when its response is stored, so the store's failures do not free the key.
    @Test func anAnswerIsStoredInSeveralTries() async throws {
        let api = WritingAPI()
        api.responses.failToFinish(times: 2)
        try await api.run { client in
            #expect(try await client.post(Self.course).turn == 1)
            let again = try await client.post(Self.course)
            #expect(again.turn == 1 && again.isReplayed)
            #expect(try await client.post(Self.other).code == "api.key-reused")
        }
    }

    @Test func anAnswerThatCannotBeStoredIsSent() async throws {
        let api = WritingAPI()
        api.responses.failToFinish(times: 100)
        try await api.run { client in
            #expect(try await client.post(Self.course).turn == 1)
            #expect(try await client.post(Self.other).code == "api.key-reused")
            api.responses.failToFinish(times: 0)
            let again = try await client.post(Self.course)
            #expect(again.turn == 2 && !again.isReplayed)
        }
    }

    /// A part is committed: the key takes only the same request, and takes it at once.
    @Test func partialWorkKeepsItsKey() async throws {
        let failure = Failure(.unavailable, "test.half", "只办了一半。", en: "Half of it was done.")
        for error in [PartialWork(failure), Odd()] as [any Error] {
            try await api(failing: error).run { client in
                let broken = try await client.post(Self.course)
                #expect(broken.code == (error is PartialWork ? "test.half" : "web.unforeseen"))
                #expect(try await client.post(Self.other).code == "api.key-reused")
                #expect(try await client.post(Self.course).turn == 1)
            }
        }
    }

    /// The client disconnects after the work and before its response is stored.
    @Test func aCancelledRequestStoresItsAnswer() async throws {
        let (held, hold) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let api = WritingAPI { _ in
            begin.finish()
            for await _ in held {}
        }
        try await api.run { client in
            let first = Task { try await client.post(Self.course) }
            for await _ in begun {}
            first.cancel()
            hold.finish()
            _ = try? await first.value
            let again = try await client.post(Self.course)
            #expect(again.turn == 1 && again.isReplayed)
        }
    }

    /// The work waits for three renewals of its lease.
    @Test func aLeaseIsRenewedDuringTheWork() async throws {
        let responses = MemoryResponses()
        let api = WritingAPI(responses: responses) { _ in
            var renewals = responses.renewals.makeAsyncIterator()
            for _ in 1...3 { await renewals.next() }
        }
        try await api.run { client in
            let response = try await client.post(Self.course)
            #expect(response.turn == 1)
        }
    }
}
