import Kernel
import Policy
import Registry
import Web

/// A person's year.
struct YearPage: PageValue {
    let year: Year
    let state: String
    let answer: YearAnswer
    let years: [OtherYear]
    let certificates: [OwnCertificate]
    let waiting: [WaitingItem]
    let standings: [StandingPart]
    let settled: [TitledText]
    /// Evidence that was not credited, where no standing can list it.
    let refused: [LedgerRow]
    let record: Link
    let fiveYears: Link
    /// The person, if an officer reads the page.
    let who: YearSubject?

    init(
        year: Year, reading: YearOverview, certificates: [OwnCertificate], years: [OtherYear], links: YearLinks,
        who: YearSubject?
    ) {
        (self.year, self.certificates, self.years) = (year, certificates, years)
        (record, fiveYears, self.who) = (links.record, links.fiveYears, who)
        state = reading.state.name
        let refusals = reading.refusals(in: year)
        waiting = refusals.compactMap { WaitingItem($0, isOwn: who == nil) }
        let lists = Self.divide(refusals, among: reading.standings)
        let isOneOfSeveral = reading.standings.count > 1
        standings = zip(reading.standings, lists).map {
            StandingPart($0, reading, links, refusals: $1, isOneOfSeveral: isOneOfSeveral)
        }
        refused =
            standings.isEmpty
            ? refusals.map { LedgerRow($0, links, ClauseLinks($0.version, in: reading.book)) } : []
        answer = YearAnswer(
            standings, isSettled: reading.state.isSettled,
            hasCertificate: certificates.contains { $0.isValid && $0.isAnnual }, toDo: waiting.count,
            isOwn: who == nil)
        let isOnly = Set(reading.settled.map(\.key)).count == 1
        settled = reading.settled.map { version in
            let title = reading.book.current(version.key)?.policy.title ?? version.key
            return TitledText("结算", isOnly ? version.words.chinese : "\(title)：\(version.words.chinese)")
        }
    }

    /// The refusals of each standing: those of its policy and period. The first standing lists the others.
    private static func divide(
        _ refusals: [ExplainedRefusal], among standings: [ComputedStanding]
    ) -> [[ExplainedRefusal]] {
        var lists = standings.map { _ in [ExplainedRefusal]() }
        guard !lists.isEmpty else { return lists }
        for refusal in refusals {
            let mine = standings.indices.filter { standings[$0].version.key == refusal.policy }
            let inside = mine.first { place in
                refusal.day.map { standings[place].standing.period.contains($0) } ?? true
            }
            lists[inside ?? mine.first ?? 0].append(refusal)
        }
        return lists
    }

    private init(_ year: Year, _ standings: [StandingPart]) {
        (self.year, self.standings) = (year, standings)
        (state, years, certificates) = ("已结算", [.sample], [.sample])
        (answer, waiting) = (.sample, [.sample])
        (settled, refused, record, who) = ([.sample], [.sample], RecordPages.ownPath.link(), .sample)
        fiveYears = YearPages.fiveYearsPath.link()
    }

    static var fields: [String: Field<YearPage>] {
        [
            "year": .text { "\($0.year)" }, "state": .text { $0.state }, "answer": .item { $0.answer },
            "years": .list { $0.years }, "fiveYears": .text { $0.fiveYears.text },
            "certificates": .list { $0.certificates }, "hasCertificates": .flag { !$0.certificates.isEmpty },
            "standings": .list { $0.standings }, "settled": .list { $0.settled },
            "isWaiting": .flag { !$0.waiting.isEmpty }, "waiting": .list { $0.waiting },
            "waitingCount": .text { "\($0.waiting.count)" },
            "rows": .list { $0.refused }, "isRefused": .flag { !$0.refused.isEmpty },
            "refusedCount": .text { "\($0.refused.count)" },
            "who": .item { $0.who }, "isOwn": .flag { $0.who == nil },
            "where": .text { _ in CreditStatusPages.path.link().text }, "record": .text { $0.record.text },
        ]
    }

    static var sample: YearPage { YearPage(Year(2022), [.sample]) }
}

/// A link to another year.
struct OtherYear: PageValue {
    let year: Year
    let link: Link
    let isCurrent: Bool

    static var fields: [String: Field<OtherYear>] {
        [
            "year": .text { "\($0.year)" }, "link": .text { $0.link.text },
            "isCurrent": .flag { $0.isCurrent },
        ]
    }

    static var sample: OtherYear { OtherYear(year: Year(2022), link: YearPages.path.link(), isCurrent: true) }
}
