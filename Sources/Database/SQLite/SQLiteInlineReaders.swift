import GRDB
import Kernel
import Synchronization

/// Connections for reading a few rows on the caller's own thread, one for each concurrent caller.
///
/// GRDB's pool checks the schema version and prepares BEGIN and COMMIT for every read, which costs as much as the read.
final class SQLiteInlineReaders: Sendable {
    private let path: String
    /// The page cache of each connection in KiB; SQLite's default of two MiB is too small.
    private static let cache = 16_384
    /// The unused connections; `nil` once closed.
    private let free = Mutex<[DatabaseQueue]?>([])

    init(path: String) { self.path = path }

    func read<T>(_ body: (Transaction) throws -> T) throws -> T {
        let held = try free.withLock { free in
            guard free != nil else { throw Failure.closed() }
            return free?.popLast()
        }
        let queue = try held ?? open()
        defer { free.withLock { $0?.append(queue) } }
        return try queue.unsafeRead { connection in
            let session = SQLiteSession(connection, limit: StatementLimit.current)
            let began = ContinuousClock.now
            try session.mark("BEGIN")
            defer { try? session.mark("COMMIT") }
            return try body(Transaction(session, isReading: true, began: began))
        }
    }

    /// Connections in use end with their last read.
    func close() { free.withLock { $0 = nil } }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cache)") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
