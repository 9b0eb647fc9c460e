import Database
import Kernel
import Synchronization
import Web

extension AccountStore {
    /// Records an act of the current actor on an account.
    func record(_ act: AuditAct, on account: ID<Account>, _ detail: AuditDetail = [:]) throws {
        try AuditStore(transaction, people).record(act, .account(account), about: find(account)?.person, detail)
    }

    /// Records an act of the account's owner in a role, with the address of the request.
    func record(_ act: AuditAct, by account: Account, in role: AccountRole) throws {
        let owner = Actor.account(
            account.number.number, role: role.role, organisation: role.organisation?.number,
            from: people.actor.address)
        try AuditStore(transaction, people.acting(as: owner)).record(
            act, .account(account.number), about: account.person)
    }
}

extension AccountRole {
    /// The role in the format of a record's detail.
    var detail: AuditDetail { ["role": role.rawValue, "unit": organisation.map { "\($0)" } ?? ""] }

    /// Whether a record of granting is about this role.
    func isGranted(by record: AuditRecord) -> Bool { record.detail == detail.json }
}

/// Counts attempts with unknown logins. They are recorded once in ten minutes, so strangers cannot fill the audit log.
final class UnknownLoginAttempts: Sendable {
    private let held = Mutex((since: 0, count: 0))
    private static let window = 600_000

    /// The count since the last record, if a record is due now.
    func counted(at now: Int) -> Int? {
        held.withLock { held in
            held.count += 1
            guard now - held.since >= Self.window else { return nil }
            defer { held = (now, 0) }
            return held.count
        }
    }
}

extension Accounts {
    /// Records a wrong password in the account's chain, or counts an unknown login.
    ///
    /// Both cases write once, so that the response time does not reveal which accounts exist.
    func recordWrong(_ account: Account?, _ failure: Failure = .wrongLogin) async throws {
        let address = people.actor.address
        let count = account == nil ? tries.counted(at: people.system.now()) : nil
        try await database.write { transaction in
            if let account {
                let claimant = people.acting(as: .claimant(of: account.number, from: address))
                try AuditStore(transaction, claimant).record(
                    .signIn, .account(account.number), about: account.person, failure: failure.code)
            } else if let count {
                try AuditStore(transaction, people.acting(as: .stranger(from: ""))).record(
                    .signIn, failure: Failure.wrongLogin.code, ["times": "\(count)"])
            } else {
                try AuditStore(transaction, people).touch("strangers")
            }
        }
    }
}

extension Accounts {
    /// Records that a login was locked, as often as `count` allows.
    ///
    /// It writes for unknown logins too, so that the response time does not reveal which accounts exist.
    func recordLocked(_ login: String, _ count: RefusalCount) async throws {
        let lookup = people.loginHash(login)
        guard let times = count.counted(lookup.hexadecimal, at: people.system.now()) else { return }
        let address = people.actor.address
        try await database.write { transaction in
            guard let account = try store(transaction).find(lookup) else {
                return try AuditStore(transaction, people).touch("strangers")
            }
            let claimant = people.acting(as: .claimant(of: account.number, from: address))
            try AuditStore(transaction, claimant).record(
                .signIn, .account(account.number), about: account.person, failure: "account.locked",
                times > 1 ? ["times": "\(times)"] : [:])
        }
    }
}

/// The tokens that were used today: only the first use of a day is recorded.
final class UsedTokens: Sendable {
    private let held = Mutex<(day: Day, hashes: Set<[UInt8]>)>((.first, []))

    func isFirst(_ hash: [UInt8], on day: Day) -> Bool {
        held.withLock { held in
            if held.day != day { held = (day, []) }
            return held.hashes.insert(hash).inserted
        }
    }

    /// After a use that could not be recorded.
    func forget(_ hash: [UInt8]) { held.withLock { _ = $0.hashes.remove(hash) } }
}
