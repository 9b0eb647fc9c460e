import Database
import Foundation
import Integrity
import Kernel
import Signing
import Synchronization
import Testbed
import Testing

@testable import People

/// Writers, readers and crashes in any order: each act is handled exactly once.
@Suite struct ActFeedRaceTests {
    private struct Refused: Error {}

    /// Random numbers of a seed, shared by all callers.
    private final class Draw: Sendable {
        private let numbers: Mutex<SeededNumbers>

        init(_ seed: UInt64) { numbers = Mutex(SeededNumbers(seed)) }

        func below(_ bound: Int) -> Int { numbers.withLock { Int.random(in: 0..<bound, using: &$0) } }
    }

    /// In each round some actors record acts on two nodes, some of them rolled back, while both nodes read. At times a
    /// handler fails. In the end each act was handled once, those of one actor in order.
    @Test(.timeLimit(.minutes(20)), arguments: Engine.allCases)
    func concurrentActsAreNeitherMissedNorRepeated(_ engine: Engine) async throws {
        try await ActFeedTests.withNodes(engine) { nodes in
            let draw = Draw(21)
            let isBroken = Mutex(true)
            let sink = ActFeedTests.sink { _, _ in
                if isBroken.withLock({ $0 }), draw.below(20) == 0 { throw Refused() }
            }
            let feeds = [nodes.feed(sink, on: 0), nodes.feed(sink, on: 1)]
            for _ in 0..<Mutator.count(100, long: 1000) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for feed in feeds { group.addTask { for _ in 0..<2 { _ = await feed.readOnce() } } }
                    for _ in 0..<3 {
                        let (account, node, count) = (draw.below(4), draw.below(2), draw.below(3))
                        group.addTask {
                            for _ in 0..<count {
                                try await nodes.record(account, dryRun: draw.below(4) == 0, on: node)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            isBroken.withLock { $0 = false }
            while try await feeds[0].unread() > 0 { _ = await feeds[0].readOnce() }
            let (heard, recorded) = (try await nodes.heard(), try await nodes.recorded())
            print("attack: acts=\(recorded.count) wrong=\(zip(heard.sorted(), recorded.sorted()).count { $0 != $1 })")
            #expect(heard.sorted() == recorded.sorted() && recorded.count > 50)
            for (chain, lines) in Dictionary(grouping: heard, by: { $0.split(separator: " ")[0] }) {
                let numbers = lines.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
                #expect(numbers == numbers.sorted(), "\(chain)")
            }
        }
    }
}

/// A node is killed (kill -9) while it records and reads acts; another one continues with the same database.
@Suite struct ActFeedKillTests {
    private static let place = "XUESHI_TEST_ACTS"

    /// The work of the killed process: only this test, in a separate process, until it is killed.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[place] != nil)) func recordsAndReads() async throws {
        let words = try required(ProcessInfo.processInfo.environment[Self.place]).split(separator: "|").map(String.init)
        let keys = try KeyFile.load(words[0])
        let database = try Database.open(DatabaseURL(words[1]))
        database.authenticate(with: keys)
        let people = People(keys: keys, system: .real)
        let nodes = ActFeedTests.Nodes(databases: [database], people: people)
        let feed = nodes.feed(ActFeedTests.sink())
        await withThrowingTaskGroup(of: Void.self) { group in
            for account in 0..<3 { group.addTask { while true { try await nodes.record(account) } } }
            group.addTask { while true { _ = await feed.readOnce() } }
        }
    }

    @Test(.timeLimit(.minutes(20)), arguments: Engine.allCases)
    func aKilledNodeLosesAndRepeatsNothing(_ engine: Engine) async throws {
        try await ActFeedTests.withNodes(engine) { nodes in
            for turn in 0..<Mutator.count(3, long: 20) {
                let before = try await nodes.recorded().count
                let child = try process(nodes)
                try child.run()
                // Killed at a different moment each time, after some work.
                while try await nodes.recorded().count < before + 20 + turn * 7 { try #require(child.isRunning) }
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
                let feed = nodes.feed(ActFeedTests.sink(), on: turn % 2)
                while try await feed.unread() > 0 { _ = await feed.readOnce() }
                #expect(try await nodes.heard().sorted() == nodes.recorded().sorted(), "kill \(turn)")
            }
        }
    }

    /// A process of this program that runs only the test above.
    private func process(_ nodes: ActFeedTests.Nodes) throws -> Process {
        let process = Process()
        process.executableURL = URL(
            filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.arguments = ["--testing-library", "swift-testing", "--filter", "ActFeedKillTests/recordsAndReads"]
        var environment = ProcessInfo.processInfo.environment
        environment[Self.place] = "\(nodes.keyPath)|\(nodes.url)"
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
