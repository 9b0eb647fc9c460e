import Foundation
import HTTPTypes
import Kernel
import Synchronization
import Testing

@testable import Web

/// Endpoints whose path names a protected object.
@Suite struct ObjectEndpointTests {
    private struct Boat: Sendable { let number: Int }
    private static let boat = Path<ID<Boat>>("/api/v1/boats/{}")
    private static let lines = Path<ID<Boat>>("/api/v1/boats/{}/lines")
    private static let cargo = #"{"title":"煤","hours":8}"#

    /// Boats 1 and 2, each of the account with its number. The owner of boat 1 can lose it.
    private final class Harbour: Sendable {
        let done = Mutex<[String]>([])
        let isLost = Mutex(false)

        private var access: ObjectAccess<ID<Boat>, Boat> {
            ObjectAccess(.role(.harbour)) { request, number in
                guard try request.accountNumber() == number.number, !self.isLost.withLock({ $0 }) else {
                    throw Failure.noPage
                }
                return Boat(number: number.number)
            }
        }

        private func did(_ words: String) -> WritingAPI.Receipt {
            done.withLock { done in
                done.append(words)
                return WritingAPI.Receipt(turn: done.count, done: words)
            }
        }

        var endpoints: [APIEndpoint] {
            typealias Course = WritingAPI.Course
            return [
                .write(.put, boat, access, names: ["boat"], "Loads it.", permission: "write") {
                    (_: WebRequest, boat: Boat, cargo: Course) in self.did("put \(boat.number) \(cargo.title)")
                },
                .delete(boat, access, names: ["boat"], "Sinks it.", permission: "write") {
                    (_: WebRequest, boat: Boat) in self.did("delete \(boat.number)")
                },
                .writeLines(lines, access, names: ["boat"], "Loads it.", permission: "write", limit: 10) {
                    (_: WebRequest, boat: Boat, cargo: NDJSONLines<Course>) in
                    self.did("lines \(boat.number) \(cargo.count)")
                },
                .getLines(lines, access, names: ["boat"], "Its cargo.", permission: "read") {
                    (_: WebRequest, boat: Boat) -> NDJSONStream<Course> in
                    self.done.withLock { $0.append("get \(boat.number)") }
                    let pages = Mutex([[Course("煤", boat.number)]])
                    return NDJSONStream(AsyncThrowingStream { pages.withLock { $0.popLast() } })
                },
            ]
        }
    }

    private static let requests: [(HTTPRequest.Method, String, String, String?)] = [
        (.put, "", cargo, "application/json"), (.delete, "", "", nil),
        (.post, "/lines", cargo + "\n" + cargo, "application/x-ndjson"), (.get, "/lines", "", nil),
    ]

    @Test func onlyTheOwnerGetsTheObject() async throws {
        let harbour = Harbour()
        try await WritingAPI(harbour.endpoints).run { client in
            for (method, place, body, type) in Self.requests {
                let send = { (boat: Int, token: String) in
                    try await client.send(
                        method, "/api/v1/boats/\(boat)" + place, body, key: "\(method)-\(boat)", token: token,
                        type: type)
                }
                #expect(try await send(2, "writer").status == 404, "\(method)")
                let guest = try await send(2, "guest")
                #expect(guest.status == 403 && guest.code == "web.forbidden", "\(method)")
                #expect(harbour.done.withLock { $0.isEmpty })
                #expect(try await send(1, "writer").status == 200, "\(method)")
                #expect(harbour.done.withLock { $0.count } == 1, "\(method)")
                harbour.done.withLock { $0 = [] }
            }
        }
    }

    /// A stored response is about the object, too.
    @Test func aStoredAnswerNeedsAccess() async throws {
        let harbour = Harbour()
        try await WritingAPI(harbour.endpoints).run { client in
            let send = { try await client.send(.put, "/api/v1/boats/1", Self.cargo) }
            let (first, second) = (try await send(), try await send())
            #expect(first.turn == 1 && second.isReplayed)
            harbour.isLost.withLock { $0 = true }
            let third = try await send()
            #expect(third.status == 404)
        }
    }

    private struct Odd: Codable, Sendable { let made: Date }

    /// A body or a response that cannot be described is found when the program starts.
    @Test func aTypeWithoutASchemaStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            _ = APIEndpoint.get(Path("/api/v1/odd"), "Odd.") { _ in Odd(made: .distantPast) }
        }
        await #expect(processExitsWith: .failure) {
            _ = APIEndpoint.write(.post, Path("/api/v1/odd"), "Odd.", permission: "write") {
                (_: WebRequest, _: Odd) in ""
            }
        }
    }
}
