import Database
import Kernel
import Signing

/// Opens logins for many people at once, and hands out their one-time codes for a short time.
package struct LoginBatches: Sendable {
    private let database: Database
    private let people: People

    /// The most people in one call.
    package static let size = 200
    private static let shown = 50

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    package func acting(as actor: Actor) -> LoginBatches { LoginBatches(database, people.acting(as: actor)) }

    /// What an officer ordered.
    package struct Order: Sendable {
        /// The number of the job, which becomes the number of the batch.
        let number: Int
        let reason: String
        let isDryRun: Bool
        /// Read again in every transaction, since a role may be withdrawn meanwhile.
        let submitter: @Sendable (Transaction) throws -> Submitter

        package init(
            _ number: Int, reason: String, isDryRun: Bool,
            submitter: @escaping @Sendable (Transaction) throws -> Submitter
        ) {
            (self.number, self.reason, self.isDryRun, self.submitter) = (number, reason, isDryRun, submitter)
        }
    }

    /// What happened to one person, or would happen.
    package enum Outcome: Sendable, Hashable {
        case opened
        /// Had a code that expired or was revoked, and got another one.
        case renewed
        /// Has an account.
        case held
        /// Has a code that was not used yet.
        case waiting
        /// Came to the scope less than seven days ago.
        case tooNew
        case outside
    }

    /// Opens logins in one transaction; a dry run only says what would happen. A repeated call changes nothing. The
    /// result names each person by the number that represents merged ones.
    ///
    /// Failures: those of the order's submitter.
    package func open(_ persons: [ID<Person>], _ order: Order) async throws -> [(person: ID<Person>, Outcome)] {
        let people = people
        let work = { @Sendable (transaction: Transaction) in
            try BatchOpening(transaction, people, order).open(persons)
        }
        return try await order.isDryRun ? database.read(work) : database.write(work)
    }

    /// The newest batches of an office, each with the number of its unused codes.
    package func all(of submitter: Submitter) async throws -> [(batch: LoginBatch, unused: Int)] {
        try await database.read { transaction in
            let store = LoginBatchStore(transaction, people)
            return try store.all(of: submitter, limit: Self.shown).map { ($0, try store.unused(of: $0.number)) }
        }
    }

    /// A batch of an office, with the number of its unused codes. Failure: `account.no-batch`.
    package func find(_ number: Int, of submitter: Submitter) async throws -> (batch: LoginBatch, unused: Int) {
        try await database.read { transaction in
            let store = LoginBatchStore(transaction, people)
            return (try store.known(number, of: submitter), try store.unused(of: number))
        }
    }

    /// The codes of a batch for handing out, by unit, for people who are still in the scope. The first call begins the
    /// time after which they are deleted.
    ///
    /// Failures: `account.no-batch`, `account.codes-gone`, `account.no-role`.
    package func slips(
        of number: Int, for submitter: Submitter
    ) async throws -> (batch: LoginBatch, slips: [LoginSlip]) {
        try await database.write { transaction in
            try submitter.check(transaction, people)
            let (store, now) = (LoginBatchStore(transaction, people), people.system.now())
            var batch = try store.known(number, of: submitter)
            guard batch.isDownloadable(at: now) else { throw Failure.slipsGone }
            if batch.fetched == nil {
                batch.fetched = now
                try store.put(batch)
            }
            let slips = try store.slips(of: batch)
            guard !slips.isEmpty else { throw Failure.slipsGone }
            try AuditStore(transaction, people).record(.downloadFile, .job(number), ["codes": "\(slips.count)"])
            return (batch, slips)
        }
    }

    /// Revokes the unused codes of a batch. Returns their number; 0 if they were revoked before.
    ///
    /// Failures: `account.no-batch`, `account.no-role`.
    package func revoke(_ number: Int, by submitter: Submitter) async throws -> Int {
        try await database.write { transaction in
            try submitter.check(transaction, people)
            let store = LoginBatchStore(transaction, people)
            var batch = try store.known(number, of: submitter)
            guard batch.ended == nil else { return 0 }
            let unused = try store.unused(of: number)
            batch.ended = people.system.now()
            try store.put(batch)
            try store.dropSlips(of: number)
            try AuditStore(transaction, people).record(.revokeCodes, .job(number), ["codes": "\(unused)"])
            return unused
        }
    }

    /// Deletes the codes whose time for downloading is over.
    package func sweep() async throws {
        let now = people.system.now()
        guard try await database.read({ try !over(at: now, $0).isEmpty }) else { return }
        try await database.write { transaction in
            for batch in try over(at: now, transaction) {
                try LoginBatchStore(transaction, people).dropSlips(of: batch.number)
            }
        }
    }

    private func over(at now: Int, _ transaction: Transaction) throws -> [LoginBatch] {
        try LoginBatchStore(transaction, people).withSlips().filter { !$0.isDownloadable(at: now) }
    }
}

extension LoginBatchStore {
    /// Failure: `account.no-batch`.
    fileprivate func known(_ number: Int, of submitter: Submitter) throws -> LoginBatch {
        guard let batch = try find(number), batch.isOf(submitter) else { throw Failure.noBatch }
        return batch
    }

    fileprivate func slips(of batch: LoginBatch) throws -> [LoginSlip] {
        let (accounts, persons) = (AccountStore(transaction, people), PersonStore(transaction, people))
        let roster = RosterStore(transaction, today: people.system.today)
        let scope = WriteScope(transaction, people, batch.submitter)
        let slips = try codes(of: batch.number).compactMap { account, code -> LoginSlip? in
            guard let person = try accounts.find(account)?.person, try scope.holds(person),
                let found = try persons.find(person), let id = try persons.idNumber(of: person)
            else { return nil }
            let unit = try roster.places(of: persons.root(of: person), batch.scope).first?.unitName
            return LoginSlip(
                name: found.name, login: "\(id.kind.title) \(id.masked)", code: code, unit: unit ?? "")
        }
        return slips.enumerated().sorted { ($0.element.unit, $0.offset) < ($1.element.unit, $1.offset) }
            .map(\.element)
    }
}

/// One transaction of a batch.
private struct BatchOpening {
    private let transaction: Transaction
    private let people: People
    private let order: LoginBatches.Order
    private let submitter: Submitter
    private let resetter: PasswordResetter

    private var accounts: AccountStore { AccountStore(transaction, people) }
    private var batches: LoginBatchStore { LoginBatchStore(transaction, people) }
    private var persons: PersonStore { PersonStore(transaction, people) }

    init(_ transaction: Transaction, _ people: People, _ order: LoginBatches.Order) throws {
        (self.transaction, self.people, self.order) = (transaction, people, order)
        submitter = try order.submitter(transaction)
        try submitter.check(transaction, people)
        resetter = PasswordResetter(submitter, reason: order.reason)
    }

    func open(_ persons: [ID<Person>]) throws -> [(person: ID<Person>, LoginBatches.Outcome)] {
        var batch = try batches.find(order.number)
        let before = batch?.opened ?? 0
        let outcomes = try persons.map { person in
            let root = try self.persons.find(person).map { $0.alias ?? $0.number }
            return (root ?? person, try root.map { try open($0, &batch) } ?? .outside)
        }
        if let batch, batch.opened > before { try batches.put(batch) }
        return outcomes
    }

    private func open(_ person: ID<Person>, _ batch: inout LoginBatch?) throws -> LoginBatches.Outcome {
        let refusal = try resetter.refusal(of: person, isOwn: false, transaction, people)
        if refusal == .notOwnPerson { return .outside }
        let account = try accounts.account(ofFamilyOf: person)
        if let account {
            let known = try batches.batch(of: account.number)
            // An interrupted job counts again whom it opened.
            if known?.number == order.number { return .opened }
            guard try isRenewable(account, known) else {
                return known?.isValid(at: people.system.now()) == true ? .waiting : .held
            }
        }
        guard refusal == nil else { return .tooNew }
        guard let found = try persons.find(person), let id = try persons.idNumber(of: person) else { return .outside }
        // Another kind of document may have the same number, and be a login already.
        if account == nil, try accounts.find(people.loginHash(id.login)) != nil { return .held }
        if order.isDryRun { return account == nil ? .opened : .renewed }
        return try give(found, id, account, &batch)
    }

    /// Whether it got a code from another batch that can no longer be used.
    private func isRenewable(_ account: Account, _ batch: LoginBatch?) throws -> Bool {
        guard let batch, !batch.isValid(at: people.system.now()) else { return false }
        return try account.isFirst && accounts.isOwnOnly(account)
    }

    private func give(
        _ person: Person, _ id: IDNumber, _ held: Account?, _ batch: inout LoginBatch?
    ) throws -> LoginBatches.Outcome {
        guard let officer = submitter.account else { return .outside }
        let (code, now) = (LoginCode(people.system), people.system.now())
        var made = batch ?? LoginBatch(order.number, by: submitter, account: officer, reason: order.reason, made: now)
        if batch == nil { try batches.put(made) }
        made.opened += 1
        batch = made
        let stored = code.stored(people.keys)
        let account: ID<Account>
        if let held {
            account = held.number
            try accounts.change(stored, of: account, isFirst: true)
            try accounts.record(.giveFirstPassword, on: account)
        } else {
            account = try accounts.open(
                person.name, person: person.number, logins: [id.login], AccountRole(.professional, at: nil), stored,
                isDemo: false)
            try accounts.putBare(id, of: account)
        }
        try batches.put(code, of: account, made.number)
        try PasswordResetStore(transaction).add(of: account, by: resetter, reason: order.reason, at: now)
        return held == nil ? .opened : .renewed
    }
}
