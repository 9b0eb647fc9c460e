import Database
import Kernel
import People

/// What a list asked for and was held, carried out by whoever looks after both sides.
extension Registry {
    /// What is done is what the list would have done; an answer that changes nothing is one too.
    ///
    /// Failures: `account.no-role`, `request.none`, `request.beyond-reach`, `request.no-unit`, `request.outdated`,
    /// `recognition.correction`.
    package func carryOut(_ number: ID<UpstreamRequest>, by sender: Sender, _ transaction: Transaction) throws {
        guard let account = sender.account else { throw Failure.beyondReach }
        try sender.check(transaction, people)
        let reach = Reach(transaction, people, sender)
        let store = UpstreamStore(transaction, people)
        let request = try store.find(number, reach)
        guard try reach.holds(request.person) else { throw Failure.beyondReach }
        switch request.kind {
        case .transfer, .period: try move(request, reach)
        case .authors: try correct(request, reach)
        }
        try store.answer(request, done: true, reason: "", by: account)
    }

    /// It was done by other means, such as a list: the request ends as one that was carried out.
    ///
    /// Failures: `account.no-role`, `request.none`.
    package func end(_ number: ID<UpstreamRequest>, by sender: Sender, _ transaction: Transaction) throws {
        guard let account = sender.account else { throw Failure.beyondReach }
        try sender.check(transaction, people)
        let store = UpstreamStore(transaction, people)
        let request = try store.find(number, Reach(transaction, people, sender))
        try store.answer(request, done: true, reason: Self.byOtherMeans, by: account)
    }

    package static let byOtherMeans = "已用名单办理"

    private func move(_ request: UpstreamRequest, _ reach: Reach) throws {
        let wanted = TransferWanted(request.wanted)
        guard let unit = try wanted.standing(reach.transaction)?.number else { throw Failure.noUnitYet }
        guard try reach.holds(unit) else { throw Failure.beyondReach }
        let since = wanted.since ?? people.outside.today
        let employment = Employment(
            organisation: unit, relation: wanted.relation, during: Period(from: since, to: .last))
        guard try reach.takesDays(employment.during, of: request.person) == nil else { throw Failure.beyondReach }
        _ = try EmploymentStore(reach.transaction, people).put(employment, of: request.person)
        try learn([request.person], reach.transaction)
    }

    private func correct(_ request: UpstreamRequest, _ reach: Reach) throws {
        let sources = try OldSources.read(reach.transaction, people)
        guard let submission = Submission(wanted: request.wanted, sources) else { throw Failure.noRequest }
        guard try reach.holds(submission.person) else { throw Failure.beyondReach }
        let recogniser = try recogniser(reach.transaction, reach)
        let held = try recogniser.held(submission)
        if let version = request.wanted["version"], held?.version.description != version.description {
            throw Failure.requestOutdated
        }
        do {
            let recognition = try recogniser.recognise(submission)
            if let words = recognition.refusal { throw Failure.correctionRefused(words) }
        } catch is BeyondReach {
            throw Failure.beyondReach
        }
    }
}

extension Failure {
    static let requestOutdated = Failure(
        .refused, "request.outdated", "这项登记在申请以后已经更正过，按原申请办理会改掉后来的内容，没有办理。请驳回，由申请单位重新导入。",
        en: "The item was corrected since this was asked. Dismiss it and let the unit import it again.")
}

extension Submission {
    /// As a request holds it: a correction of what is held, in its version, that reaches too far.
    func wanted(correcting beyond: BeyondReach) -> [String: Fact] {
        var facts: [String: Fact] = [
            "person": .integer(person.number), "source": .text(source.text), "kind": .text(evidence.kind),
            "reason": .text(reason), "evidence": .text(FactText.encode(evidence.facts)),
            "version": .integer(beyond.version), "names": .text(beyond.names), "change": .text(beyond.change),
        ]
        facts["reference"] = reference.map { .text($0) }
        return facts
    }

    package init?(wanted: [String: Fact]) { self.init(wanted: wanted, OldSources()) }

    init?(wanted: [String: Fact], _ sources: OldSources) {
        guard let person = wanted["person"].flatMap({ ID<Person>($0.description) }),
            let facts = wanted["evidence"].flatMap({ FactText.decode($0.description) })
        else { return nil }
        let name = wanted["source"]?.description ?? ""
        self.init(
            person: person, source: sources.source(name) ?? .platform(name),
            reference: wanted["reference"]?.description,
            evidence: Evidence(wanted["kind"]?.description ?? "", facts), reason: wanted["reason"]?.description ?? "")
    }
}
