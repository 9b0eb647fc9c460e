import Database
import Kernel
import Signing

/// Uploads and files for download, stored once by content. All access to their bytes goes through this type.
///
/// Small files are in the database, encrypted in pieces, so that every node and every backup has them. Large files are
/// in a folder (``FileFolder``). A file is first staged, without a transaction, and then kept in the transaction of the
/// row that uses it. The access check of that row also covers the file.
package struct Files: Sendable {
    package let keys: KeyRing
    package let system: SystemInputs
    let folder: FileFolder?
    private let turns = UploadTurns()

    /// Without a folder, large files are refused.
    package init(keys: KeyRing, system: SystemInputs, folder: String? = nil) {
        (self.keys, self.system) = (keys, system)
        self.folder = folder.map { FileFolder($0, keys: keys, system: system) }
    }

    package static let migrations = FileSchema.migrations
    /// Files without references are deleted after this time, in milliseconds: 30 days.
    package static let life = 30 * 86_400_000
    private static let day = 86_400_000
    /// The bytes of a piece in the database before encryption; only the last one may be shorter.
    static let piece = 256 << 10

    /// A file that an account sends, within the limits of its kind.
    ///
    /// Failures: `file.at-once`, `file.day-used`; `file.folder`, `file.other-folder`.
    package func draft(_ kind: FileKind, of account: Int, _ database: Database) async throws -> FileDraft {
        let turn = try turns.begin(account, most: kind.atOnce)
        let known = try await database.read { transaction in
            try check(kind, account, 0, FileStore(transaction))
            return try FileStore(transaction).folder()
        }
        return try FileDraft(kind, self, try usableFolder(), known: known, of: account, turn: turn)
    }

    /// Failure: `file.day-used`.
    private func check(_ kind: FileKind, _ account: Int, _ size: Int, _ store: FileStore) throws {
        guard kind.perDay < .max else { return }
        let now = system.now()
        let sent = try store.sent(by: account, since: now - Self.day)
        let fits = { (sent: Int) in sent < kind.perDay && size <= kind.perDay - sent }
        guard !fits(sent) else { return }
        // The oldest uploads leave the 24 hours first.
        var left = sent
        let last = try store.uploads(of: account, since: now - Self.day).first { upload in
            left -= upload.size
            return fits(left)
        }
        throw Failure.dayIsUsed(kind.perDay, seconds: last.map { ($0.time + Self.day - now + 999) / 1000 })
    }

    private func usableFolder() throws(Failure) -> FileFolder {
        guard let folder else { throw .otherFolder("-") }
        return folder
    }

    /// Stages an existing file. Failures: `file.too-large`, `file.scratch`; those of ``draft(_:of:_:)``.
    package func stage(_ file: OpenFile, _ kind: FileKind = .list) throws -> StagedFile {
        let size = file.size
        guard size <= kind.largest else { throw Failure.fileTooLarge(kind.largest) }
        let pieces = stride(from: 0, to: size, by: Self.piece)
        guard kind.isInDatabase else {
            let draft = try FileDraft(kind, self, try usableFolder())
            for place in pieces { try draft.append(try file.read(min(Self.piece, size - place), at: place)) }
            return try draft.finish()
        }
        var stream = SHA256Stream()
        for place in pieces { stream.add(try file.read(min(Self.piece, size - place), at: place)) }
        // Keyed, so that short files cannot be guessed from the database.
        let hash = FileHash(kept: keys.lookup(stream.finish().hexadecimal, context: kind.context))
        return StagedFile(hash, size, .scratch(file), nil, kind)
    }

    /// A transaction that keeps these files. If it certainly fails, they are deleted at once.
    package func write<T: Sendable>(
        _ staged: [StagedFile], to database: Database, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        do {
            return try await database.write(body)
        } catch {
            if error as? Failure != .unknownCommit() { for file in staged { file.discard() } }
            throw error
        }
    }

    /// Keeps a file. Equal bytes are stored once and count as new. The caller adds a reference by
    /// ``FileReferenceStore``; without one the file is deleted after 30 days.
    ///
    /// Failures: `file.day-used`; `file.other-folder`, `file.swept`.
    @discardableResult
    package func keep(_ file: StagedFile, _ transaction: Transaction) throws -> FileHash {
        let (store, now) = (FileStore(transaction), system.now())
        if let account = file.account {
            try check(file.kind, account, file.size, store)
            try store.put(upload: file.size, by: account, at: now)
        }
        file.offer()
        let (known, action) = (try store.find(file.hash), "file \(file.place?.path ?? file.hash.bytes.hexadecimal)")
        if let known, known.place.map({ folder?.has($0) == true }) ?? true {
            try store.renew(known, at: now)
            let isOwn = known.place == file.place
            transaction.afterCommit(action) { isOwn ? file.settle() : file.discard() }
            return file.hash
        }
        let row = FileRow(hash: file.hash, size: file.size, place: try place(of: file, store))
        try known == nil ? store.put(row, at: now) : store.renew(row, at: now)
        if case .scratch(let content) = file.content { try put(content, row, store) }
        transaction.afterCommit(action) { file.settle() }
        return file.hash
    }

    private func put(_ content: OpenFile, _ row: FileRow, _ store: FileStore) throws {
        for (index, place) in stride(from: 0, to: row.size, by: Self.piece).enumerated() {
            let plain = try content.read(min(Self.piece, row.size - place), at: place)
            try store.put(index, of: row.hash, try keys.seal(plain, context: row.hash.context(row.size, index)))
        }
    }

    /// The file's place in this database's folder; `nil` if it goes into the database.
    private func place(of file: StagedFile, _ store: FileStore) throws -> FilePlace? {
        guard case .folder(let folder, let id, let place) = file.content else { return nil }
        if let known = try store.folder() {
            guard known == id else { throw Failure.otherFolder(folder.path) }
        } else {
            try store.keep(folder: id)
        }
        // A sweep first commits the mark and then removes the file, so one of both checks detects it.
        guard try !store.isDropped(place), folder.has(place) else { throw Failure.fileSwept }
        return place
    }

    /// Keeps the files of an older database under their keyed hashes. Returns the new hash of each.
    package func rekeyOlder(_ transaction: Transaction) throws -> [FileHash: FileHash] {
        let store = FileStore(transaction)
        return try store.olderHashes().reduce(into: [:]) { changed, old in
            guard let sealed = try store.olderSealed(old) else { return }
            let plain = try keys.open(sealed, context: "file/\(old.hexadecimal)")
            changed[FileHash(kept: old)] = try keep(try stage(.scratch(plain)), transaction)
        }
    }
}

extension Failure {
    package static let fileGone = Failure(
        .notFound, "file.gone", "这个文件已过保存期（30 天），已经删除。请重新办理一次。",
        en: "This file was stored for 30 days and then deleted. Create it again.")

    static let fileSwept = Failure(
        .conflict, "file.swept", "上传用的时间太长，收到的内容已被清理，没有保存。请重新上传。",
        en: "The upload took too long and the received part was deleted. Send it again.")
}
