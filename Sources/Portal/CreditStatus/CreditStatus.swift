import Kernel
import Policy
import Registry

/// Where somebody's hours are: one cause of a closed list, who holds it, and one next act. Rooms that bring evidence
/// add causes of their own.
enum CreditStatus: Sendable, Hashable {
    /// Entered and counting.
    case counts(CountedEntry)
    /// Entered, and some or all of it counts for nothing.
    case uncounted(CountedEntry, why: String)
    /// Brought once more: the same is entered already.
    case entered(ReportedItem, EntryReference)
    /// Brought, and not credited.
    case refused(ReportedItem)
    /// Nothing of that name was brought.
    case notBrought(words: String)
    /// No policy asks this person for hours in a year.
    case noPolicy(Year)

    struct CountedEntry: Sendable, Hashable {
        let title: String
        let year: Year
        let entry: EntryID
        /// 第 4 笔
        let name: String
        let hours: CreditHours
        let subject: String
    }

    struct ReportedItem: Sendable, Hashable {
        /// “泰山石材锯切机理研究”（2022-06-01，泰安示例学校 2022-06-05 报送）
        let name: String
        let why: String
        /// Empty where nobody knows.
        let sourceName: String

        init(_ told: ExplainedRefusal) {
            let title = told.title.isEmpty ? told.kind : told.title
            let when = [told.day?.description ?? "", told.brought].filter { !$0.isEmpty }
            name = "“\(title)”" + (when.isEmpty ? "" : "（\(when.joined(separator: "，"))）")
            (why, sourceName) = (told.why, told.sourceName)
        }
    }

    var cause: String {
        switch self {
        case .counts(let place):
            "“\(place.title)”已登记（\(place.name)），\(place.subject) \(place.hours) 学时，计入 \(place.year) 年度。"
        case .uncounted(let place, let why):
            "“\(place.title)”已登记在 \(place.year) 年度（\(place.name)），\(why)。"
        case .entered(let item, _): "\(item.name)已报来：\(item.why)。"
        case .refused(let item): "\(item.name)没有认定：\(item.why)。"
        case .notBrought(let words): "系统里没有收到“\(words)”。"
        case .noPolicy(let year): "\(year) 年度没有找到适用于您的政策，所以没有要求，也没有计算。"
        }
    }

    var holder: String {
        switch self {
        case .counts, .uncounted, .entered: "已办完，不用谁再办"
        case .refused(let item): "报送单位" + (item.sourceName.isEmpty ? "" : "：\(item.sourceName)")
        case .notBrought: "学习平台或您的单位"
        case .noPolicy: "您的单位"
        }
    }

    var act: String {
        switch self {
        case .counts(let place): "打开 \(place.year) 年度，看这一笔的依据。"
        case .uncounted(let place, _): "打开 \(place.year) 年度，看哪些学时计入、哪些没有。"
        case .entered(_, let same): "不用重新报送。打开 \(same.full)，看已登记的学时。"
        case .refused(let item):
            "按上面的原因补齐或更正材料，请\(item.sourceName.isEmpty ? "报送单位" : item.sourceName)重新报送。"
        case .notBrought: "先核对名称，只填其中几个字再查一次。线上课程请平台核对身份证号后重报；论文、获奖等请单位报送。"
        case .noPolicy: "请单位核对您的所在单位、地区和任职日期，并更正人员信息。"
        }
    }

    /// The line to look at, and the year that it is in.
    var line: (year: Year, id: EntryID)? {
        switch self {
        case .counts(let place), .uncounted(let place, _): (place.year, place.entry)
        case .entered(_, let same): (same.year, same.id)
        default: nil
        }
    }
}

extension YearOverview {
    /// What is known of evidence whose name or kind has these characters in it; of all of it where none are given.
    ///
    /// `others` are the readings of the years in which something was entered, the newest first.
    func creditStatuses(_ words: String, in others: [(year: Year, reading: YearOverview)]) -> [CreditStatus] {
        let asked = Self.plain(words)
        var found: [CreditStatus] = []
        for (entryYear, reading) in others {
            for item in reading.standings {
                for entry in item.entries where entry.year == entryYear {
                    let told = reading.explained(entry, in: item)
                    let title = told.title.isEmpty ? told.kind : told.title
                    guard asked.isEmpty || Self.plain(told.kind + told.title).contains(asked) else { continue }
                    let place = CreditStatus.CountedEntry(
                        title: title, year: entryYear, entry: told.id, name: told.name, hours: entry.hours,
                        subject: told.subject)
                    let why = told.uncounted.map(\.words).joined(separator: "；")
                    found.append(why.isEmpty ? .counts(place) : .uncounted(place, why: why))
                }
            }
        }
        for refusal in refusals where asked.isEmpty || Self.plain(refusal.kind + refusal.title).contains(asked) {
            let item = CreditStatus.ReportedItem(refusal)
            found.append(refusal.same.map { .entered(item, $0) } ?? .refused(item))
        }
        return found.isEmpty ? [.notBrought(words: words)] : found
    }

    private static func plain(_ text: String) -> String { NormalForm.of(text).lowercased() }
}
