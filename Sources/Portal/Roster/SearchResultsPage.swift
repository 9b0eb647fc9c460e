import Kernel
import People
import Policy
import Registry
import Web

/// The people and units found by a search.
struct SearchResultsPage: PageValue {
    let words: String
    let query: RosterQuery
    let rows: [RosterRow]
    let isMore: Bool
    let units: [Breadcrumb]
    let hasMoreUnits: Bool

    init(
        words: String, query: RosterQuery, rows: [RosterRow], isMore: Bool, units: [(ID<Organisation>, String)],
        hasMoreUnits: Bool
    ) {
        (self.words, self.query, self.rows, self.isMore) = (words, query, rows, isMore)
        self.hasMoreUnits = hasMoreUnits
        self.units = units.map { number, name in
            var narrowed = query
            narrowed.filter.unit = number
            return Breadcrumb(name, narrowed.link())
        }
    }

    /// The typed text. ID numbers are not repeated on the page, where others could see them.
    private var said: String { IDNumber.all(words).isEmpty ? words : "" }

    static var fields: [String: Field<SearchResultsPage>] {
        [
            "words": .text { $0.said }, "isSaid": .flag { !$0.said.isEmpty }, "isAsked": .flag { !$0.words.isEmpty },
            "search": .text { _ in RosterPages.searchPath.link().text },
            "columns": .list { $0.query.shown.map { Sentence($0.name) } }, "rows": .list { $0.rows },
            "hasRows": .flag { !$0.rows.isEmpty }, "isMore": .flag { $0.isMore },
            "units": .list { $0.units }, "hasUnits": .flag { !$0.units.isEmpty },
            "hasMoreUnits": .flag { $0.hasMoreUnits }, "hasFound": .flag { !$0.rows.isEmpty || !$0.units.isEmpty },
            "unitNumber": .text { $0.query.filter.unit?.description ?? "" },
            "year": .text { "\($0.query.year)" },
            "count": .text { "\($0.rows.count)" }, "back": .text { _ in RosterPages.path.link().text },
        ]
    }

    static var sample: SearchResultsPage {
        SearchResultsPage(
            words: "岳", query: RosterQuery(Query(""), newest: Year(2022)), rows: [.sample],
            isMore: true, units: [(ID(3), "泰安示例机械有限公司")], hasMoreUnits: true)
    }
}
