import Kernel
import Policy
import Registry
import Web

/// A person's year.
struct YearPage: PageValue {
    let year: Year
    let state: String
    let years: [OtherYear]
    let certificates: [OwnCertificate]
    let standings: [StandingPart]
    let settled: [TitledText]
    let refused: [RefusalPart]
    let record: Link
    /// The person, if an officer reads the page.
    let who: YearSubject?

    init(
        year: Year, reading: YearOverview, certificates: [OwnCertificate], years: [OtherYear], links: YearLinks,
        who: YearSubject?
    ) {
        (self.year, self.certificates, self.years) = (year, certificates, years)
        (record, self.who) = (links.record, who)
        state = reading.state.name
        standings = reading.standings.map { StandingPart($0, reading, links) }
        let isOnly = Set(reading.settled.map(\.key)).count == 1
        settled = reading.settled.map { version in
            let title = reading.book.current(version.key)?.policy.title ?? version.key
            return TitledText("结算", isOnly ? version.words : "\(title)：\(version.words)")
        }
        refused = reading.refusals(in: year).map {
            RefusalPart($0, links, ClauseLinks($0.version, in: reading.book))
        }
    }

    private init(_ year: Year, _ standings: [StandingPart]) {
        (self.year, self.standings) = (year, standings)
        (state, years, certificates) = ("已结算", [.sample], [.sample])
        (settled, refused, record, who) = ([.sample], [.sample], RecordPages.ownPath.link(), .sample)
    }

    static var fields: [String: Field<YearPage>] {
        [
            "year": .text { "\($0.year)" }, "state": .text { $0.state }, "years": .list { $0.years },
            "certificates": .list { $0.certificates }, "standings": .list { $0.standings },
            "settled": .list { $0.settled }, "refused": .list { $0.refused },
            "isRefused": .flag { !$0.refused.isEmpty }, "refusedCount": .text { "\($0.refused.count)" },
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
