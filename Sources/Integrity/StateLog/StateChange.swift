import Database
import Kernel
import Synchronization

/// A change whose undoing could benefit somebody: a revocation, a role granted or revoked, a year settled or reopened.
///
/// Codes show that a row was not altered. Missing or older rows are detected by the chain of these changes, whose end
/// is also stored outside the database (``StateHead``).
package struct StateChange: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case revocation
        case role
        /// The access state of an account with an office.
        case access
        case year
        case policy
        case form
        /// The meaning of an older source name, given before sources had a type.
        case source
    }

    package let kind: Kind
    /// The certificate's number, the account with or without a role, the year, or the version.
    package let subject: String
    package let value: String

    package init(_ kind: Kind, _ subject: String, _ value: String) {
        (self.kind, self.subject, self.value) = (kind, subject, value)
    }
}

/// The current values of all subjects, as one transaction sees them.
package struct CurrentStates: Sendable {
    fileprivate struct Value {
        let number: Int
        let text: String
    }

    fileprivate struct Subject: Hashable {
        let kind: String
        let name: String
    }

    /// All values of each subject, in the order of the changes.
    fileprivate var values: [Subject: [Value]] = [:]
    /// The numbers of the changes of each kind.
    fileprivate var numbers: [String: [Int]] = [:]
    /// The code of each change.
    fileprivate var macs: [[UInt8]] = []
    /// The last change that the transaction sees; the log may know later ones.
    fileprivate var last = 0

    /// `nil` if the subject has no value.
    package func value(_ kind: StateChange.Kind, _ subject: String) -> String? {
        values[Subject(kind: kind.rawValue, name: subject)]?.last { $0.number <= last }?.text
    }

    /// The values of all subjects of a kind.
    package func all(_ kind: StateChange.Kind) -> [String: String] {
        values.reduce(into: [:]) { all, item in
            guard item.key.kind == kind.rawValue else { return }
            all[item.key.name] = item.value.last { $0.number <= last }?.text
        }
    }

    /// The number of changes of this kind.
    package func count(_ kind: StateChange.Kind) -> Int {
        let all = numbers[kind.rawValue] ?? []
        return (all.last ?? 0) <= last ? all.count : all.prefix { $0 <= last }.count
    }

    /// The code of the last change of this kind. It covers all changes before it, so equal codes mean equal changes.
    fileprivate func mark(_ kind: StateChange.Kind) -> [UInt8] {
        numbers[kind.rawValue]?.last { $0 <= last }.map { macs[$0 - 1] } ?? []
    }

    fileprivate mutating func add(_ change: LoggedChange) throws(Failure) {
        guard change.number == macs.count + 1, change.previous == macs.last ?? [] else {
            throw .statesBroken(change.number)
        }
        macs.append(change.mac)
        values[Subject(kind: change.kind, name: change.subject), default: []].append(
            Value(number: change.number, text: change.value))
        numbers[change.kind, default: []].append(change.number)
        last = change.number
    }
}

// MARK: - Reading

/// The changes so far. Each process reads and checks them once, then only the new ones.
package final class StateLog: Sendable {
    private struct Cached {
        var states = CurrentStates()
        /// When they were read. Transactions that begin later see all of them.
        var learned = ContinuousClock.now
        /// Whether they were compared with the head outside the database.
        var isCompared = false

        /// Fails if a transaction that began later sees fewer changes, because the database was replaced by an older
        /// one.
        func check(_ last: Int, _ transaction: Transaction) throws(Failure) {
            guard last >= states.macs.count || transaction.began <= learned else {
                throw .statesRolledBack(states.macs.count, last)
            }
        }
    }

    package let head: StateHead
    private let now: @Sendable () -> Int
    private let held = Mutex(Cached())
    /// Values made from the rows of a kind, by the code of its last change.
    private let caches = Dictionary(
        uniqueKeysWithValues: StateChange.Kind.allCases.map { ($0, ContentCache<[UInt8], any Sendable>(limit: 1)) })

    package init(_ head: StateHead, now: @escaping @Sendable () -> Int) { (self.head, self.now) = (head, now) }

    package static let tables = [StateChangeSchema.table]
    package static let migrations = StateChangeSchema.migrations
    /// The migration from which on changes are logged and their end is stored outside the database.
    package static let firstMigration = "state-change-1"

    /// Logs a change. The head is stored outside the database after the commit.
    package func record(_ change: StateChange, _ transaction: Transaction) throws {
        let (store, time) = (StateChangeStore(transaction), now())
        try held.withLock { $0 }.check(try store.last(), transaction)
        let end = try store.add(change, at: time)
        transaction.afterCommit("state head") { [head] in head.keep(number: end.number, mac: end.mac, at: time) }
    }

    /// The same for changes from before the log existed, in a migration.
    package static func record(_ change: StateChange, at time: Int, _ transaction: Transaction) throws {
        try StateChangeStore(transaction).add(change, at: time)
    }

    /// The current values in this transaction.
    ///
    /// Failures: `state.broken` if a change is missing or out of order; `state.rolled-back` if changes have
    /// disappeared; `state.head-missing`, `state.head` for the head outside the database.
    package func states(_ transaction: Transaction) throws -> CurrentStates {
        try transaction.once("states") { try read(transaction) }
    }

    private func read(_ transaction: Transaction) throws -> CurrentStates {
        let known = held.withLock { $0 }
        // Read before the changes, because another process may add some meanwhile and renew the head.
        let system = known.isCompared ? nil : try head.known()
        let store = StateChangeStore(transaction)
        let last = try store.last()
        try known.check(last, transaction)
        var states = known.states
        if known.isCompared, states.macs.count >= last {
            states.last = last
            return states
        }
        states.last = states.macs.count
        try store.each(after: states.macs.count) { try states.add($0) }
        if !known.isCompared { try head.compare(states.macs, system) }
        // The changes that a writer sees may be rolled back.
        if transaction.isReading { learn(states) }
        return states
    }

    /// A value that `read` makes from rows that change only together with a change of this kind. Each process caches it
    /// until the next such change.
    package func remembered<T: Sendable>(
        _ kind: StateChange.Kind, _ transaction: Transaction, _ read: (CurrentStates) throws -> T
    ) throws -> T {
        let states = try states(transaction)
        let known = try caches[kind]?.value(states.mark(kind), transaction) { try read(states) } as? T
        return try known ?? read(states)
    }

    private func learn(_ states: CurrentStates) {
        held.withLock { held in
            held.isCompared = true
            guard held.states.macs.count < states.macs.count else { return }
            (held.states, held.learned) = (states, .now)
        }
    }

    /// Stores the end of the changes outside the database if it is not there yet: at the start, and at intervals for
    /// changes by other processes.
    package func renewHead(_ database: Database) async throws {
        let end = try await database.read { transaction in
            _ = try self.states(transaction)
            return try StateChangeStore(transaction).end()
        }
        try head.renew(number: end.number, mac: end.mac, at: now())
    }

    /// Number and code of the last change.
    package func end(_ transaction: Transaction) throws -> (number: Int, mac: [UInt8]) {
        _ = try states(transaction)
        return try StateChangeStore(transaction).end()
    }

    /// Whether the change of this number has this code, so an earlier state is part of the history.
    package func continues(number: Int, mac: String, _ transaction: Transaction) throws -> Bool {
        let states = try states(transaction)
        return number == 0 || number <= states.last && states.macs[number - 1].hexadecimal == mac
    }

    /// Replaces the head outside the database by the current one, if it was lost or never existed.
    package func acceptHead(_ database: Database) async throws {
        try head.remove()
        let end = try await database.read { try StateChangeStore($0).end() }
        try head.renew(number: end.number, mac: end.mac, at: now())
    }
}

extension Failure {
    static func statesBroken(_ number: Int) -> Failure {
        Failure(
            .damaged, "state.broken", "作废、授权、结算等变更记录的第 \(number) 条缺失或次序不对，不能据此办理。请停止写入，从备份恢复。",
            en: "Change of state \(number) is missing or out of order. Stop writing, restore a backup.")
    }

    static func statesRolledBack(_ known: Int, _ found: Int) -> Failure {
        Failure(
            .damaged, "state.rolled-back", "数据库里的变更记录只有 \(found) 条，而此前已有 \(known) 条：数据库可能被换成了旧的。请停止写入并核对备份。",
            en: "The database has \(found) changes of state, but \(known) are known: it was replaced by an older one."
        )
    }
}
