import Foundation
import Kernel
import Signing
import Synchronization

/// A file that is being received or made, in memory that does not grow with it.
///
/// Where its object ends before it is staged, nothing of it is left.
package final class FileDraft: ByteSink {
    /// So many of its first bytes are known while it comes: enough to see what it is.
    private static let headSize = 512

    private struct State {
        var size = 0
        var head: [UInt8] = []
        var hash = SHA256Stream()
        /// What is not in the folder yet: more than a chunk is never held for long.
        var rest: [UInt8] = []
        var file: IncomingFile?
        var written = 0
    }

    private let kind: FileKind
    private let keys: KeyRing
    private let folder: FileFolder
    private let chunks: SealedChunks
    private let state = Mutex(State())
    /// The number of the folder that it was begun in.
    private let folderID: [UInt8]
    let account: Int?
    /// Ends with the draft: then its account may send another one.
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
    /// Its first bytes, at most 512.
    package var head: [UInt8] { state.withLock { $0.head } }

    /// Failures: `file.too-large`, `file.full`, `file.folder`.
    package func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        let bytes = Array(bytes)
        try state.withLock { (state) throws(Failure) in
            guard state.size + bytes.count <= kind.largest else { throw .fileTooLarge(kind.largest) }
            state.size += bytes.count
            if state.head.count < Self.headSize { state.head += bytes.prefix(Self.headSize - state.head.count) }
            state.hash.add(bytes)
            state.rest += bytes
            // One chunk stays: which is the last is known at the end.
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

    /// It is whole: what has more than one chunk is flushed and has its name in the folder.
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
            if !kind.isPublic { try file.write(try chunks.head(hash, size: state.size), at: 0) }
            try file.flush()
            let place = folder.newPlace(of: hash, isPublic: kind.isPublic)
            try folder.place(file, at: place)
            return StagedFile(hash, state.size, .folder(folder, folderID, place), account, kind)
        }
    }
}

/// A file that is whole and that no row names yet. Where its object ends before it is kept, it goes.
package final class StagedFile: Sendable {
    enum Content: Sendable {
        /// It is put into the database.
        case scratch(OpenFile)
        /// It is in the folder of this number.
        case folder(FileFolder, _ id: [UInt8], FilePlace)
    }

    private enum Fate {
        case unknown, offered, kept
    }

    package let hash: FileHash
    package let size: Int
    let content: Content
    /// Who sent it; `nil` where no person did.
    let account: Int?
    let kind: FileKind
    private let fate = Mutex(Fate.unknown)

    init(_ hash: FileHash, _ size: Int, _ content: Content, _ account: Int?, _ kind: FileKind) {
        (self.hash, self.size, self.content) = (hash, size, content)
        (self.account, self.kind) = (account, kind)
    }

    /// Where it lies in the folder; `nil` where it goes into the database.
    var place: FilePlace? { if case .folder(_, _, let place) = content { place } else { nil } }

    /// After this a row may name it, also where nobody is told so: only ``discard()`` and the sweep remove it.
    func offer() { fate.withLock { if $0 == .unknown { $0 = .offered } } }

    /// A row names it.
    func settle() { fate.withLock { $0 = .kept } }

    /// No row names it, for certain.
    func discard() {
        let isKept = fate.withLock { $0 == .kept }
        if !isKept, case .folder(let folder, _, let place) = content { folder.remove(place) }
    }

    deinit {
        let isUnknown = fate.withLock { $0 == .unknown }
        if isUnknown, case .folder(let folder, _, let place) = content { folder.remove(place) }
    }
}

/// How many files each account is sending to this node.
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

/// One of the files that an account may send at once.
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
