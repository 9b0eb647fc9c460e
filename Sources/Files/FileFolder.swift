import Foundation
import Kernel
import Signing

/// The folder of large files, which several nodes may share.
///
///     xueshi-files           its number with a code of the installation
///     incoming/RANDOM        being received
///     sealed/ab/HASH-RANDOM  personal, in encrypted chunks
///     public/ab/HASH-RANDOM  public, in plain text
///
/// A file is written under `incoming` and flushed; then it is renamed, and the folder is flushed. So a file with its
/// final name is complete, even after a power failure.
package struct FileFolder: Sendable {
    let path: String
    private let keys: KeyRing
    private let system: SystemInputs

    package init(_ path: String, keys: KeyRing, system: SystemInputs) {
        (self.path, self.keys, self.system) = (path, keys, system)
    }

    // MARK: - Identity

    /// The folder's number, 16 bytes. `known`: the expected number. If the folder has none yet, it is made.
    ///
    /// Failures: `file.folder`; `file.other-folder`.
    func identity(known: [UInt8]? = nil) throws(Failure) -> [UInt8] {
        let found = try mark()
        guard known == nil || found == known else { throw .otherFolder(path) }
        if let found { return found }
        try make("")
        try flushFolder("..")
        let id = system.random(16)
        let draft = try create()
        try draft.write(Array("\(id.hexadecimal) \(code(id))\n".utf8), at: 0)
        try draft.flush()
        // If two nodes begin at once, the first one wins.
        guard link(draft.path, markPath) == 0 || errno == EEXIST else { throw .folder(draft.path) }
        try flushFolder("")
        guard let id = try mark() else { throw .folder(markPath) }
        return id
    }

    /// `nil` if the folder has none.
    func mark() throws(Failure) -> [UInt8]? {
        guard let file = OpenFile(reading: markPath) else {
            guard errno == ENOENT else { throw .folder(markPath) }
            return nil
        }
        let text = String(decoding: try file.read(200, at: 0), as: UTF8.self)
        let id = stride(from: 0, to: 32, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
        guard text == "\(id.hexadecimal) \(code(id))\n" else { throw .otherFolder(path) }
        return id
    }

    private var markPath: String { path + "/xueshi-files" }

    private func code(_ id: [UInt8]) -> String { keys.lookup(id.hexadecimal, context: "file-folder").hexadecimal }

    // MARK: - Writing

    /// An empty file under `incoming`. It is deleted with its object, unless it is placed.
    func create() throws(Failure) -> IncomingFile {
        try make("incoming")
        return try IncomingFile("\(path)/incoming/\(system.random(16).hexadecimal)")
    }

    /// Renames a complete, flushed file to its final name.
    func place(_ file: IncomingFile, at place: FilePlace) throws(Failure) {
        try make(place.isPublic ? "public" : "sealed")
        try make(place.folder)
        guard rename(file.path, full(place)) == 0 else { throw .folder(full(place)) }
        file.isPlaced = true
        do {
            // The parent folders too, since another process may have made them without flushing yet.
            for folder in [place.folder, place.isPublic ? "public" : "sealed", ""] { try flushFolder(folder) }
        } catch {
            remove(place)
            throw error
        }
    }

    func newPlace(of hash: FileHash, isPublic: Bool) -> FilePlace {
        FilePlace(hash: hash, random: system.random(8), isPublic: isPublic)
    }

    /// Makes a folder in this one if it does not exist.
    private func make(_ name: String) throws(Failure) {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .folder(folder) }
    }

    private func flushFolder(_ name: String) throws(Failure) {
        let folder = Foundation.open("\(path)/\(name)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .folder("\(path)/\(name)") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .folder("\(path)/\(name)") }
    }

    private func full(_ place: FilePlace) -> String { "\(path)/\(place.path)" }

    // MARK: - Reading and removing

    /// Failure: `file.missing`.
    func open(_ place: FilePlace) throws(Failure) -> OpenFile {
        guard let file = OpenFile(reading: full(place)) else { throw .fileMissing(full(place)) }
        return file
    }

    func has(_ place: FilePlace) -> Bool { access(full(place), F_OK) == 0 }

    /// Whether the file is gone; `false` if the folder fails.
    @discardableResult
    func remove(_ place: FilePlace) -> Bool { unlink(full(place)) == 0 || errno == ENOENT }

    func remove(incoming path: String) { unlink(path) }

    /// The files last written at least `seconds` ago by the folder's own clock.
    func old(seconds: Int) throws(Failure) -> (places: [FilePlace], incoming: [String]) {
        let probe = try create()
        try probe.write([0], at: 0)
        let limit = Self.written(probe.path) - seconds
        var places: [FilePlace] = []
        for kind in ["public", "sealed"] {
            for group in names(kind) {
                places += names("\(kind)/\(group)").compactMap { FilePlace(path: "\(kind)/\(group)/\($0)") }
            }
        }
        let incoming = names("incoming").map { "\(path)/incoming/\($0)" }
        return (
            places.filter { Self.written(full($0)) < limit }, incoming.filter { Self.written($0) < limit }
        )
    }

    private func names(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
    }

    /// In seconds since 1970; the maximum if the file is gone.
    private static func written(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mtim.tv_sec : .max
    }
}

/// A file that is being received. It is deleted with its object, unless it is placed.
final class IncomingFile: @unchecked Sendable {
    let path: String
    private let descriptor: Int32
    /// Set by the only holder.
    var isPlaced = false

    fileprivate init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .folder(path) }
    }

    deinit {
        close(descriptor)
        if !isPlaced { unlink(path) }
    }

    /// Failures: `file.full`, `file.folder`.
    func write(_ bytes: [UInt8], at start: Int) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(start + done))
            }
            guard count > 0 else { throw .folder(path) }
            done += count
        }
    }

    func flush() throws(Failure) { guard fsync(descriptor) == 0 else { throw .folder(path) } }
}

extension Failure {
    /// By `errno`: the disk is full, or the folder cannot be used.
    static func folder(_ path: String, _ reason: Int32 = errno) -> Failure {
        let detail = "\(path): \(String(cString: strerror(reason)))"
        guard ![ENOSPC, EDQUOT, EFBIG].contains(reason) else {
            return Failure(
                .unavailable, "file.full", "存放文件的磁盘已满，这个文件没有保存。请联系系统管理员腾出空间，再上传一次。",
                en: "The disk of the files is full and the file was not stored. Free some space and send it again.",
                detail: detail)
        }
        return Failure(
            .unavailable, "file.folder", "存放文件的目录不能使用，这次没有保存。请联系系统管理员检查目录，再试一次。",
            en: "The folder of the files cannot be used; nothing was stored. Check it and try again.", detail: detail)
    }

    static func otherFolder(_ path: String) -> Failure {
        Failure(
            .unavailable, "file.other-folder",
            "存放文件的目录不是本系统的：可能没有挂载，或 --files 指错了。没有保存，请联系系统管理员核对。",
            en: "The folder of the files does not belong to this installation: it is not mounted, or --files is wrong.",
            detail: path)
    }

    static func fileMissing(_ path: String) -> Failure {
        Failure(
            .unavailable, "file.missing", "这个文件现在读不到：存放文件的目录没有连上，或文件已丢失。请过一会再试，仍不行的请联系系统管理员。",
            en: "The file cannot be read: its folder is not mounted, or the file is lost. Try again later.",
            detail: path)
    }
}
