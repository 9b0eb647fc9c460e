import Database
import Kernel
import People

/// Requests of lists that are carried out by an authority responsible for both sides.
extension Registry {
    /// Makes the requested change and resolves the request. It succeeds too if there is nothing to change.
    ///
    /// Failures: `account.no-role`, `request.none`, `request.beyond-reach`, `request.no-unit`, `request.outdated`,
    /// `recognition.correction`.
    package func carryOut(_ number: ID<UpstreamRequest>, by submitter: Submitter) async throws {
        try await resolve(number, done: true, reason: "", by: submitter) { request, writeScope in
            guard try writeScope.holds(request.person) else { throw Failure.beyondReach }
            switch request.kind {
            case .transfer, .period: try move(request, writeScope)
            case .authors: try correct(request, writeScope)
            }
        }
    }

    /// Resolves a request as done that was carried out by other means, such as a list.
    ///
    /// Failures: `account.no-role`, `request.none`.
    package func end(_ number: ID<UpstreamRequest>, by submitter: Submitter) async throws {
        try await resolve(number, done: true, reason: Self.byOtherMeans, by: submitter)
    }

    package static let byOtherMeans = "已用名单办理"

    /// Refuses the request; the requester can read the reason.
    ///
    /// Failures: `account.no-role`, `request.none`.
    package func dismiss(_ number: ID<UpstreamRequest>, reason: String, by submitter: Submitter) async throws {
        try await resolve(number, done: false, reason: reason, by: submitter)
    }

    /// Resolves a request after `act`, in one transaction, which checks the submitter's role again.
    private func resolve(
        _ number: ID<UpstreamRequest>, done: Bool, reason: String, by submitter: Submitter,
        after act: @escaping @Sendable (UpstreamRequest, WriteScope) throws -> Void = { _, _ in }
    ) async throws {
        guard let account = submitter.account else { throw Failure.beyondReach }
        try await database.write { transaction in
            try submitter.check(transaction, people)
            let writeScope = WriteScope(transaction, people, submitter)
            let store = UpstreamStore(transaction, people)
            let request = try store.find(number, writeScope)
            try act(request, writeScope)
            try store.resolve(request, done: done, reason: reason, by: account)
        }
    }

    private func move(_ request: UpstreamRequest, _ writeScope: WriteScope) throws {
        let requested = RequestedTransfer(request.requested)
        guard let unit = try requested.existingUnit(writeScope.transaction)?.number else { throw Failure.noUnitYet }
        guard try writeScope.holds(unit) else { throw Failure.beyondReach }
        let since = requested.since ?? people.system.today
        let employment = Employment(
            organisation: unit, relation: requested.relation, during: Period(from: since, to: .last))
        guard try writeScope.takesDays(employment.during, of: request.person) == nil else { throw Failure.beyondReach }
        _ = try EmploymentStore(writeScope.transaction, people).put(employment, of: request.person)
        try learn([request.person], writeScope.transaction)
    }

    private func correct(_ request: UpstreamRequest, _ writeScope: WriteScope) throws {
        let sources = try LegacySources.read(writeScope.transaction, people)
        guard let submission = Submission(requested: request.requested, sources) else { throw Failure.noRequest }
        guard try writeScope.holds(submission.person) else { throw Failure.beyondReach }
        let recogniser = try recogniser(writeScope.transaction, writeScope)
        let held = try recogniser.held(submission)
        if let version = request.requested["version"], held?.version.description != version.description {
            throw Failure.requestOutdated
        }
        do {
            let recognition = try recogniser.recognise(submission)
            if let words = recognition.refusal { throw Failure.correctionRefused(words) }
        } catch is OutsideWriteScope {
            throw Failure.beyondReach
        }
    }
}

extension Failure {
    static let requestOutdated = Failure(
        .refused, "request.outdated", "这项登记在申请以后已经更正过，按原申请办理会改掉后来的内容，没有办理。请驳回，由申请单位重新导入。",
        en: "The item was corrected after this request. Dismiss it and let the unit import the item again.")
}

extension Submission {
    /// The facts of a request for this correction, which would change hours outside of the submitter's scope.
    func requested(correcting beyond: OutsideWriteScope) -> [String: Fact] {
        var facts: [String: Fact] = [
            "person": .integer(person.number), "source": .text(source.text), "kind": .text(evidence.kind),
            "reason": .text(reason), "evidence": .text(FactText.encode(evidence.facts)),
            "version": .integer(beyond.version), "names": .text(beyond.names.chinese), "change": .text(beyond.change),
        ]
        facts["reference"] = reference.map { .text($0) }
        return facts
    }

    package init?(requested: [String: Fact]) { self.init(requested: requested, LegacySources()) }

    init?(requested: [String: Fact], _ sources: LegacySources) {
        guard let person = requested["person"].flatMap({ ID<Person>($0.description) }),
            let facts = requested["evidence"].flatMap({ FactText.decode($0.description) })
        else { return nil }
        let name = requested["source"]?.description ?? ""
        self.init(
            person: person, source: sources.source(name) ?? .platform(name),
            reference: requested["reference"]?.description,
            evidence: Evidence(requested["kind"]?.description ?? "", facts),
            reason: requested["reason"]?.description ?? "")
    }
}
