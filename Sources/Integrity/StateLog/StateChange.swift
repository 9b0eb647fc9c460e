import Database
import Kernel
import Synchronization

/// A change that somebody would gain by undoing: a revocation, a role given or taken, a year settled or opened again.
///
/// A code shows that a row was not changed. That a row is missing, or an older one stands in its place, is shown by the
/// order of these changes, whose end is also kept outside the database (``StateHead``).
package struct StateChange: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case revocation
        case role
        /// What lets somebody into an account with an office.
        case access
        case year
        case policy
        case form
        /// Whom a name of a source stands for that was given before sources had a type.
        case source
    }

    package let kind: Kind
    /// The certificate's number, the account with its role or alone, the year, the version.
    package let subject: String
    package let value: String

    package init(_ kind: Kind, _ subject: String, _ value: String) {
        (self.kind, self.subject, self.value) = (kind, subject, value)
    }
}

/// Where everything that changes stands, as one transaction sees it.
package struct CurrentStates: Sendable {
    fileprivate struct Value {
        let number: Int
        let text: String
    }

    fileprivate struct Subject: Hashable {
        let kind: String
        let name: String
    }

    /// All values that each subject had, in the order of the changes.
    fileprivate var values: [Subject: [Value]] = [:]
    /// The numbers of the changes of each kind.
    fileprivate var numbers: [String: [Int]] = [:]
    /// The code of each change.
    fileprivate var macs: [[UInt8]] = []
    /// What the transaction sees ends here: a reader may see less than is known already.
    fileprivate var last = 0

    /// `nil` where nothing was said of it.
    package func value(_ kind: StateChange.Kind, _ subject: String) -> String? {
        values[Subject(kind: kind.rawValue, name: subject)]?.last { $0.number <= last }?.text
    }

    /// What every subject of a kind has.
    package func all(_ kind: StateChange.Kind) -> [String: String] {
        values.reduce(into: [:]) { all, item in
            guard item.key.kind == kind.rawValue else { return }
            all[item.key.name] = item.value.last { $0.number <= last }?.text
        }
    }

    /// How many changes of this kind there were.
    package func count(_ kind: StateChange.Kind) -> Int {
        let all = numbers[kind.rawValue] ?? []
        return (all.last ?? 0) <= last ? all.count : all.prefix { $0 <= last }.count
    }

    /// The code of the last change of this kind: it covers all changes before, so equal codes mean equal changes.
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

/// The changes so far, read and checked once by each process and then only added to.
package final class StateLog: Sendable {
    private struct Cached {
        var states = CurrentStates()
        /// When that was read: whoever begins to read later sees as much.
        var learned = ContinuousClock.now
        /// Whether the head outside the database was compared.
        var isCompared = false

        /// A transaction that began before may see less; any later one sees all, or an older database was put in place.
        func check(_ last: Int, _ transaction: Transaction) throws(Failure) {
            guard last >= states.macs.count || transaction.began <= learned else {
                throw .statesRolledBack(states.macs.count, last)
            }
        }
    }

    package let head: StateHead
    private let now: @Sendable () -> Int
    private let held = Mutex(Cached())
    /// What was made of the rows of a kind, by the code of its last change.
    private let caches = Dictionary(
        uniqueKeysWithValues: StateChange.Kind.allCases.map { ($0, ContentCache<[UInt8], any Sendable>(limit: 1)) })

    package init(_ head: StateHead, now: @escaping @Sendable () -> Int) { (self.head, self.now) = (head, now) }

    package static let tables = [StateChangeSchema.table]
    package static let migrations = StateChangeSchema.migrations
    /// From this step on changes are kept, and their end outside the database.
    package static let firstMigration = "state-change-1"

    /// Records a change; its code is kept outside once it stands.
    package func record(_ change: StateChange, _ transaction: Transaction) throws {
        let (store, time) = (StateChangeStore(transaction), now())
        try held.withLock { $0 }.check(try store.last(), transaction)
        let end = try store.add(change, at: time)
        transaction.afterCommit("state head") { [head] in head.keep(number: end.number, mac: end.mac, at: time) }
    }

    /// The same for what happened before changes were kept: a migration.
    package static func record(_ change: StateChange, at time: Int, _ transaction: Transaction) throws {
        try StateChangeStore(transaction).add(change, at: time)
    }

    /// Where everything stands, in this transaction.
    ///
    /// Failures: `state.broken` where a change is missing or out of its order; `state.rolled-back` where there are
    /// fewer than were known; `state.head-missing`, `state.head` for the head outside.
    package func states(_ transaction: Transaction) throws -> CurrentStates {
        try transaction.once("states") { try read(transaction) }
    }

    private func read(_ transaction: Transaction) throws -> CurrentStates {
        let known = held.withLock { $0 }
        // Before the changes: another process may add some meanwhile, and renew the head.
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
        // What a writer sees may be taken back.
        if transaction.isReading { learn(states) }
        return states
    }

    /// What `read` makes of rows that change together with a change of this kind and never otherwise: read once by each
    /// process for as long as there is no such change.
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

    /// Writes the end of the changes outside the database, where it is not known there yet: at the start, and now and
    /// then for what others have changed.
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

    /// Whether the change of this number has this code: what was known then is still part of the history.
    package func continues(number: Int, mac: String, _ transaction: Transaction) throws -> Bool {
        let states = try states(transaction)
        return number == 0 || number <= states.last && states.macs[number - 1].hexadecimal == mac
    }

    /// Begins anew with the head of now: for who has lost the one outside, or had none yet.
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
            en: "The database knows \(found) changes of state where \(known) were known: an older one was put in place."
        )
    }
}
