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
            item.entries.filter { $0.year == year }.map { explained($0, in: item) }
                .filter { query.matches($0.kind + $0.title) }.map { CreditStatus($0, year) }
        }
    }

    fileprivate func refused(_ query: CreditStatusQuery) -> [CreditStatus] {
        refusals.filter { query.matches($0.kind + $0.title) }.map { CreditStatus($0) }
    }
}

extension CreditStatus {
    private static func page(_ year: Year, _ line: EntryID) -> Breadcrumb {
        Breadcrumb("看\(year)年度", YearPages.yearPath.link(year).at(line.place))
    }

    /// An entry: all of it counts, or some or all of it does not count.
    fileprivate init(_ entry: ExplainedEntry, _ year: Year) {
        let title = entry.title.isEmpty ? entry.kind : entry.title
        let why = entry.uncounted.map(\.words).joined(separator: "；")
        let page = Self.page(year, entry.id)
        guard !why.isEmpty else {
            self.init(
                "counted", "“\(title)”已登记（\(entry.name)），\(entry.subject) \(entry.hours) 学时，计入\(year)年度。",
                .counted, holder: nil, act: "打开\(year)年度，看这一笔的依据。", page: page)
            return
        }
        self.init(
            "uncounted", "“\(title)”已登记在\(year)年度（\(entry.name)），\(why)。",
            entry.counted > .zero ? .partly : .uncounted, holder: nil,
            act: "打开\(year)年度，看哪些学时计入、哪些没有。", page: page)
    }

    /// Evidence that was not credited. If the same is already entered, nothing is to be done.
    fileprivate init(_ refusal: ExplainedRefusal) {
        let title = refusal.title.isEmpty ? refusal.kind : refusal.title
        let when = [refusal.day?.description ?? "", refusal.submittedBy].filter { !$0.isEmpty }
        let name = "“\(title)”" + (when.isEmpty ? "" : "（\(when.joined(separator: "，"))）")
        if let same = refusal.same {
            self.init(
                "entered", "\(name)已报送：\(refusal.why)。", .uncounted, holder: nil,
                act: "不用重新报送。打开\(same.full)，看已登记的学时。", page: Self.page(same.year, same.id))
            return
        }
        let page = Breadcrumb("看这一项", YearPages.yearPath.link(refusal.year).at(refusal.place))
        self.init(
            "refused", "\(name)未认定：\(refusal.why)。", .uncounted, holder: refusal.heldBy, act: refusal.nextAct + "。",
            page: page)
    }

    /// No policy requires hours of this person in a year.
    fileprivate static func noPolicy(_ year: Year) -> CreditStatus {
        CreditStatus(
            "no-policy", "\(year)年度没有找到适用于您的政策，所以没有要求，也没有计算。", .uncounted, holder: "您的单位",
            act: "请单位核对您的所在单位、地区和任职日期，并更正人员信息。")
    }
}
