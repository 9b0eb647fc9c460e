import CLibpq
import Dispatch
import Foundation
import Synchronization

/// Ends connections whose server has fallen silent. libpq waits for a response without a time limit, and a silent
/// server does not close the connection.
///
/// A connection is ended if it has waited for longer than `connect_timeout` and the server does not respond to a new
/// connection either, or if it has waited for the statement's limit and `connect_timeout` on top of it.
final class PostgresWatch: Sendable {
    private let address: PostgresAddress
    private let waits: [PostgresWait]
    private let stop = DispatchSemaphore(value: 0)

    init(_ address: PostgresAddress, _ waits: [PostgresWait]) {
        (self.address, self.waits) = (address, waits)
        let thread = Thread { [self] in work() }
        thread.name = "postgres-watch"
        thread.start()
    }

    func close() { stop.signal() }

    private func work() {
        while stop.wait(timeout: .now() + 0.5) == .timedOut { look() }
    }

    private func look() {
        let (now, timeout) = (ContinuousClock.now, Duration.seconds(address.seconds))
        for wait in waits { wait.end { began, limit in limit.map { now - began > $0 + timeout } ?? false } }
        guard waits.contains(where: { $0.began.map { now - $0 > timeout } ?? false }) else { return }
        guard PQping(address.text) == PQPING_NO_RESPONSE else { return }
        for wait in waits { wait.end { began, _ in now - began > timeout } }
    }
}

/// How long a connection has been waiting for its server.
final class PostgresWait: Sendable {
    private struct State {
        /// A second number of the connection's socket: no other file gets it while the watch may use it.
        var socket: Int32 = -1
        var began: ContinuousClock.Instant?
        var limit: Duration?
        var isEnded = false
    }

    private let state = Mutex(State())

    deinit { closed() }

    /// `nil` if it is not waiting.
    var began: ContinuousClock.Instant? { state.withLock { $0.began } }
    /// Whether the connection was ended because of its server's silence.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    func opened(_ socket: Int32) {
        state.withLock { $0 = State(socket: fcntl(socket, F_DUPFD_CLOEXEC, 0)) }
    }

    func closed() {
        state.withLock { state in
            if state.socket >= 0 { close(state.socket) }
            state.socket = -1
        }
    }

    /// Waits for a response in `call`; `limit`: the server's time limit for the statement.
    func during<T>(_ limit: Duration?, _ call: () throws -> T) rethrows -> T {
        state.withLock { ($0.began, $0.limit) = (ContinuousClock.now, limit) }
        defer { state.withLock { $0.began = nil } }
        return try call()
    }

    /// Ends the connection if it is waiting and has waited for too long. The call returns with an error then.
    func end(_ isTooLong: (_ began: ContinuousClock.Instant, _ limit: Duration?) -> Bool) {
        state.withLock { state in
            guard let began = state.began, !state.isEnded, isTooLong(began, state.limit) else { return }
            state.isEnded = true
            shutdown(state.socket, Int32(SHUT_RDWR))
        }
    }
}
