import Foundation
import Synchronization
import Testbed
import Testing

/// Provides an address of a PostgreSQL database that leads through a proxy.
func withLossyURL(_ url: String, _ body: (LossyProxy, String) async throws -> Void) async throws {
    try await withFolder { folder in
        let host = try #require(url.split(separator: "host=").last?.split(separator: "&").first).description
        let proxy = try LossyProxy(listen: folder.path + "/.s.PGSQL.5432", server: host + "/.s.PGSQL.5432")
        defer { proxy.stop() }
        try await body(proxy, url.replacing(host, with: folder.path))
    }
}

/// Passes bytes between two unix sockets, and can cut a connection between a COMMIT and its response.
final class LossyProxy: Sendable {
    private let isLosing = Mutex(false)
    private let listener: Int32
    private let server: String

    init(listen path: String, server: String) throws {
        self.server = server
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = Self.withAddress(path) { bind(listener, $0, $1) }
        try #require(bound == 0 && Glibc.listen(listener, 8) == 0)
        Thread { [self] in accept() }.start()
    }

    /// The response to the next COMMIT is lost; the COMMIT itself is not.
    func loseNextResponse() { isLosing.withLock { $0 = true } }
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            _ = Self.withAddress(server) { connect(upstream, $0, $1) }
            Thread { [self] in pass(client, upstream) }.start()
        }
        close(listener)
    }

    private func pass(_ client: Int32, _ upstream: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var polled = [client, upstream].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var isCut = false
        while poll(&polled, 2, -1) > 0 {
            if polled[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { break }
                if buffer[..<count].starts(with: Array("Q\0\0\0\u{b}COMMIT".utf8)) {
                    isCut = isLosing.withLock { isLosing in
                        defer { isLosing = false }
                        return isLosing
                    }
                }
                _ = write(upstream, buffer, count)
            }
            if polled[1].revents != 0 {
                let count = read(upstream, &buffer, buffer.count)
                guard count > 0, !isCut else { break }
                _ = write(client, buffer, count)
            }
        }
        close(client)
        close(upstream)
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
