import Dispatch
import Foundation
import Synchronization

/// Rows of a sheet, some at a time, read on a thread of its own that waits while its reader is behind: memory does not
/// grow with the file.
package struct SheetPages: AsyncSequence, Sendable {
    package typealias Element = [SheetRow]
    let path: String
    let size: Int

    package init(_ path: String, size: Int) { (self.path, self.size) = (path, size) }

    package func makeAsyncIterator() -> Iterator { Iterator(path, size) }

    package final class Iterator: AsyncIteratorProtocol {
        private var pages: AsyncThrowingStream<[SheetRow], any Error>.Iterator
        private let room: Room

        init(_ path: String, _ size: Int) {
            let room = Room()
            let (stream, continuation) = AsyncThrowingStream<[SheetRow], any Error>.makeStream()
            (self.room, pages) = (room, stream.makeAsyncIterator())
            Thread { Self.read(path, size, room, continuation) }.start()
        }

        deinit { room.leave() }

        package func next() async throws -> [SheetRow]? {
            let page = try await pages.next()
            room.free.signal()
            return page
        }

        private static func read(
            _ path: String, _ size: Int, _ room: Room,
            _ continuation: AsyncThrowingStream<[SheetRow], any Error>.Continuation
        ) {
            var page: [SheetRow] = []
            let hand = {
                room.free.wait()
                if room.isLeft { throw CancellationError() }
                continuation.yield(page)
                page = []
            }
            do {
                try readSheet(path) { row in
                    page.append(row)
                    if page.count == size { try hand() }
                }
                if !page.isEmpty { try hand() }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    /// Room for a few pages between the two.
    final class Room: Sendable {
        /// Counted up from 0: a semaphore that goes with a lower count than it began with stops the program.
        let free = DispatchSemaphore(value: 0)
        private let left = Mutex(false)

        init() { for _ in 0..<3 { free.signal() } }

        var isLeft: Bool { left.withLock { $0 } }

        func leave() {
            left.withLock { $0 = true }
            for _ in 0..<3 { free.signal() }
        }
    }
}
