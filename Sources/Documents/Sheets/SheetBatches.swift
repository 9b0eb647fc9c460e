import Dispatch
import Foundation
import Synchronization

/// Rows of a sheet in batches. They are read on a separate thread that waits for the consumer, so memory does not grow
/// with the file.
package struct SheetBatches: AsyncSequence, Sendable {
    package typealias Element = [SheetRow]
    let path: String
    let size: Int
    let reader: SheetReader

    package init(_ path: String, size: Int, by reader: SheetReader = .here) {
        (self.path, self.size, self.reader) = (path, size, reader)
    }

    package func makeAsyncIterator() -> Iterator { Iterator(path, size, reader) }

    package final class Iterator: AsyncIteratorProtocol {
        private var pages: AsyncThrowingStream<[SheetRow], any Error>.Iterator
        private let room: BatchBuffer
        private let reading: SheetReader.Reading

        init(_ path: String, _ size: Int, _ reader: SheetReader) {
            let (room, reading) = (BatchBuffer(), reader.reading())
            let (stream, continuation) = AsyncThrowingStream<[SheetRow], any Error>.makeStream()
            (self.room, self.reading, pages) = (room, reading, stream.makeAsyncIterator())
            Thread { Self.read(path, size, reading, room, continuation) }.start()
        }

        deinit {
            room.leave()
            reading.stop()
        }

        /// Failure: `CancellationError` if the task was cancelled, because the rows so far are not the whole sheet.
        package func next() async throws -> [SheetRow]? {
            let page = try await pages.next()
            try Task.checkCancellation()
            room.free.signal()
            return page
        }

        /// The most bytes of a batch; a batch of long rows has fewer rows.
        private static let largest = 4 << 20

        private static func read(
            _ path: String, _ size: Int, _ reading: SheetReader.Reading, _ room: BatchBuffer,
            _ continuation: AsyncThrowingStream<[SheetRow], any Error>.Continuation
        ) {
            var (page, bytes): ([SheetRow], Int) = ([], 0)
            let hand = {
                room.free.wait()
                if room.isLeft { throw CancellationError() }
                continuation.yield(page)
                (page, bytes) = ([], 0)
            }
            do {
                try reading.read(path) { row in
                    page.append(row)
                    bytes += row.cells.reduce(0) { $0 + $1.text.utf8.count }
                    if page.count == size || bytes > largest { try hand() }
                }
                if !page.isEmpty { try hand() }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    /// A buffer of a few batches between the two threads.
    final class BatchBuffer: Sendable {
        /// Counted up from 0, because the program stops if a semaphore is released with a lower count than its first
        /// one.
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
