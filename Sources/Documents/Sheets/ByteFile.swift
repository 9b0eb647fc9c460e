import Foundation
import Kernel

/// Reads a file in pieces.
final class ByteFile {
    private let path: String
    private let file: Int32

    init(_ path: String) throws(Failure) {
        self.path = path
        file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .sheetUnreadable(path, String(cString: strerror(errno))) }
    }

    deinit { close(file) }

    /// At most `count` bytes; empty at the end.
    func next(_ count: Int) throws(Failure) -> [UInt8] {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            got = Foundation.read(file, buffer.baseAddress, count)
            initialized = max(got, 0)
        }
        guard got >= 0 else { throw .sheetUnreadable(path, String(cString: strerror(errno))) }
        return bytes
    }
}
