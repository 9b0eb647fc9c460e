import Foundation
import Kernel

/// The key file on disk: readable by its owner only, and written atomically.
enum KeyDisk {
    private static let sizeLimit = 1 << 20

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw errno == ENOENT ? .keysMissing(path) : .keysUnreadable(path, reason(), en: reason())
        }
        defer { close(file) }
        try check(file, path)
        return try bytes(of: file, path)
    }

    private static func check(_ file: Int32, _ path: String) throws(Failure) {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .keysUnreadable(path, "它不是普通文件", en: "it is not a regular file")
        }
        let mode = status.st_mode & 0o7777
        guard mode & ~0o600 == 0 else { throw .keysMode(path, mode) }
        guard status.st_size <= sizeLimit else {
            throw .keysUnreadable(path, "它有 \(status.st_size) 字节，过大", en: "it is too large (\(status.st_size) bytes)")
        }
    }

    private static func bytes(of file: Int32, _ path: String) throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while all.count <= sizeLimit {
            let count = Foundation.read(file, &part, part.count)
            guard count >= 0 else { throw .keysUnreadable(path, reason(), en: reason()) }
            if count == 0 { break }
            all += part[..<count]
        }
        return all
    }

    /// Writes a new file.
    static func create(_ bytes: [UInt8], at path: String, _ system: SystemInputs) throws(Failure) {
        try write(bytes, at: path, system) { temporary throws(Failure) in
            // Unlike a rename, a hard link fails if the name is taken.
            guard link(temporary, path) == 0 else {
                throw errno == EEXIST ? .keysExist(path) : .keysUnwritable(path, reason())
            }
            unlink(temporary)
        }
    }

    /// Prevents concurrent renewals, since the second one would drop the keys that the first one added.
    static func alone<Made>(_ path: String, _ body: () throws(Failure) -> Made) throws(Failure) -> Made {
        try FileLock.alone(folder(of: path), body) { .keysUnwritable(path, reason()) }
    }

    /// Replaces the existing file.
    static func replace(_ bytes: [UInt8], at path: String, _ system: SystemInputs) throws(Failure) {
        try write(bytes, at: path, system) { temporary throws(Failure) in
            guard rename(temporary, path) == 0 else { throw .keysUnwritable(path, reason()) }
        }
    }

    private static func write(
        _ bytes: [UInt8], at path: String, _ system: SystemInputs, then place: (String) throws(Failure) -> Void
    ) throws(Failure) {
        // A random name: in a container the process number is always the same, so a crash would block the next attempt.
        let temporary = system.random(8).reduce(path + ".new-") { $0 + String($1, radix: 16) }
        let file = Foundation.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .keysUnwritable(path, reason()) }
        defer { unlink(temporary) }
        let isWritten = Foundation.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let why = reason()
        guard close(file) == 0, isWritten else { throw .keysUnwritable(path, why) }
        try place(temporary)
        try flushFolder(of: path)
    }

    /// Flushes the folder, which makes the new name durable.
    private static func flushFolder(of path: String) throws(Failure) {
        let folder = Foundation.open(folder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw .keysUnwritable(path, reason()) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .keysUnwritable(path, reason()) }
    }

    private static func folder(of path: String) -> String {
        (path as NSString).deletingLastPathComponent.nonEmpty ?? "."
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
