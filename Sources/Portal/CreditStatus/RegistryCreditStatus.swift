import Kernel
import People
import Policy
import Registry
import Web

/// The items of the ledger: entries, and evidence that was not credited.
struct RegistryCreditStatus: Sendable {
    let registry: Registry

    func find(_ query: CreditStatusQuery) async throws -> [CreditStatus] {
        let today = registry.people.system.today.year
        let reading = try await registry.year(today, of: query.person)
        guard !reading.years(through: today).isEmpty else { return [.noPolicy(today)] }
        var found: [CreditStatus] = []
        for year in reading.standingInput.years.sorted(by: >) {
            found += try await registry.year(year, of: query.person).entered(in: year, query)
        }
        return found + reading.refused(query)
    }
}

extension YearOverview {
    fileprivate func entered(in year: Year, _ query: CreditStatusQuery) -> [CreditStatus] {
        standings.flatMap { item in
            let clauses = ClauseLinks(item.version, in: book)
            return item.entries.filter { $0.year == year }.map { explained($0, in: item) }
                .filter { query.matches($0.kind + $0.title) }.map { CreditStatus($0, year, clauses) }
        }
    }

    fileprivate func refused(_ query: CreditStatusQuery) -> [CreditStatus] {
        refusals.filter { query.matches($0.kind + $0.title) }.map {
            CreditStatus($0, ClauseLinks($0.version, in: book))
        }
    }
}

extension CreditStatus {
    private static func page(_ year: Year, _ line: EntryID) -> Breadcrumb {
        Breadcrumb("看\(year)年度", YearPages.yearPath.link(year).at(line.place))
    }

    /// An entry: all of it counts, or some or all of it does not count.
    fileprivate init(_ entry: ExplainedEntry, _ year: Year, _ clauses: ClauseLinks) {
        let title = entry.title.isEmpty ? entry.kind : entry.title
        let why = entry.uncounted.map(\.words).joined(by: .semicolon)
        let (page, name, hours) = (Self.page(year, entry.id), entry.name, "\(entry.subject) \(entry.hours)")
        if why.isEmpty {
            self.init(
                "counted",
                LocalizedText(
                    "“\(title)”已登记（\(name.chinese)），\(hours) 学时，计入\(year)年度。",
                    en: "“\(title)” is entered (\(name.english)): \(hours) hours, which count in \(year)."),
                .counted, holder: nil,
                act: LocalizedText("打开\(year)年度，看这一笔的依据。", en: "The year \(year) shows its basis."), page: page)
        } else {
            self.init(
                "uncounted",
                LocalizedText(
                    "“\(title)”已登记在\(year)年度（\(name.chinese)），\(why.chinese)。",
                    en: "“\(title)” is entered in \(year) (\(name.english)): \(why.english)."),
                entry.counted > .zero ? .partly : .uncounted, holder: nil,
                act: LocalizedText(
                    "打开\(year)年度，看哪些学时计入、哪些没有。", en: "The year \(year) shows which hours count and which do not."),
                page: page)
        }
        self.clauses = clauses
    }

    /// Evidence that was not credited. If the same is already entered, nothing is to be done.
    fileprivate init(_ refusal: ExplainedRefusal, _ clauses: ClauseLinks) {
        let name = refusal.described
        let why = refusal.why
        if let same = refusal.same {
            self.init(
                "entered",
                LocalizedText(
                    "\(name.chinese)已报送：\(why.chinese)。", en: "\(name.english) was submitted: \(why.english)."),
                .uncounted, holder: nil,
                act: LocalizedText(
                    "不用重新报送。打开\(same.full.chinese)，看已登记的学时。",
                    en: "It need not be submitted again. The entered hours: \(same.full.english)."),
                page: Self.page(same.year, same.id))
        } else {
            self.init(
                "refused",
                LocalizedText(
                    "\(name.chinese)未认定：\(why.chinese)。", en: "\(name.english) was not credited: \(why.english)."),
                .uncounted, holder: refusal.heldBy, act: refusal.nextAct + LocalizedText("。", en: "."),
                page: Breadcrumb("看这一项", YearPages.yearPath.link(refusal.year).at(refusal.place)))
        }
        self.clauses = clauses
    }

    /// No policy requires hours of this person in a year.
    fileprivate static func noPolicy(_ year: Year) -> CreditStatus {
        CreditStatus(
            "no-policy",
            LocalizedText(
                "没有找到\(year)年度适用于您的政策，所以没有要求，也没有计算。",
                en: "No policy applies in \(year), so nothing is required and nothing was computed."),
            .uncounted, holder: LocalizedText("您的单位", en: "the unit"),
            act: LocalizedText(
                "请单位核对您的所在单位、地区和任职日期，并更正人员信息。",
                en: "The unit checks and corrects the person's unit, region and days of employment."))
    }
}

extension ExplainedRefusal {
    /// “电子商务”（2022-02-02，泰安示例学校 2022-06-05 报送）.
    fileprivate var described: LocalizedText {
        let when = [day.map { LocalizedText.quoted("\($0)") } ?? .empty, submittedBy].filter { !$0.isEmpty }
        let text = when.joined(by: .comma)
        return LocalizedText.quoted("“\(title.isEmpty ? kind : title)”")
            + (when.isEmpty ? .empty : LocalizedText("（\(text.chinese)）", en: " (\(text.english))"))
    }
}
