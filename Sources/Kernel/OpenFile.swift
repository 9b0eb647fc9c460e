import Foundation

/// An open file, identified by its descriptor. A scratch file has no name, so the system deletes it when the process
/// ends in any way.
package final class OpenFile: Sendable {
    package let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A path under which this process can open the file again, from its beginning, while this object exists.
    package var path: String { "/proc/self/fd/\(descriptor)" }

    /// Opens a file for reading; `nil` if it cannot be opened or is not a regular file.
    package convenience init?(reading path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        self.init(descriptor: descriptor)
        if !isRegular { return nil }
    }

    /// An empty file without a name, accessible to its owner only. Failure: `file.scratch`.
    package static func scratch() throws(Failure) -> OpenFile {
        let name = NSTemporaryDirectory() + "/xueshi.\(SystemInputs.real.random(16).hexadecimal)"
        let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .noScratch }
        // Unlinked while empty, so no content was ever under a name.
        unlink(name)
        return OpenFile(descriptor: descriptor)
    }

    /// An unnamed file with these bytes. Failure: `file.scratch`.
    package static func scratch(_ bytes: some Collection<UInt8>) throws(Failure) -> OpenFile {
        let file = try scratch()
        try file.append(bytes)
        return file
    }

    package var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Writes at the end. Failure: `file.scratch`, for example if the disk is full.
    package func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        let isWritten =
            bytes.withContiguousStorageIfAvailable { write($0) } ?? Array(bytes).withUnsafeBufferPointer { write($0) }
        guard isWritten else { throw .noScratch }
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var (place, done) = (size, 0)
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(place))
            guard count > 0 else { return false }
            (place, done) = (place + count, done + count)
        }
        return true
    }

    /// At most `count` bytes from a position; empty at the end. Failure: `file.scratch`.
    package func read(_ count: Int, at place: Int) throws(Failure) -> [UInt8] {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized,
                    off_t(place + initialized))
                guard got > 0 else { break }
                initialized += got
            }
        }
        guard got >= 0 else { throw .noScratch }
        return bytes
    }

    /// The whole content. Failure: `file.scratch`.
    package func bytes() throws(Failure) -> [UInt8] { try read(size, at: 0) }
}

extension Failure {
    package static let noScratch = Failure(
        .unavailable, "file.scratch", "临时文件不能读写，可能磁盘已满。请稍后再试；后台任务会自动重试。",
        en: "Temporary files cannot be read or written; the disk may be full. Try again later; jobs are tried again.")
}
