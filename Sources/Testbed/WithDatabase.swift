import Database
import Foundation
import Kernel

/// Provides a fresh database of an engine with these migrations, and removes it.
///
/// The PostgreSQL server is a temporary one that `bin/test` starts and names in `XUESHI_TEST_POSTGRES`. Without it the
/// test fails instead of being skipped.
package func withDatabase<T: Sendable>(
    _ engine: Engine, _ migrations: [Migration] = [], _ body: (Database) async throws -> T
) async throws -> T {
    try await withDatabaseURL(engine) { url in
        let database = try Database.open(DatabaseURL(url))
        defer { database.close() }
        try await database.migrate(migrations)
        return try await body(database)
    }
}

/// Provides the address of a fresh, empty database in the format of `--database`, and removes it.
package func withDatabaseURL<T: Sendable>(_ engine: Engine, _ body: (String) async throws -> T) async throws -> T {
    switch engine {
    case .sqlite:
        return try await withFolder { try await body("sqlite:" + $0.appending(path: "test.db").path) }
    case .postgres:
        let server = try PostgresServer.ofTests()
        await AsyncSemaphore.postgres.enter()
        defer { AsyncSemaphore.postgres.leave() }
        let name = "test_" + String(UInt64.random(in: 1...UInt64.max), radix: 36)
        try server.create(name)
        defer { server.drop(name) }
        return try await body(server.url(of: name))
    }
}

/// Provides an empty folder and removes it.
package func withFolder<T: Sendable>(_ body: (URL) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "xueshi-" + String(UInt64.random(in: 1...UInt64.max), radix: 36))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Limits how many run at once, because a server has a limited number of connections.
private actor AsyncSemaphore {
    static let postgres = AsyncSemaphore(6)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ free: Int) { self.free = free }

    func enter() async {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    }

    nonisolated func leave() { Task { await passOn() } }

    private func passOn() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// The temporary server of the tests.
package struct PostgresServer: Sendable {
    /// `postgres:///xueshi?host=…&user=…`
    let base: String

    package static func ofTests() throws -> PostgresServer {
        guard let base = ProcessInfo.processInfo.environment["XUESHI_TEST_POSTGRES"], !base.isEmpty else {
            throw Failure(
                .unavailable, "tests.postgres", "请用 bin/test 运行：它会启动测试用的 PostgreSQL。",
                en: "Run the tests with bin/test: it starts the PostgreSQL that they need.")
        }
        return PostgresServer(base: base)
    }

    package func url(of name: String) -> String { base.replacing("///xueshi?", with: "///\(name)?") }

    /// Text sorts by bytes, as in SQLite, and Chinese characters count as letters.
    func create(_ name: String) throws {
        try run([
            "createdb", "--maintenance-db", base, "--template", "template0", "--encoding", "UTF8",
            "--lc-collate", "C", "--lc-ctype", "C.UTF-8", name,
        ])
    }

    func drop(_ name: String) { try? run(["dropdb", "--maintenance-db", base, "--force", "--if-exists", name]) }

    private func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw Failure(
                .unavailable, "tests.postgres-tool", "\(words[0]) 未能完成（\(process.terminationStatus)）。",
                en: "\(words[0]) failed with \(process.terminationStatus).")
        }
    }
}
