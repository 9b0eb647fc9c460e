import Database
import Kernel
import People
import Registry

/// The result of issuing.
package struct IssueReport: Sendable {
    package struct Refusal: Sendable {
        package let person: ID<Person>
        package let name: String
        package let failure: Failure
    }

    package var issued = 0
    package var unchanged = 0
    /// The first thousand certificates that were due and could not be issued, each with its reason.
    package var refusals: [Refusal] = []
    package var refused = 0
    package var last: CertificateNumber?
}

extension Certificates {
    /// The number of people whose certificates are issued in one transaction.
    static let batchSize = 500

    /// Issues the due certificates of a settled year, for everybody or for one person, once for each settled version.
    /// It can be run again, also after an interruption. With `again`, revoked certificates are replaced too.
    ///
    /// Failure: `certificate.unsettled`. Failures of single certificates are in the report.
    package func issue(
        _ year: Year, person: ID<Person>? = nil, again: Bool = false, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> IssueReport {
        try await database.read { try mayIssue(year, person, $0) }
        var (report, last, done) = (IssueReport(), 0, 0)
        while true {
            let (after, sofar) = (last, report)
            let turn: (report: IssueReport, end: Int?) = try await database.write { transaction in
                var report = sofar
                let range = try person.map { person in
                    let root = try PersonStore(transaction, people).root(of: person)
                    return root.number...root.number
                }
                guard let range = try range ?? registry.range(after: after, limit: Self.batchSize, transaction) else {
                    return (report, nil)
                }
                try Issuer(self, transaction).issue(year, range, again: again, &report)
                try recordIssued(report.issued - sofar.issued, year, range, transaction)
                return (report, person == nil ? range.upperBound : nil)
            }
            report = turn.report
            guard let end = turn.end else { return report }
            last = end
            done += Self.batchSize
            progress(done)
        }
    }

    /// One audit record for all certificates of a transaction.
    private func recordIssued(
        _ count: Int, _ year: Year, _ range: ClosedRange<Int>, _ transaction: Transaction
    ) throws {
        guard count > 0 else { return }
        try AuditStore(transaction, people).record(
            .issueCertificate, .year(year), about: range.count == 1 ? ID(range.lowerBound) : nil,
            ["issued": "\(count)", "from": "\(range.lowerBound)", "through": "\(range.upperBound)"])
    }

    private func mayIssue(_ year: Year, _ person: ID<Person>?, _ transaction: Transaction) throws {
        let state = try registry.years(transaction).first { $0.year == year }?.state ?? .open
        guard state == .settled || person != nil && state == .open else {
            throw Failure(
                .refused, "certificate.unsettled", "\(year)年度\(state == .open ? "还没有结算" : "正在结算")，不能颁发证书。请先完成年度结算。",
                en: "\(year) is \(state == .open ? "not settled" : "being settled"). Settle it first.")
        }
    }

    /// The number of certificates that are due over all years. The status page shows it; it is normally 0.
    package func due() async throws -> Int { try await counts().values.reduce(0) { $0 + $1.due } }

    /// The number of certificates that are due and issued, by year.
    package func counts() async throws -> [Year: IssueCount] {
        var (counts, last): ([Year: IssueCount], Int) = ([:], 0)
        while true {
            let after = last
            let page: (counts: [Year: IssueCount], end: Int)? = try await database.read { transaction in
                guard let range = try registry.range(after: after, limit: 2000, transaction) else { return nil }
                let found = try Issuer(self, transaction).due(nil, range)
                var counts = found.issued.mapValues { IssueCount(due: 0, issued: $0) }
                for item in found.due { counts[item.settled.year, default: IssueCount()].due += 1 }
                return (counts, range.upperBound)
            }
            guard let page else { return counts }
            counts.merge(page.counts) { $0 + $1 }
            last = page.end
        }
    }
}

/// How many certificates of a year are due and not issued, and how many are issued.
package struct IssueCount: Sendable, Equatable {
    package var due = 0
    package var issued = 0

    package init(due: Int = 0, issued: Int = 0) { (self.due, self.issued) = (due, issued) }

    /// How many there should be.
    package var all: Int { due + issued }

    fileprivate static func + (one: IssueCount, other: IssueCount) -> IssueCount {
        IssueCount(due: one.due + other.due, issued: one.issued + other.issued)
    }
}

extension Issuer {
    func issue(_ year: Year, _ range: ClosedRange<Int>, again: Bool, _ report: inout IssueReport) throws {
        let (due, issued) = try due(year, range, again: again)
        report.unchanged += issued.values.reduce(0, +)
        for item in due {
            do {
                report.last = try issue(item).number
                report.issued += 1
            } catch let failure as Failure where failure.kind == .refused {
                report.refused += 1
                if report.refusals.count < 1000 {
                    report.refusals.append(
                        .init(person: item.settled.person, name: item.holder.name, failure: failure))
                }
            }
        }
    }
}

// MARK: - One item

extension Certificates {
    /// Issues the certificate for the counted hours of one credited item, or returns the earlier one if its facts are
    /// the same.
    ///
    /// Failures: `certificate.no-entry` if the person has no such entry, or it was reversed; `certificate.uncounted` if
    /// none of its hours count; `certificate.was-revoked` if the last certificate was revoked, unless `again` is set.
    package func issueHours(_ person: ID<Person>, entry number: Int, again: Bool = false) async throws -> Certificate {
        try await database.write { transaction in
            let persons = PersonStore(transaction, people)
            guard try persons.root(of: person) == person,
                let (entry, year, unit) = try registry.entry(number, of: person, transaction),
                let holder = try persons.holder(person)
            else { throw Failure.noEntry(person, number) }
            guard entry.counted > .zero else { throw Failure.uncounted(entry) }
            let ground = IssuedGround(person: person.number, ground: .entry(number), holder: hash(of: holder))
            let all = try store(transaction).all(from: person.number, through: person.number)[person.number] ?? []
            let issued = all.filter { $0.ground == ground.ground && $0.holder == ground.holder }
            if let same = issued.last(where: { $0.revocation == nil && $0.facts.lines == entry.lines }) { return same }
            if let last = issued.last, last.revocation != nil, !again { throw Failure.wasRevoked(last.number) }
            let certificate = try Issuer(self, transaction).issue(
                to: holder, unit, ground, issued.count,
                Issuer.Content(
                    kind: .hours, period: year.period, result: "", lines: entry.lines, item: entry.words,
                    day: entry.day))
            try AuditStore(transaction, people).record(
                .issueCertificate, .certificate(certificate.number.grouped), about: person, ["entry": "\(number)"])
            return certificate
        }
    }
}

extension ExplainedEntry {
    private static let longest = 24

    /// The hours as the certificate prints them.
    var lines: [CertificateFacts.NamedHours] { [CertificateFacts.NamedHours(subject, counted)] }

    /// 论文《…》: a title that is too long for the code is cut.
    fileprivate var words: String {
        guard !title.isEmpty else { return kind }
        return kind + "《" + (title.count > Self.longest ? title.prefix(Self.longest - 1) + "…" : title) + "》"
    }
}

extension Failure {
    fileprivate static func uncounted(_ entry: ExplainedEntry) -> Failure {
        let why = entry.uncounted.map(\.reason).joined(by: .semicolon)
        return Failure(
            .refused, "certificate.uncounted",
            "第 \(entry.number) 笔不计入学时，没有开具学时证明：\(why.chinese)。请为计入的一笔开具。",
            en: "No hours of entry \(entry.number) count, so no certificate was issued. See standing for the reason.")
    }

    fileprivate static func wasRevoked(_ number: CertificateNumber) -> Failure {
        Failure(
            .conflict, "certificate.was-revoked", "这笔学时的证明 \(number.grouped) 已被作废。确需重新颁发的，请加 --again。",
            en: "Its certificate \(number.grouped) was revoked. Add --again to issue another one.")
    }

    fileprivate static func noEntry(_ person: ID<Person>, _ number: Int) -> Failure {
        Failure(
            .notFound, "certificate.no-entry", "人员 \(person) 没有第 \(number) 笔学时，或已被冲销、已并入他人。请用 standing 查看。",
            en: "Person \(person) has no entry \(number), or it was reversed or merged. See standing.")
    }
}
