import Database
import Jobs
import Kernel
import People
import Registry
import Web

/// Reads the data of the years page and of officers' jobs.
struct OfficeReader: Sendable {
    let registry: Registry

    /// The most acts shown.
    private static let shown = 20

    private var today: Day { registry.people.system.today }

    /// A year, and when it was last settled or opened again, in milliseconds since 1970; 0 if never.
    typealias FoundYear = (progress: YearProgress, changed: Int)

    /// The years with their states, the newest first, and the newest acts about them.
    func years() async throws -> (years: [FoundYear], acts: ActList?) {
        try await registry.database.read { transaction in
            let asked = try registry.yearsAsked(through: today.year, transaction)
            let years = Set(asked).union(try registry.years(transaction).map(\.year)).sorted(by: >)
            let presenter = try ActPresenter(transaction, registry.people, to: .officer)
            let newest = try presenter.newest(AuditQuery.years, limit: Self.shown)
            return (try years.map { try found($0, presenter, transaction) }, ActList(try newest.map(presenter.line)))
        }
    }

    func year(_ year: Year) async throws -> FoundYear {
        try await registry.database.read { try found(year, ActPresenter($0, registry.people, to: .officer), $0) }
    }

    /// Failure: `audit.altered` if the record with the figures was altered.
    private func found(_ year: Year, _ presenter: ActPresenter, _ transaction: Transaction) throws -> FoundYear {
        let state = try registry.years(transaction).first { $0.year == year }?.state ?? .open
        var changes = AuditQuery.of(.year(year), [.settleYear, .reopenYear])
        changes.isOfNobody = true
        let last = try presenter.newest([changes], limit: 1).first
        if let last { _ = try presenter.line(last) }
        var progress = YearProgress(year: year, state: state, isOver: year < today.year)
        if state == .settled { progress.settled = last.flatMap { YearFigures($0) } }
        return (progress, last?.time ?? 0)
    }

    /// The past years in which hours are required and which are not settled.
    func unsettledYears(_ transaction: Transaction) throws -> [Year] {
        let settled = Set(try registry.years(transaction).filter { $0.state == .settled }.map(\.year))
        return try registry.yearsAsked(through: today.year, transaction).filter {
            $0 < today.year && !settled.contains($0)
        }
    }

    /// The number of people.
    func peopleCount() async throws -> Int {
        try await registry.database.read { try PersonStore($0, registry.people).count() }
    }
}

// MARK: - Exports

extension OfficeReader {
    /// The query of an exported list, and its sheet.
    func list(_ asked: String) async throws -> (query: RosterQuery, sheet: RosterSheet) {
        try await registry.database.read { transaction in
            let newest = try registry.yearsAsked(through: today.year, transaction).first
            let query = RosterQuery(Query(asked), newest: newest ?? today.year)
            let sheet = RosterSheet(
                isSettled: try registry.isSettled(query.year, transaction),
                regions: try RegionStore(transaction).all().names,
                standing: StandingColumns(try registry.book(transaction), query.year))
            return (query, sheet)
        }
    }

    /// A page of an exported list, for a job. Failure: `job.no-authority`.
    func page(
        _ query: RosterQuery, for job: Job, _ payload: some OfficePayload
    ) async throws -> RosterList.Found {
        try await registry.database.read { transaction in
            let scope = try submitter(of: job, payload, transaction).scope
            let list = RosterList(registry: registry, scope: scope, query: query)
            // A sorted list is read at once, because its order could change between pages.
            return try list.page(limit: list.isSorted ? RosterList.sortable : 1000, transaction)
        }
    }

    /// A page of the people of a unit, for a job. Failure: `job.no-authority`.
    func people(
        of unit: ID<Organisation>, after place: RosterCursor?, limit: Int, for job: Job,
        _ payload: some OfficePayload
    ) async throws -> [RosterEntry] {
        var filter = RosterFilter()
        filter.unit = unit
        return try await registry.database.read { [filter] transaction in
            try RosterStore(transaction, today: today).page(
                submitter(of: job, payload, transaction).scope, filter, after: place, limit: limit)
        }
    }
}

/// The rights for running, viewing and confirming a job: those of its account today, not those at the time of the
/// order.
extension OfficeReader {
    /// The submitter of a job. Failure: `job.no-authority` if the account no longer holds the role of the order for the
    /// same scope, or the role may no longer order such a job. The audit log names that role, so no other one will do.
    func submitter(of job: Job, _ payload: some OfficePayload, _ transaction: Transaction) throws -> Submitter {
        let (account, scope) = (ID<Account>(job.account), payload.scope)
        for held in try AccountStore(transaction, registry.people).roles(of: account)
        where held.role.rawValue == payload.origin.role && held.organisation?.number == payload.origin.unit {
            let principal = try Principal(account, in: held, name: "", transaction)
            guard OfficeJobs.accessPolicy(job.kind).isOpen(to: principal), let submitter = principal.submitterIfAny
            else { continue }
            if scope == nil || submitter.scope.text == scope { return submitter }
        }
        throw Failure.noAuthority
    }
}
