import Foundation
import Kernel
import Signing
import Synchronization

/// A file that is being received or made. Memory does not grow with its size.
///
/// If the object ends before the file is staged, the file is deleted.
package final class FileDraft: ByteSink {
    /// The number of first bytes kept for detecting the type.
    private static let headerSize = 512

    private struct State {
        var size = 0
        var header: [UInt8] = []
        var hash = SHA256Stream()
        /// Bytes not yet written to the folder, at most a chunk between calls.
        var rest: [UInt8] = []
        var file: IncomingFile?
        var written = 0
    }

    private let kind: FileKind
    private let keys: KeyRing
    private let folder: FileFolder
    private let chunks: SealedChunks
    private let state = Mutex(State())
    /// The number of the folder.
    private let folderID: [UInt8]
    let account: Int?
    /// The account may send another file when this ends.
    private let turn: UploadTurn?

    init(
        _ kind: FileKind, _ files: Files, _ folder: FileFolder, known: [UInt8]? = nil, of account: Int? = nil,
        turn: UploadTurn? = nil
    ) throws(Failure) {
        (self.kind, keys, self.folder, self.account, self.turn) = (kind, files.keys, folder, account, turn)
        chunks = SealedChunks(files.keys, system: files.system)
        folderID = try folder.identity(known: known)
    }

    package var size: Int { state.withLock { $0.size } }
    /// The first bytes, at most 512.
    package var header: [UInt8] { state.withLock { $0.header } }

    /// Failures: `file.too-large`, `file.full`, `file.folder`.
    package func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        let bytes = Array(bytes)
        try state.withLock { (state) throws(Failure) in
            guard state.size + bytes.count <= kind.largest else { throw .fileTooLarge(kind.largest) }
            state.size += bytes.count
            state.header += bytes.prefix(max(0, Self.headerSize - state.header.count))
            state.hash.add(bytes)
            state.rest += bytes
            // One chunk is kept back, because the last chunk is known only at the end.
            while state.rest.count > SealedChunks.size {
                try write(Array(state.rest.prefix(SealedChunks.size)), isLast: false, &state)
                state.rest.removeFirst(SealedChunks.size)
            }
        }
    }

    private func write(_ plain: [UInt8], isLast: Bool, _ state: inout State) throws(Failure) {
        if state.file == nil { state.file = try folder.create() }
        guard let file = state.file else { throw .noScratch }
        let index = state.written
        if kind.isPublic {
            try file.write(plain, at: index * SealedChunks.size)
        } else {
            try file.write(try chunks.seal(plain, index, isLast: isLast), at: SealedChunks.place(of: index))
        }
        state.written += 1
    }

    /// Completes the file. A file of more than one chunk is flushed and gets its name in the folder.
    ///
    /// Failures: `file.full`, `file.folder`, `file.scratch`.
    package func finish() throws(Failure) -> StagedFile {
        try state.withLock { (state) throws(Failure) in
            let hash = FileHash(kept: keys.lookup(state.hash.finish().hexadecimal, context: kind.context))
            guard state.file != nil else {
                return StagedFile(hash, state.size, .scratch(try .scratch(state.rest)), account, kind)
            }
            try write(state.rest, isLast: true, &state)
            guard let file = state.file else { throw .noScratch }
            if !kind.isPublic { try file.write(try chunks.header(hash, size: state.size), at: 0) }
            try file.flush()
            let place = folder.newPlace(of: hash, isPublic: kind.isPublic)
            try folder.place(file, at: place)
            return StagedFile(hash, state.size, .folder(folder, folderID, place), account, kind)
        }
    }
}

/// A complete file that no row refers to yet. If the object ends before it is kept, the file is deleted.
package final class StagedFile: Sendable {
    enum Content: Sendable {
        /// For the database.
        case scratch(OpenFile)
        /// In the folder with this number.
        case folder(FileFolder, _ id: [UInt8], FilePlace)
    }

    private enum Fate {
        case unknown, offered, kept
    }

    package let hash: FileHash
    package let size: Int
    let content: Content
    /// The sender; `nil` if it was not sent by an account.
    let account: Int?
    let kind: FileKind
    private let fate = Mutex(Fate.unknown)

    init(_ hash: FileHash, _ size: Int, _ content: Content, _ account: Int?, _ kind: FileKind) {
        (self.hash, self.size, self.content) = (hash, size, content)
        (self.account, self.kind) = (account, kind)
    }

    /// The place in the folder; `nil` if it goes into the database.
    var place: FilePlace? { if case .folder(_, _, let place) = content { place } else { nil } }

    /// From now on a row may refer to it, even if the commit is not reported. Only ``discard()`` and the sweep delete
    /// it.
    func offer() { fate.withLock { if $0 == .unknown { $0 = .offered } } }

    /// A row refers to it.
    func settle() { fate.withLock { $0 = .kept } }

    /// Certainly no row refers to it.
    func discard() {
        let isKept = fate.withLock { $0 == .kept }
        if !isKept, case .folder(let folder, _, let place) = content { folder.remove(place) }
    }

    deinit {
        let isUnknown = fate.withLock { $0 == .unknown }
        if isUnknown, case .folder(let folder, _, let place) = content { folder.remove(place) }
    }
}

/// Counts the files that each account is sending to this node.
final class UploadTurns: Sendable {
    fileprivate let open = Mutex<[Int: Int]>([:])

    /// Failure: `file.at-once`.
    func begin(_ account: Int, most: Int) throws(Failure) -> UploadTurn {
        let isFree = open.withLock { open in
            guard open[account, default: 0] < most else { return false }
            open[account, default: 0] += 1
            return true
        }
        guard isFree else { throw .tooManyAtOnce(most) }
        return UploadTurn(self, account)
    }
}

/// One of the files that an account is sending.
final class UploadTurn: Sendable {
    private let turns: UploadTurns
    private let account: Int

    fileprivate init(_ turns: UploadTurns, _ account: Int) { (self.turns, self.account) = (turns, account) }

    deinit {
        turns.open.withLock { open in
            open[account, default: 1] -= 1
            if open[account] == 0 { open[account] = nil }
        }
    }
}
