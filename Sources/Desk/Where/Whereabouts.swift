import Kernel
import Policy
import Registry

/// Where somebody's hours are: one cause of a closed list, who holds it, and one next act. Rooms that bring evidence
/// add causes of their own.
enum Whereabouts: Sendable, Hashable {
    /// Entered and counting.
    case counts(ExplainedPlace)
    /// Entered, and some or all of it counts for nothing.
    case uncounted(ExplainedPlace, why: String)
    /// Brought, and not credited.
    case refused(title: String, why: String)
    /// Nothing of that name was brought.
    case notBrought(words: String)
    /// No policy asks this person for hours in a year.
    case noPolicy(Year)

    struct ExplainedPlace: Sendable, Hashable {
        let title: String
        let year: Year
        let hours: CreditHours
        let subject: String
    }

    var cause: String {
        switch self {
        case .counts(let place): "“\(place.title)”已登记，\(place.subject) \(place.hours) 学时，计入 \(place.year) 年度。"
        case .uncounted(let place, let why): "“\(place.title)”已登记在 \(place.year) 年度，\(why)。"
        case .refused(let title, let why): "“\(title)”已报来，没有认定：\(why)"
        case .notBrought(let words): "系统里没有收到“\(words)”。"
        case .noPolicy(let year): "\(year) 年度没有找到适用于您的政策，所以没有要求，也没有计算。"
        }
    }

    var holder: String {
        switch self {
        case .counts, .uncounted: "已办完，不用谁再办"
        case .refused: "报送单位"
        case .notBrought: "学习平台或您的单位"
        case .noPolicy: "您的单位"
        }
    }

    var act: String {
        switch self {
        case .counts(let place): "打开 \(place.year) 年度，看这一笔的依据。"
        case .uncounted(let place, _): "打开 \(place.year) 年度，看哪些学时计入、哪些没有。"
        case .refused: "按上面的原因补齐或更正材料，请报送单位重新报送。"
        case .notBrought: "先核对名称，只填其中几个字再查一次。线上课程请平台核对身份证号后重报；论文、获奖等请单位报送。"
        case .noPolicy: "请单位核对您的所在单位、地区和任职日期，并更正人员信息。"
        }
    }

    /// The year to look at.
    var year: Year? {
        switch self {
        case .counts(let place), .uncounted(let place, _): place.year
        default: nil
        }
    }
}

extension YearReading {
    /// What is known of evidence whose name or kind has these characters in it; of all of it where none are given.
    ///
    /// `others` are the readings of the years in which something was entered, the newest first.
    func whereabouts(_ words: String, in others: [(year: Year, reading: YearReading)]) -> [Whereabouts] {
        let asked = Self.plain(words)
        var found: [Whereabouts] = []
        for (entryYear, reading) in others {
            for item in reading.standings {
                for entry in item.entries where entry.year == entryYear {
                    let told = reading.explained(entry, in: item)
                    let title = told.title.isEmpty ? told.kind : told.title
                    guard asked.isEmpty || Self.plain(told.kind + told.title).contains(asked) else { continue }
                    let place = Whereabouts.ExplainedPlace(
                        title: title, year: entryYear, hours: entry.hours, subject: told.subject)
                    found.append(told.uncounted.first.map { .uncounted(place, why: $0) } ?? .counts(place))
                }
            }
        }
        for refusal in refusals where asked.isEmpty || Self.plain(refusal.kind + refusal.title).contains(asked) {
            let title = refusal.title.isEmpty ? refusal.kind : refusal.title
            found.append(.refused(title: title, why: refusal.words))
        }
        return found.isEmpty ? [.notBrought(words: words)] : found
    }

    private static func plain(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
}
