import GRDB
import Synchronization

/// Connections that read a few rows on the caller's own thread, one for each thread that does so at once.
///
/// A pool of GRDB would ask for the schema's version and prepare the snapshot's begin and end for every reading, which
/// costs as much as what is read.
final class SQLiteGlances: Sendable {
    private let path: String
    private let free = Mutex<[DatabaseQueue]>([])

    init(path: String) { self.path = path }

    func read<T>(_ body: (Transaction) throws -> T) throws -> T {
        let queue = try free.withLock { $0.popLast() } ?? open()
        defer { free.withLock { $0.append(queue) } }
        return try queue.unsafeRead { connection in
            let session = SQLiteSession(connection)
            try session.mark("BEGIN")
            defer { try? session.mark("COMMIT") }
            return try body(Transaction(session, isReading: true))
        }
    }

    /// Those that are in use end with their last reading.
    func close() { free.withLock { $0.removeAll() } }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
