import Certificates
import Database
import Documents
import Files
import Foundation
import Integrity
import Jobs
import Kernel
import People
import Portal
import Registry
import Signing

/// An installation: its folder, its database, its keys, and the modules that use them.
package struct Installation: Sendable {
    package let folder: String
    package let database: Database
    package private(set) var people: People
    package private(set) var registry: Registry
    package private(set) var certificates: Certificates
    /// Where uploaded sheets are read.
    package var reader = SheetReader.here
    /// Refuses to write if the clock is behind the newest known time.
    package let clock: ClockGuard
    /// The number of migrations that ran on opening, and of all migrations.
    package let migrations: (applied: Int, all: Int)
    /// The features of this installation.
    package let features: [Feature]
    /// Uploaded files and files for download. Large files are in `files` in the data folder, or in a folder that
    /// several nodes share.
    package let files: Files
    private let due = DueCount()

    /// The migrations of the product's features.
    package static let schema = App.features.flatMap { $0.migrations(MigrationContext()) }

    /// The tables whose rows are authenticated.
    package var tables: [AuthenticatedTable] { features.flatMap(\.tables) }

    /// Opens an installation. If `creating` is set, missing folder, database and keys are created.
    ///
    /// `files`: the folder of the large files, if it is not `files` in the data folder.
    ///
    /// Failures: `data.none` if there is no installation; `data.unreadable`, `data.folder`; `database.…`; `keys.…`;
    /// `people.wrong-keys` if the key file is lost or belongs to another installation: a database that had keys gets no
    /// new ones.
    package static func open(
        folder: String, database url: String?, creating: Bool = true, rootMayBeLost: Bool = false,
        system: SystemInputs = .real, actor: Actor = .program("xueshi"), features: [Feature] = App.features,
        files: String? = nil
    ) async throws -> Installation {
        let hasKeys = try DataFolder.has(keyPath(folder))
        let hasData = try url != nil || DataFolder.has(folder + "/xueshi.db")
        guard creating || hasKeys || hasData else { throw Failure.noInstallation(folder) }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                .unavailable, "data.folder", "数据目录 \(folder) 不能建立。请检查路径和权限，或用 --data 另指目录。",
                en: "The data folder \(folder) cannot be created. Check path and rights, or use another --data.")
        }
        let database = try Database.open(DatabaseURL(url ?? "sqlite:\(folder)/xueshi.db"))
        do {
            try DataFolder.close(folder)
            let path = keyPath(folder)
            let isNew = try await !database.hasKeys() && !hasKeys
            guard creating || !isNew else { throw Failure.noInstallation(folder) }
            let keys = isNew ? try KeyFile.create(at: path, system: system) : try KeyFile.load(path)
            database.authenticate(with: keys)
            let done = try await database.migrationsDone()
            let steps = { context in features.flatMap { $0.migrations(context) } }
            let heads = try known(folder, keys, steps(MigrationContext()), done)
            let schema = steps(MigrationContext(heads: heads, keys: keys))
            // Continues an upgrade that was interrupted after its last step.
            if !done.contains(StateLog.firstMigration) {
                try StateHead(keys, folder: rootFolder(folder)).begin(at: system.now())
            }
            let applied = try await database.migrate(schema)
            let people = People(keys: keys, system: system, headFolder: rootFolder(folder), actor: actor)
            try await people.checkKeys(database)
            if rootMayBeLost, !people.states.head.exists {
                try await people.states.acceptHead(database)
            } else {
                try await people.states.renewHead(database)
            }
            try await database.keepNumbers(in: NumberHighWaterMarks(folder: rootFolder(folder)))
            let clock = try await ClockGuard(database, system)
            database.beforeWrites { [weak database] in if let database { try await clock.pass(database) } }
            let registry = Registry(database, people)
            return Installation(
                folder: folder, database: database, people: people, registry: registry,
                certificates: Certificates(database, registry), clock: clock, migrations: (applied, schema.count),
                features: features, files: Files(keys: keys, system: system, folder: files ?? folder + "/files"))
        } catch {
            database.close()
            throw error
        }
    }

    /// The chain heads kept outside of a ledger whose rows get MACs in this migration; no heads if that was done
    /// before, or is not due.
    ///
    /// MACs are computed once, by migrations that trust the rows they find. If a state head is kept outside, that was
    /// done already, so a database without these migrations was made to look like an old one.
    ///
    /// Failures: `data.emptied`, `data.downgraded`, `ledger.root`.
    private static func known(
        _ folder: String, _ keys: KeyRing, _ schema: [Migration], _ done: Set<String>
    ) throws -> ChainHeads {
        let (place, roots) = (rootFolder(folder), RootFolder(rootFolder(folder), keys))
        _ = try roots.root()
        guard !done.isEmpty else {
            if roots.hasRoot { throw Failure.emptied(folder) }
            return ChainHeads()
        }
        guard let lacking = schema.first(where: { $0.addsCodes && !done.contains($0.id) }) else { return ChainHeads() }
        if try StateHead(keys, folder: place).hasChanges { throw Failure.downgraded(lacking.id) }
        return try roots.read()?.heads ?? ChainHeads()
    }

    /// The same installation, on behalf of an actor.
    package func acting(as actor: Actor) -> Installation {
        var installation = self
        installation.people = people.acting(as: actor)
        installation.registry = registry.acting(as: actor)
        installation.certificates = certificates.acting(as: actor)
        return installation
    }

    /// The audit log.
    package var audit: AuditLog { AuditLog(database, people) }

    package func close() { database.close() }

    /// The services that features use.
    var services: Services {
        Services(
            registry, certificates, audit, files, outbox, reader: reader, due: due,
            state: { try await systemState() }
        ) { actor, year, progress in
            try await acting(as: actor).settle(year, progress: progress)
        }
    }

    /// Messages to other systems.
    var outbox: Outbox { Outbox(database, keys: people.keys, system: people.system) }

    /// The ways of all features to send them.
    var channels: [any OutboxChannel] {
        let services = services
        return features.flatMap { $0.channels(services) }
    }

    /// The queue of long work, with the job kinds of all features.
    package var jobs: Jobs {
        let services = services
        return Jobs(database, files, features.flatMap { $0.jobs(services) })
    }

    /// Passes recorded acts to the features that subscribe to them.
    var acts: ActFeed {
        let services = services
        return ActFeed(database, people, features.flatMap { $0.subscriptions(services) })
    }

    /// The status of a person's hours, as all features know it.
    package var creditStatuses: CreditStatuses {
        let services = services
        return CreditStatuses(features.map { $0.creditStatuses(services) })
    }

    private static func keyPath(_ folder: String) -> String { "\(folder)/keys.json" }

    /// Makes new keys for encryption and signing. Running programs use the keys that they loaded until they restart.
    ///
    /// Failures: `clock.behind`; `keys.clock` if a key has a later day than today, unless `acceptingClock` is set.
    package func rotateKeys(acceptingClock: Bool = false) throws -> KeyRing {
        try clock.check()
        return try KeyFile.renew(
            at: Self.keyPath(folder), system: people.system, acceptingClock: acceptingClock)
    }

    /// The folder of the ledger's signed root.
    package var rootFolder: String { Self.rootFolder(folder) }

    private static func rootFolder(_ folder: String) -> String { "\(folder)/ledger" }

    package var roots: RootFolder { RootFolder(rootFolder, people.keys) }

    /// Writes the signed root of all chains and tables outside the database.
    @discardableResult
    package func writeRoot() async throws -> SignedRoot {
        try await registry.writeRoot(to: rootFolder, over: tables + People.countedTables)
    }

    /// Verifies all chains and compares them with the signed root.
    ///
    /// Failure: `ledger.root-missing` if a year was settled and there is no root, because it was removed.
    package func auditLedger(rootMayBeLost: Bool = false) async throws -> (audit: LedgerVerification, root: SignedRoot?)
    {
        let root = try roots.read()
        let registry = registry
        if root == nil, !rootMayBeLost, try await database.read({ try registry.hasSettled($0) }) {
            throw Failure(
                .damaged, "ledger.root-missing",
                "账本签名根不见了（\(rootFolder)）。请从备份取回；无法取回的，见 ledger verify --renew-root。",
                en:
                    "The ledger's signed root is missing from \(rootFolder). Restore it, or see ledger verify --help."
            )
        }
        return (try await registry.audit(root?.heads ?? ChainHeads()), root?.root)
    }

    /// Settles a year over a verified ledger, and signs the chain heads before the year counts as settled.
    ///
    /// Failure: `ledger.broken`, because a signature must not cover alterations or removals.
    package func settle(
        _ year: Year, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> SettlementReport {
        let (audit, root) = try await auditLedger()
        let broken = audit.broken + (try await differences(from: root).count)
        guard broken == 0 else { throw Failure.ledgerBroken(broken) }
        return try await registry.settle(year, signRoot: { try await writeRoot() }, progress: progress)
    }

    /// Settles one person's year, over this person's chain only.
    package func settle(_ year: Year, only person: ID<Person>) async throws -> SettlementReport {
        try await registry.settle(year, only: person, roots.chains())
    }

    /// Reopens one person's year, over this person's chain only.
    package func reopen(_ year: Year, only person: ID<Person>, reason: String) async throws {
        try await registry.reopen(year, only: person, roots.chains(), reason: reason)
    }
}

extension Failure {
    fileprivate static func downgraded(_ step: String) -> Failure {
        Failure(
            .damaged, "data.downgraded", "数据库缺少升级步骤 \(step)，而数据目录里有它之后才有的签名链头：数据库可能被改成旧版的样子，没有打开。请从备份恢复。",
            en: "The database lacks the migration \(step), but a later signed head exists. Restore a backup.")
    }

    /// The folder has keys and a signed root, but the database is empty.
    fileprivate static func emptied(_ folder: String) -> Failure {
        Failure(
            .damaged, "data.emptied", "\(folder) 里有密钥和账本签名根，而数据库是空的：数据库可能被清空或换掉了。请从备份恢复；确要新建，请另用一个目录。",
            en:
                "\(folder) has keys and a signed root, but the database is empty. Restore the database."
        )
    }

    fileprivate static func noInstallation(_ folder: String) -> Failure {
        Failure(
            .notFound, "data.none", "\(folder) 里没有学时系统的数据。请核对 --data 或 XUESHI_DATA；新安装请先运行 xueshi migrate。",
            en: "There is no installation in \(folder). Check --data or XUESHI_DATA. To make one, run xueshi migrate.")
    }
}
