import Documents
import Jobs
import Kernel
import People
import Registry

/// Whose logins are opened together: the people of a unit, selected people, or those of an uploaded list.
struct LoginBatchPayload: OfficePayload {
    let unit: Int?
    let people: [Int]?
    var isDryRun: Bool
    let reason: String
    let scope: String?
    var origin: JobOrigin
}

/// The jobs that open logins in batches. A job that was interrupted continues and opens nobody twice.
struct LoginBatchJobs: Sendable {
    private let registry: Registry
    private let reader: SheetReader

    static let key = "login-batch"

    init(_ services: Services) { (registry, reader) = (services.registry, services.reader) }

    var kinds: [JobKind] {
        let office = OfficeReader(registry: registry)
        return [
            JobKind(
                Self.key, LoginBatchPayload.self, isInOrder: true,
                authorise: { _ = try office.submitter(of: $0, $1, $2) }, { try await run($0, $1) })
        ]
    }

    private func run(_ run: JobContext, _ payload: LoginBatchPayload) async throws -> JobOutcome {
        let (job, office) = (run.job, OfficeReader(registry: registry))
        let actor = payload.origin.actor(of: job)
        let batches = registry.loginBatches.acting(as: actor)
        let order = LoginBatches.Order(job.number.number, reason: payload.reason, isDryRun: payload.isDryRun) {
            try office.submitter(of: job, payload, $0)
        }
        var tally = LoginTally()
        try await eachPart(of: run, payload) { people in
            tally.add(try await batches.open(people, order))
            run.progress(tally.people, payload.people?.count ?? 0)
            try Task.checkCancellation()
        } skipped: {
            tally.faults.append($0)
        }
        return JobOutcome(tally.result(isDryRun: payload.isDryRun))
    }

    /// Passes on the people in parts of bounded size. `skipped` gets the rows that name nobody.
    private func eachPart(
        of run: JobContext, _ payload: LoginBatchPayload, _ body: ([ID<Person>]) async throws -> Void,
        skipped: (String) -> Void
    ) async throws {
        if let unit = payload.unit {
            try await eachPart(ofUnit: ID(unit), run.job, payload, body)
        } else if let people = payload.people {
            for start in stride(from: 0, to: people.count, by: LoginBatches.size) {
                try await body(people[start..<min(start + LoginBatches.size, people.count)].map { ID($0) })
            }
        } else {
            try await eachPart(ofList: run.input?.path ?? "", run.job, payload, body, skipped)
        }
    }

    private func eachPart(
        ofUnit unit: ID<Organisation>, _ job: Job, _ payload: LoginBatchPayload,
        _ body: ([ID<Person>]) async throws -> Void
    ) async throws {
        var place: RosterCursor?
        while true {
            let lines = try await OfficeReader(registry: registry).people(
                of: unit, after: place, limit: LoginBatches.size, for: job, payload)
            try await body(lines.map(\.person))
            guard lines.count == LoginBatches.size, let last = lines.last else { return }
            place = last.place
        }
    }

    /// A list as for importing people, of which only the ID numbers are read.
    private func eachPart(
        ofList path: String, _ job: Job, _ payload: LoginBatchPayload, _ body: ([ID<Person>]) async throws -> Void,
        _ skipped: (String) -> Void
    ) async throws {
        var headers = ListHeaders(.people, ListColumns(), try await registry.peopleTemplate())
        for try await rows in SheetBatches(path, size: LoginBatches.size, by: reader) {
            var numbers: [(id: IDNumber, row: SheetRow)] = []
            for row in rows {
                guard let header = headers.header(of: row) else { continue }
                do {
                    numbers.append((try RowReader(row: row, header: header).idNumber(), row))
                } catch let fault as RowFailure {
                    skipped("\(fault.place)：\(fault.words)")
                }
            }
            let found = try await OfficeReader(registry: registry).people(numbers.map(\.id), for: job, payload)
            for (person, number) in zip(found, numbers) where person == nil {
                skipped("第 \(number.row.number) 行：您管理的单位里没有这个\(number.id.kind.title)的人")
            }
            try await body(found.compactMap { $0 })
        }
        try headers.requireOne()
    }
}

/// Counts what happened to the people of a batch, each person once.
struct LoginTally {
    private var outcomes: [ID<Person>: LoginBatches.Outcome] = [:]
    /// Rows of a list that name nobody.
    var faults: [String] = []

    var people: Int { outcomes.count }

    mutating func add(_ found: [(person: ID<Person>, LoginBatches.Outcome)]) {
        for (person, outcome) in found where outcomes[person] == nil { outcomes[person] = outcome }
    }

    private func count(_ outcome: LoginBatches.Outcome) -> Int { outcomes.values.count { $0 == outcome } }

    func result(isDryRun: Bool) -> JobResult {
        var result = JobResult()
        let (opened, renewed) = (count(.opened), count(.renewed))
        result.figures = [(isDryRun ? "将开通" : "已开通", "\(opened) 人")]
        result.figures += [
            (isDryRun ? "登录码失效，将换发" : "登录码失效，已换发", renewed), ("已有账号，未变动", count(.held)),
            ("登录码还没有用过，未变动", count(.waiting)), ("到您管理的单位不满 7 天，未开通", count(.tooNew)),
            ("不在您管理的单位，未开通", count(.outside)),
        ].filter { $0.1 > 0 }.map { ($0.0, "\($0.1) 人") }
        if !faults.isEmpty { result.figures.append(("名单有误，未开通", "\(faults.count) 行")) }
        (result.badRows, result.isBad) = (faults.count, !faults.isEmpty)
        let all = opened + renewed
        if isDryRun { result.values = [Self.openable: "\(all)"] }
        if !isDryRun, all > 0 { result.marks = [.hasCodes] }
        result.sentences = Array(faults.prefix(Self.shown))
        if faults.count > Self.shown { result.sentences.append("以上是前 \(Self.shown) 行，共 \(faults.count) 行有误。") }
        if count(.tooNew) > 0 { result.sentences.append("刚调入的人，满 7 天以后再开通。") }
        if isDryRun { result.sentences.append("这是核对，还没有开通任何账号。") }
        return result
    }

    private static let shown = 30

    /// The name of a value: how many logins would be opened after a check.
    private static let openable = "openable"

    static func openable(_ job: Job) -> Int { job.result.values[openable].flatMap { Int($0) } ?? 0 }
}

extension JobMark {
    /// The job made login codes.
    static let hasCodes = JobMark(rawValue: "has-codes")
}
