import Foundation
import Kernel
import Processes
import Synchronization

/// Where a sheet is read: in this process, for the user of a command, or in a limited child process, for files of other
/// people. A hostile file can then affect only the child process.
package struct SheetReader: Sendable {
    fileprivate enum Place: Sendable {
        case here
        case child(String)
        case rows(@Sendable ((SheetRow) throws -> Void) throws -> Void)
    }

    private let place: Place

    package static let here = SheetReader(place: .here)

    /// `program` is the path of this program; the child process reads the file from its standard input.
    package static func child(_ program: String) -> SheetReader { SheetReader(place: .child(program)) }

    /// Rows from another source than a spreadsheet file; the path is then ignored.
    package static func rows(
        _ each: @escaping @Sendable ((SheetRow) throws -> Void) throws -> Void
    ) -> SheetReader { SheetReader(place: .rows(each)) }

    /// A list of a million people takes 140 MB and a tenth of the processor time; shared texts of cells are kept in
    /// memory.
    static let limits = ProcessLimits(memory: 1 << 30, processor: 300)

    func reading() -> Reading { Reading(place) }

    /// One reading of a sheet.
    final class Reading: Sendable {
        private let place: Place
        private let process = Mutex<(task: Task<Void, any Error>?, isStopped: Bool)>((nil, false))

        fileprivate init(_ place: Place) { self.place = place }

        /// Runs on the caller's thread. Failures: `sheet.…`. An error thrown by `row` ends the reading and is passed
        /// on.
        func read(_ path: String, _ row: (SheetRow) throws -> Void) throws {
            switch place {
            case .here: try readSheet(path, row)
            case .rows(let each): try each(row)
            case .child(let program): try read(path, by: program, row)
            }
        }

        private func read(_ path: String, by program: String, _ row: (SheetRow) throws -> Void) throws {
            guard let file = OpenFile(reading: path) else {
                throw Failure.sheetUnreadable(path, String(cString: strerror(errno)))
            }
            defer { stop() }
            let pipe = try Pipe()
            let isBegun = process.withLock { process in
                guard !process.isStopped else { return false }
                process.task = Task {
                    try await LimitedProcess(program, ["read-sheet"], SheetReader.limits).run(
                        file, into: pipe.handOver())
                }
                return true
            }
            guard isBegun else { throw CancellationError() }
            try SheetStream.decode(pipe.read, row)
        }

        /// Ends the child process.
        func stop() {
            process.withLock { process in
                process.isStopped = true
                process.task?.cancel()
            }
        }
    }

    /// A pipe whose writing end is passed to the child process.
    private final class Pipe: Sendable {
        private let (reader, writer): (Int32, Int32)
        private let isGiven = Mutex(false)

        init() throws(Failure) {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw .noScratch }
            (reader, writer) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        deinit {
            close(reader)
            if !isGiven.withLock({ $0 }) { close(writer) }
        }

        func handOver() -> Int32 {
            isGiven.withLock { $0 = true }
            return writer
        }

        /// Waits for bytes; returns 0 at the end.
        func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
            while true {
                let count = Foundation.read(reader, buffer.baseAddress, buffer.count)
                if count >= 0 || errno != EINTR { return max(0, count) }
            }
        }
    }
}
