import App
import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Registry
import Signing
import Synchronization
import Testbed
import Testing
import Web

@testable import People

/// A clock that was set back must not make new data appear older than existing data.
@Suite("Attack: a clock that is set back or ahead")
struct ClockTests {
    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let failure as Failure { return failure.code } catch { return "\(error)" }
        return nil
    }

    private func opened(_ folder: URL, _ clock: TestClock) async throws -> Installation {
        try await Installation.open(folder: folder.path, database: nil, system: clock.system)
    }

    private func write(_ installation: Installation) async throws {
        _ = try await installation.database.write { try NumberStore($0).take(of: "test") }
    }

    @Test func aKeyIsNotRetiredBeforeItsCreation() async throws {
        try await withFolder { folder in
            let (path, clock) = (folder.path + "/keys.json", TestClock())
            _ = try KeyFile.create(at: path, system: clock.system)
            clock.pass(minutes: -3 * 1440)
            #expect(await code { _ = try KeyFile.renew(at: path, system: clock.system) } == "keys.clock")
            #expect(try KeyFile.load(path).publicKeys.count == 1)
            let keys = try KeyFile.renew(at: path, system: clock.system, acceptingClock: true).publicKeys
            #expect(keys[0].retired == keys[0].created && keys[1].created < keys[0].created)
            #expect(keys.allSatisfy { $0.created <= $0.retired ?? .last })
            // Also before the day on which the previous key was retired.
            clock.pass(minutes: 2 * 1440)
            #expect(await code { _ = try KeyFile.renew(at: path, system: clock.system) } == "keys.clock")
        }
    }

    @Test(arguments: Engine.allCases) func writesWithAnEarlierClockAreRefused(_ engine: Engine) async throws {
        try await withDatabaseURL(engine) { url in
            try await withFolder { folder in
                let clock = TestClock()
                func open() async throws -> Installation {
                    try await Installation.open(folder: folder.path, database: url, system: clock.system)
                }
                var installation = try await open()
                try await write(installation)
                clock.pass(minutes: 30)
                try await write(installation)
                clock.pass(minutes: -4)
                try await write(installation)
                clock.pass(minutes: -4)
                #expect(await code { try await write(installation) } == "clock.behind")
                #expect(await code { _ = try installation.rotateKeys() } == "clock.behind")
                #expect(
                    await code { try await serve(installation, SiteConfiguration(port: 0)) { _ in } } == "clock.behind")
                // Also after a restart.
                installation.close()
                installation = try await open()
                #expect(await code { try await write(installation) } == "clock.behind")
                clock.pass(minutes: 5)
                try await write(installation)
                installation.close()
            }
        }
    }

    /// Reading a page with a session, and the API with a token; the token's use is recorded when writing is possible
    /// again.
    @Test(arguments: Engine.allCases) func readingContinuesWithAnEarlierClock(_ engine: Engine) async throws {
        try await withDatabaseURL(engine) { url in
            try await withFolder { folder in
                let clock = TestClock()
                let installation = try await Installation.open(
                    folder: folder.path, database: url, system: clock.system)
                defer { installation.close() }
                let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
                _ = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil), isDemo: true)
                let session = try await accounts.signIn("bureau", Accounts.demoPassword, device: "").token
                let tokens = Tokens(installation.database, installation.people, allowsDemo: true)
                let token = try await tokens.make("a", for: "bureau", [.people], days: 1)
                clock.pass(minutes: 30)
                try await write(installation)
                clock.pass(minutes: -20)
                #expect(await code { try await write(installation) } == "clock.behind")
                try await buildApplication(installation, SiteConfiguration()).test(.router) { client in
                    let asked: [(String, HTTPFields)] = [
                        ("/", [.cookie: "session=\(session)"]), ("/account", [.cookie: "session=\(session)"]),
                        ("/api/v1/people", [.authorization: "Bearer \(token)"]),
                    ]
                    for (uri, headers) in asked {
                        let status = try await client.execute(uri: uri, method: .get, headers: headers) { $0.status }
                        #expect(status == .ok, "\(uri)")
                    }
                }
                func uses() async throws -> Int {
                    try await installation.database.read { transaction in
                        try transaction.first("SELECT count(*) FROM audit_record WHERE act = 'token.use'") {
                            try $0.int(0)
                        } ?? 0
                    }
                }
                #expect(try await tokens.tokenPrincipal(token) != nil)
                #expect(try await uses() == 0)
                clock.pass(minutes: 20)
                for _ in 1...2 { #expect(try await tokens.tokenPrincipal(token) != nil) }
                #expect(try await uses() == 1)
            }
        }
    }

    /// A clock that was ten years ahead and was corrected: writes are refused until an administrator accepts the time.
    @Test func anAdministratorCanAcceptACorrectedClock() async throws {
        try await withFolder { folder in
            let clock = TestClock()
            var installation = try await opened(folder, clock)
            clock.pass(minutes: 10 * 525_600)
            try await write(installation)
            clock.pass(minutes: -10 * 525_600)
            var sentence = ""
            do { try await write(installation) } catch { sentence = (error as? Failure)?.words.chinese ?? "" }
            #expect(sentence.contains("2026-05-") && sentence.contains("2036-05-"), "\(sentence)")
            try await installation.clock.accept(installation.database)
            try await write(installation)
            installation.close()
            installation = try await opened(folder, clock)
            try await write(installation)
            installation.close()
        }
    }

    @Test func smallStepsBackAreAbsorbed() {
        let held = Held(1_000_000_000)
        let clock = MonotonicClock { held.time }
        #expect(clock.now() == 1_000_000_000)
        held.set(1_000_000_000 - MonotonicClock.tolerance)
        #expect(clock.now() == 1_000_000_000)
        held.set(1_000_000_001)
        #expect(clock.now() == 1_000_000_001)
        // A large step is passed on and then refused at writes.
        held.set(1_000_000_000 - MonotonicClock.tolerance)
        #expect(clock.now() == 1_000_000_000 - MonotonicClock.tolerance)
    }

    private final class Held: Sendable {
        private let value: Mutex<Int>
        init(_ time: Int) { value = Mutex(time) }
        var time: Int { value.withLock { $0 } }
        func set(_ time: Int) { value.withLock { $0 = time } }
    }
}
