import Kernel
import Signing
import Synchronization
import Testing

@Suite("Attack: a flood of passwords does not block other clients")
struct PasswordQueueTests {
    /// A queue whose turns a test gives one by one, and the clients that had them.
    private final class Held: Sendable {
        let line: PasswordQueue
        let served = Mutex<[String]>([])
        private let refusals = Atomic(0)
        private let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
        private let holder = Mutex<Task<Void, any Error>?>(nil)

        init(_ limits: PasswordQueue.Limits = PasswordQueue.Limits()) async {
            line = PasswordQueue(width: 1, limits)
            await withCheckedContinuation { held in
                let task = Task { [self] in
                    try await line.turn(.account("gate")) { _ in
                        await withCheckedContinuation { gate in
                            self.gate.withLock { $0 = gate }
                            held.resume()
                        }
                    }
                }
                holder.withLock { $0 = task }
            }
        }

        /// Adds a waiting client; the task returns the code of the failure.
        func come(_ name: String, _ client: PasswordClient) async -> Task<String?, Never> {
            let (before, refused) = (line.waiting, refusals.load(ordering: .relaxed))
            let task = Task { [self] () -> String? in
                do {
                    try await line.turn(client) { _ in served.withLock { $0.append(name) } }
                    return nil
                } catch {
                    refusals.add(1, ordering: .relaxed)
                    return (error as? Failure)?.code
                }
            }
            while line.waiting == before, refusals.load(ordering: .relaxed) == refused { await Task.yield() }
            return task
        }

        func open() { gate.withLock { $0?.resume() } }
    }

    private func login(_ name: String) -> [UInt8] { Array(name.utf8) }

    @Test func addressesTakeTurnsInTheQueue() async {
        let held = await Held()
        var flood: [Task<String?, Never>] = []
        for turn in 0..<130 {
            flood.append(await held.come("flood", .stranger(from: "192.0.2.1", login: login("nobody \(turn)"))))
        }
        var others: [Task<String?, Never>] = []
        for turn in 0..<12 {
            others.append(
                await held.come("other", .stranger(from: "198.51.100.\(turn)", login: login("somebody \(turn)"))))
        }
        held.open()
        for other in others { #expect(await other.value == nil) }
        var codes: [String?] = []
        for task in flood { codes.append(await task.value) }
        #expect(codes.count { $0 == nil } == 20 && codes.count { $0 == "password.busy" } == 110)
        // One client of the flood gets a turn in each round.
        let order = held.served.withLock { $0 }
        #expect(order.prefix(13).count { $0 == "other" } == 12, "\(order)")
    }

    @Test func aFullQueueDropsFromTheLongestShare() async {
        let held = await Held(PasswordQueue.Limits(inLane: 10, inShare: 10, ofLogin: 8, ofLoginInShare: 2))
        var flood: [Task<String?, Never>] = []
        for turn in 0..<10 {
            flood.append(await held.come("flood", .stranger(from: "192.0.2.1", login: login("nobody \(turn)"))))
        }
        let other = await held.come("other", .stranger(from: "198.51.100.1", login: login("somebody")))
        #expect(await flood[9].value == "password.busy")
        held.open()
        #expect(await other.value == nil)
        #expect(held.served.withLock { $0.firstIndex(of: "other") ?? 99 } < 3)
    }

    @Test func aLoginHasFewPlacesInTheQueue() async {
        let held = await Held()
        var tries: [Task<String?, Never>] = []
        for turn in 0..<30 {
            tries.append(await held.come("x", .stranger(from: "192.0.2.\(turn / 3)", login: login("admin"))))
        }
        held.open()
        var codes: [String?] = []
        for task in tries { codes.append(await task.value) }
        #expect(codes.count { $0 == nil } == 8)
    }

    /// Known devices come first, but a stolen cookie does not block strangers.
    @Test func knownDevicesGoFirstWithoutBlockingOthers() async {
        let held = await Held()
        var all: [Task<String?, Never>] = []
        for turn in 0..<20 {
            all.append(await held.come("stranger", .stranger(from: "192.0.2.\(turn)", login: login("s\(turn)"))))
        }
        for turn in 0..<20 {
            all.append(await held.come("known", .device([1], login: login("k\(turn)"))))
        }
        all.append(await held.come("owner", .device([2], login: login("owner"))))
        held.open()
        for task in all { #expect(await task.value == nil) }
        let order = held.served.withLock { $0 }
        #expect(order.prefix(4).contains("owner"), "\(order)")
        #expect(order.prefix(24).count { $0 == "stranger" } == 6, "\(order)")
    }
}
