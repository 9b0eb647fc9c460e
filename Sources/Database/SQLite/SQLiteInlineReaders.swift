import GRDB
import Kernel
import Synchronization

/// Connections that read a few rows on the caller's own thread, one for each thread that does so at once.
///
/// A pool of GRDB would ask for the schema's version and prepare the snapshot's begin and end for every reading, which
/// costs as much as what is read.
final class SQLiteInlineReaders: Sendable {
    private let path: String
    /// The pages that each may keep, in KiB: the two MiB that SQLite takes by itself are read again and again.
    private static let cache = 16_384
    /// Those that nobody uses; `nil` once it is closed.
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

    /// Those that are in use end with their last reading.
    func close() { free.withLock { $0 = nil } }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cache)") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
