import Dispatch
import Foundation
import Kernel

/// Many persistent connections on one thread. Requests are prepared bytes and responses are recognised by length, so
/// the client costs little compared with the server that it measures.
final class LoadClient {
    private var connections: [Connection] = []
    private var polls: [pollfd] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    /// The length of the last response body, in bytes.
    private(set) var size = 0
    /// How long a poll waits for a response, in milliseconds.
    private let wait: Int32

    private struct Connection {
        let socket: Int32
        var reading = ResponseReader()
        /// The time at which its request was due, in nanoseconds; `nil` if it has none.
        var due: UInt64?
    }

    /// With `isAwake` the client never sleeps, so the server spends no time waking it; use it if the client has its own
    /// processor. Failure: `bench.server`.
    init(port: UInt16, clients: Int, isAwake: Bool) throws {
        wait = isAwake ? 0 : 100
        for _ in 0..<clients {
            let socket = try Self.connected(port)
            connections.append(Connection(socket: socket))
            polls.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
        }
    }

    deinit { for connection in connections { close(connection.socket) } }

    static func connected(_ port: UInt16) throws -> Int32 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var yes: Int32 = 1
        setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard made >= 0, result == 0 else { throw Failure.benchServer("127.0.0.1:\(port)") }
        return made
    }

    static func request(_ path: String, cookie: String? = nil) -> [UInt8] {
        let cookie = cookie.map { "Cookie: \($0)\r\n" } ?? ""
        return Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\(cookie)\r\n".utf8)
    }

    /// Sends one request; returns the response body.
    func fetch(_ request: [UInt8]) throws -> String {
        try send(request, on: 0, due: 0)
        var body: [UInt8] = []
        while connections[0].due != nil { try receive(0) { body += $0 } }
        return String(decoding: body, as: UTF8.self)
    }
}

// MARK: - Load

extension LoadClient {
    /// Every connection sends the next request as soon as it has its response; returns the number of responses.
    func closed(_ requests: [[UInt8]], seconds: Double) throws -> Int {
        let end = Self.now + UInt64(seconds * 1e9)
        var (next, responses) = (0, 0)
        for index in connections.indices {
            try send(requests[next % requests.count], on: index, due: 0)
            next += 1
        }
        while Self.now < end {
            try eachResponse(wait: wait) { index, _ in
                responses += 1
                try send(requests[next % requests.count], on: index, due: 0)
                next += 1
            }
        }
        while connections.contains(where: { $0.due != nil }) { try eachResponse(wait: wait) { _, _ in } }
        return responses
    }

    /// Requests are sent at random at this rate, independent of responses. Returns the time of each from when it was
    /// due, in nanoseconds. A request that finds no free connection waits, and its wait counts.
    func open(_ requests: [[UInt8]], perSecond: Double, seconds: Double) throws -> [UInt64] {
        var chance = SplitMix(state: 1)
        let start = Self.now
        let end = start + UInt64(seconds * 1e9)
        var (due, next) = (start, 0)
        var free = Array(connections.indices)
        var times: [UInt64] = []
        while due < end || free.count < connections.count {
            while due < end, due <= Self.now, let index = free.popLast() {
                try send(requests[next % requests.count], on: index, due: due)
                next += 1
                due += UInt64(-log(chance.unit()) / perSecond * 1e9)
            }
            let now = Self.now
            // During the last part of a millisecond it polls without waiting, because a poll cannot wait for less.
            let wait = due < end && !free.isEmpty ? (due > now ? Int32((due - now) / 1_000_000) : 0) : wait
            try eachResponse(wait: wait) { index, asked in
                times.append(Self.now - asked)
                free.append(index)
            }
        }
        return times
    }

    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    private func send(_ request: [UInt8], on index: Int, due: UInt64) throws {
        connections[index].due = due
        guard Foundation.send(connections[index].socket, request, request.count, 0) == request.count else {
            throw Failure.benchServer("send")
        }
    }

    private func eachResponse(wait: Int32, _ body: (Int, UInt64) throws -> Void) throws {
        guard poll(&polls, nfds_t(polls.count), wait) > 0 else { return }
        for index in polls.indices where polls[index].revents != 0 {
            let due = connections[index].due ?? 0
            try receive(index)
            if connections[index].due == nil { try body(index, due) }
        }
    }

    private func receive(_ index: Int, _ body: (Slice<UnsafeRawBufferPointer>) -> Void = { _ in }) throws {
        let count = recv(connections[index].socket, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failure.benchServer("recv") }
        let isWhole = try buffer.withUnsafeBytes { try connections[index].reading.take($0.prefix(count), body) }
        guard isWhole else { return }
        size = connections[index].reading.length
        connections[index].due = nil
    }
}

/// Finds the end of a response: the head ends with an empty line and states the length of the body.
struct ResponseReader {
    private var head: [UInt8] = []
    private var left: Int?
    /// The length of the last body.
    private(set) var length = 0

    init() {}

    /// Whether the response is complete. Failure: `bench.server` if its status is not 200.
    mutating func take(
        _ bytes: Slice<UnsafeRawBufferPointer>, _ body: (Slice<UnsafeRawBufferPointer>) -> Void
    ) throws -> Bool {
        var rest = bytes
        if left == nil {
            let before = head.count
            head.append(contentsOf: bytes)
            guard let end = Self.end(of: head) else { return false }
            guard head.count > 12, head[9..<12].elementsEqual("200".utf8), let length = Self.length(head[..<end]) else {
                throw Failure.benchServer(String(decoding: head.prefix(15), as: UTF8.self))
            }
            (self.length, left) = (length, length)
            rest = bytes.dropFirst(end - before)
            head.removeAll(keepingCapacity: true)
        }
        body(rest)
        left = (left ?? 0) - rest.count
        guard left == 0 else { return false }
        left = nil
        return true
    }

    private static func end(of head: [UInt8]) -> Int? {
        head.withUnsafeBytes { all in
            var at = 3
            while at < all.count {
                if all[at] == 10, all[at - 1] == 13, all[at - 2] == 10, all[at - 3] == 13 { return at + 1 }
                at += 1
            }
            return nil
        }
    }

    private static let name = Array("content-length:".utf8)

    private static func length(_ head: ArraySlice<UInt8>) -> Int? {
        var line = head.startIndex
        while let end = head[line...].firstIndex(of: 10) {
            let text = head[line..<end]
            if text.count > name.count, zip(text, name).allSatisfy({ $0 | 0x20 == $1 }) {
                return text.dropFirst(name.count).reduce(0) { 48...57 ~= $1 ? $0 * 10 + Int($1 - 48) : $0 }
            }
            line = end + 1
        }
        return nil
    }
}

/// Pseudo-random numbers that are the same in each run.
struct SplitMix {
    var state: UInt64

    /// Above 0, at most 1.
    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double((z >> 11) + 1) / Double(1 << 53)
    }
}
