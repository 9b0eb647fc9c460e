import Database
import Foundation
import Kernel
import Synchronization
import Testbed
import Testing

/// A PostgreSQL connection breaks before COMMIT, or between COMMIT and its response.
@Suite struct LostConnectionTests {
    static let schema = Migration(
        "sample-1", "CREATE TABLE sample (source TEXT NOT NULL PRIMARY KEY, amount INTEGER NOT NULL) STRICT")

    @Test func aKilledConnectionIsReopened() async throws {
        try await withDatabase(.postgres, [Self.schema]) { database in
            let runs = Atomic(0)
            try await database.write { transaction in
                try transaction.execute("INSERT INTO sample (source, amount) VALUES ('a', 1)")
                if runs.add(1, ordering: .relaxed).newValue == 1 {
                    _ = try transaction.rows("SELECT pg_terminate_backend(pg_backend_pid())") { _ in }
                }
            }
            #expect(runs.load(ordering: .relaxed) == 2)
            let held = try await database.read { try $0.first("SELECT count(*) FROM sample") { try $0.int(0) } }
            #expect(held == 1)
        }
    }

    /// The server drops all connections repeatedly under writers: every acknowledged write exists once.
    @Test func writesSurviveDroppedConnections() async throws {
        try await withDatabase(.postgres, [Self.schema]) { database in
            let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var count = 0
                        for turn in 0..<25 {
                            let source = "\(writer)-\(turn)"
                            _ = try await database.write(certain: look(source), insert(source))
                            count += 1
                            if writer == 0, turn % 5 == 0 {
                                try? await drop(database)
                            }
                        }
                        return count
                    }
                }
                var sum = 0
                for try await count in group { sum += count }
                return sum
            }
            let kept = try await database.read { try $0.first("SELECT count(*) FROM sample") { try $0.int(0) } }
            #expect(acknowledged == 200)
            #expect(kept == 200)
        }
    }

    @Test func aResponseLostAtCommitIsResolved() async throws {
        try await withDatabaseURL(.postgres) { url in
            let direct = try Database.open(DatabaseURL(url))
            defer { direct.close() }
            try await direct.migrate([Self.schema])
            try await withProxy(before: url) { proxy, proxied in
                let database = try Database.open(DatabaseURL(proxied), connections: 1)
                defer { database.close() }

                proxy.loseNextCommit(reaches: true)
                let failure = await #expect(throws: Failure.self) { try await database.write(insert("plain")) }
                #expect(failure?.code == "database.unknown-commit")

                proxy.loseNextCommit(reaches: true)
                #expect(try await database.write(certain: look("reached"), insert("reached")) == 5)

                proxy.loseNextCommit(reaches: false)
                #expect(try await database.write(certain: look("unreached"), insert("unreached")) == 5)
            }
            let kept = try await direct.read {
                try $0.rows("SELECT source FROM sample ORDER BY source") { try $0.text(0) }
            }
            #expect(kept == ["plain", "reached", "unreached"])
        }
    }

    /// A server that accepts connections and never responds, at the start and later under requests. Each request fails
    /// within `connect_timeout`, also queued ones, and all works when the server responds again.
    @Test func aSilentServerFailsRequestsInSeconds() async throws {
        try await withDatabaseURL(.postgres) { url in
            let direct = try Database.open(DatabaseURL(url))
            defer { direct.close() }
            try await withProxy(before: url) { proxy, proxied in
                let timed = proxied + "&connect_timeout=2"
                let database = try Database.open(DatabaseURL(timed), connections: 2)
                defer { database.close() }
                let one = { @Sendable in try await database.read { try $0.first("SELECT 1") { try $0.int(0) } } }
                #expect(try await one() == 1)

                proxy.isSilent.withLock { $0 = true }
                let opening = ContinuousClock.now
                let failure = #expect(throws: Failure.self) { try Database.open(DatabaseURL(timed)) }
                #expect(failure?.code == "database.unreachable" && opening.duration(to: .now) < .seconds(12))
                try await drop(direct)
                let asking = ContinuousClock.now
                let codes = await withTaskGroup(of: String?.self) { group in
                    for _ in 0..<20 { group.addTask { await failureCode { _ = try await one() } } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(codes == Array(repeating: "database.unreachable", count: 20))
                // One after the other they would take 20 s.
                #expect(asking.duration(to: .now) < .seconds(12))

                proxy.isSilent.withLock { $0 = false }
                #expect(try await one() == 1)
            }
        }
    }

    /// A server that falls silent during queries on open connections. With a limit of statements this is noticed even
    /// if it still responds to new connections.
    @Test(.timeLimit(.minutes(5)), arguments: [(Duration.seconds(2), false), (nil, true)])
    func aServerFallsSilentInTheMiddle(_ limit: Duration?, _ isDead: Bool) async throws {
        try await withDatabaseURL(.postgres) { url in
            try await withProxy(before: url) { proxy, proxied in
                let database = try Database.open(DatabaseURL(proxied + "&connect_timeout=2"), connections: 2)
                defer { database.close() }
                try await database.migrate([Self.schema])
                let one = { @Sendable in
                    try await StatementLimit.$current.withValue(limit) {
                        try await database.read { try $0.first("SELECT 1") { try $0.int(0) } }
                    }
                }
                #expect(try await [one(), one()] == [1, 1])
                proxy.fallSilent(atCommit: false, toNew: isDead)
                let codes = await withTaskGroup(of: String?.self) { group in
                    for _ in 0..<2 { group.addTask { await failureCode { _ = try await one() } } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(codes == Array(repeating: "database.unreachable", count: 2))
                proxy.respond()
                #expect(try await one() == 1)

                // A silence at COMMIT leaves it unknown whether the write was committed.
                proxy.fallSilent(atCommit: true, toNew: isDead)
                let code = await failureCode {
                    try await StatementLimit.$current.withValue(limit) { _ = try await database.write(insert("a")) }
                }
                #expect(code == "database.unknown-commit")
                proxy.respond()
                #expect(try await database.write(certain: look("a"), insert("a")) == 5)
            }
        }
    }

    /// A statement without a limit may take longer than `connect_timeout` if its server is there.
    @Test func aLongStatementIsNotSilence() async throws {
        try await withDatabaseURL(.postgres) { url in
            let database = try Database.open(DatabaseURL(url + "&connect_timeout=2"), connections: 1)
            defer { database.close() }
            let one = try await database.read { try $0.first("SELECT 1 FROM pg_sleep(3.2)") { try $0.int(0) } }
            #expect(one == 1)
        }
    }

    /// Ends all other connections to the database.
    private func drop(_ database: Database) async throws {
        _ = try await database.read { transaction in
            try transaction.rows(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            ) { _ in }.count
        }
    }

    private func failureCode(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Failure)?.code ?? "\(error)"
        }
    }

    private func insert(_ source: String) -> @Sendable (Transaction) throws -> Int {
        { transaction in
            try transaction.execute("INSERT INTO sample (source, amount) VALUES (\(source), 5)")
            return 5
        }
    }

    private func look(_ source: String) -> @Sendable (Transaction) throws -> Int? {
        { try $0.first("SELECT amount FROM sample WHERE source = \(source)") { try $0.int(0) } }
    }
}

/// Provides a proxy between program and server, and the address that leads through it.
private func withProxy(before url: String, _ body: (Proxy, String) async throws -> Void) async throws {
    try await withFolder { folder in
        let host = try #require(url.split(separator: "host=").last?.split(separator: "&").first).description
        let proxy = try Proxy(listen: folder.path + "/.s.PGSQL.5432", server: host + "/.s.PGSQL.5432")
        defer { proxy.stop() }
        try await body(proxy, url.replacing(host, with: folder.path))
    }
}

/// Passes bytes between two unix sockets, and can cut the connection at a COMMIT.
private final class Proxy: Sendable {
    private enum Plan { case pass, cutAfterCommit, cutBeforeCommit, silenceBeforeCommit(toNew: Bool) }
    private let plan = Mutex(Plan.pass)
    /// Whether new connections are accepted and never get a response.
    let isSilent = Mutex(false)
    /// Whether nothing passes on open connections.
    private let isMuted = Mutex(false)
    private let listener: Int32
    private let server: String

    init(listen path: String, server: String) throws {
        self.server = server
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = withAddress(path) { bind(listener, $0, $1) }
        try #require(bound == 0 && Glibc.listen(listener, 8) == 0)
        Thread { [self] in accept() }.start()
    }

    func loseNextCommit(reaches: Bool) { plan.withLock { $0 = reaches ? .cutAfterCommit : .cutBeforeCommit } }

    /// From now on, or from the next COMMIT on, open connections get no response; with `toNew` new ones neither.
    func fallSilent(atCommit: Bool, toNew: Bool) {
        if atCommit { return plan.withLock { $0 = .silenceBeforeCommit(toNew: toNew) } }
        isSilent.withLock { $0 = toNew }
        isMuted.withLock { $0 = true }
    }

    func respond() {
        isSilent.withLock { $0 = false }
        isMuted.withLock { $0 = false }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            if isSilent.withLock({ $0 }) {
                Thread { [self] in hold(client) }.start()
                continue
            }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            _ = withAddress(server) { connect(upstream, $0, $1) }
            Thread { [self] in pass(client, upstream) }.start()
        }
        close(listener)
    }

    /// Reads until the client closes the connection.
    private func hold(_ client: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while read(client, &buffer, buffer.count) > 0 {}
        close(client)
    }

    private func pass(_ client: Int32, _ upstream: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var polled = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
        ]
        var cutting = false
        while poll(&polled, 2, -1) > 0 {
            if polled[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { break }
                if isMuted.withLock({ $0 }) { continue }
                let isCommit = buffer[..<count].starts(with: Array("Q\0\0\0\u{b}COMMIT".utf8))
                let now =
                    isCommit
                    ? plan.withLock { plan in
                        defer { plan = .pass }; return plan
                    } : .pass
                if case .cutBeforeCommit = now { break }
                if case .silenceBeforeCommit(let toNew) = now {
                    fallSilent(atCommit: false, toNew: toNew)
                    continue
                }
                if case .cutAfterCommit = now { cutting = true } else { cutting = false }
                _ = write(upstream, buffer, count)
            }
            if polled[1].revents != 0 {
                let count = read(upstream, &buffer, buffer.count)
                guard count > 0, !cutting else { break }
                if isMuted.withLock({ $0 }) { continue }
                _ = write(client, buffer, count)
            }
        }
        close(client)
        close(upstream)
    }
}

private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
