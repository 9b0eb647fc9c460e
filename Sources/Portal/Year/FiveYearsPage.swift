import Kernel
import People
import Policy
import Registry
import Web

/// Five years on one page, as title reviews ask for them. The browser prints the page as one sheet: paper and screen
/// have one source, it needs no program but the browser, and it also opens where no PDF does.
struct FiveYearsPage: PageValue {
    /// The years that a title review reads.
    static let count = 5

    let who: YearSubject
    let unit: String
    let rows: [FiveYearsRow]
    /// The names of the requirements, one column each.
    let columns: [String]
    let printed: Day
    let back: Link

    init(_ years: [FiveYearsItem], who: YearSubject, printed: Day, _ links: YearLinks) {
        (self.who, self.printed) = (who, printed)
        back = links.year(years.first?.year ?? printed.year)
        unit = years.first?.reading.standingInput.history.unit(on: printed)?.name ?? "无单位"
        let parts = years.map { item in
            item.reading.standings.map { StandingPart($0, item.reading, links) }
        }
        let names = parts.joined().flatMap(\.bars).map(\.name).reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        // More columns do not fit on the sheet.
        let columns = names.count > 4 ? ["各项要求"] : names
        rows = zip(years, parts).flatMap { item, standings -> [FiveYearsRow] in
            guard !standings.isEmpty else { return [FiveYearsRow(item, nil, columns, isFirst: true, links)] }
            return standings.enumerated().map {
                FiveYearsRow(item, $0.element, columns, isFirst: $0.offset == 0, links)
            }
        }
        self.columns = columns
    }

    private init() {
        (who, unit, rows) = (.sample, "泰安示例机械有限公司", [.sample])
        (columns, printed, back) = (["公需科目"], Day(2023, 1, 10) ?? .first, YearPages.path.link())
    }

    private var span: String {
        let years = rows.map(\.year)
        return "\(years.last.map { "\($0)" } ?? "")—\(years.first.map { "\($0)" } ?? "")"
    }

    static var fields: [String: Field<FiveYearsPage>] {
        [
            "who": .item { $0.who }, "unit": .text { $0.unit }, "rows": .list { $0.rows }, "span": .text { $0.span },
            "columns": .list { $0.columns.map(Sentence.init) }, "printed": .text { "\($0.printed)" },
            "back": .text { $0.back.text },
        ]
    }

    static var sample: FiveYearsPage { FiveYearsPage() }
}

/// A year with its certificates.
struct FiveYearsItem: Sendable {
    let year: Year
    let reading: YearOverview
    let certificates: [OwnCertificate]
    /// The codes of the certificates, in their order.
    let codes: [HTML]
}

/// A year, or one of its standings.
struct FiveYearsRow: PageValue {
    let year: Year
    /// Empty where the year has one standing.
    let policy: String
    let outcome: String
    let state: StandingState?
    let cells: [Cell]
    let certificates: [CertificateCell]
    let next: CitedSentence
    let link: Link

    /// One requirement, or all of them in a text.
    struct Cell: PageValue {
        let title: String
        let text: String
        let short: String
        /// Nothing is owed where the requirement is not enforced.
        let isOwed: Bool

        static var fields: [String: Field<Cell>] {
            [
                "title": .text { $0.title }, "text": .text { $0.text }, "isShort": .flag { !$0.short.isEmpty },
                "short": .text { $0.short }, "isOwed": .flag { $0.isOwed },
            ]
        }

        static var sample: Cell { Cell(title: "公需科目", text: "20 / 30", short: "差 10", isOwed: true) }
    }

    /// A valid certificate with the code of its number.
    struct CertificateCell: PageValue {
        let number: String
        let link: Link
        let code: HTML

        static var fields: [String: Field<CertificateCell>] {
            ["number": .text { $0.number }, "link": .text { $0.link.text }, "code": .html { $0.code }]
        }

        static var sample: CertificateCell {
            CertificateCell(number: "MCMT-2GJ4-Y74D-CKO4", link: Link.home, code: HTML())
        }
    }

    /// `isFirst`: the certificates of a year stand in its first row.
    init(_ item: FiveYearsItem, _ standing: StandingPart?, _ columns: [String], isFirst: Bool, _ links: YearLinks) {
        (year, link) = (item.year, links.year(item.year))
        policy = item.reading.standings.count > 1 ? standing?.title ?? "" : ""
        state = standing?.state
        outcome = standing.map { $0.isExempt ? Outcome.exempt.name : $0.outcome } ?? "没有适用的政策"
        let bars = standing?.bars ?? []
        cells = columns.map { name in
            if let bar = bars.first(where: { $0.name == name }) { return Cell(bar, named: name) }
            let all = bars.map { "\($0.name) \($0.counted) / \($0.required)" }.joined(separator: "；")
            return Cell(title: name, text: columns.count == 1 && !all.isEmpty ? all : "—", short: "", isOwed: false)
        }
        let held = zip(item.certificates, item.codes).map { certificate, code in
            CertificateCell(number: certificate.number, link: certificate.link, code: code)
        }
        certificates = isFirst ? held : []
        let next = Self.next(
            standing, hasCertificate: !item.certificates.isEmpty, isSettled: item.reading.state.isSettled)
        self.next = (standing?.clauses ?? ClauseLinks.none).cited(next)
    }

    private static func next(_ standing: StandingPart?, hasCertificate: Bool, isSettled: Bool) -> String {
        switch standing?.state {
        case nil: "请单位核对任职信息"
        case .short: standing?.ways.first?.way.options.first ?? "补学时的途径"
        case .waived: "无须办理"
        case .met: hasCertificate ? "无须办理" : isSettled ? "等主管部门颁发证书" : "等年度结算"
        }
    }

    private init() {
        (year, policy, outcome, state) = (Year(2022), "", "未达标", .short)
        (cells, certificates, link) = ([.sample], [.sample], YearPages.yearPath.link(Year(2022)))
        next = CitedSentence([CitedPart("再学一门公需科目的线上课程即可，10 学时"), .sample])
    }

    static var fields: [String: Field<FiveYearsRow>] {
        [
            "year": .text { "\($0.year)" }, "hasPolicy": .flag { !$0.policy.isEmpty }, "policy": .text { $0.policy },
            "outcome": .text { $0.outcome }, "isMet": .flag { $0.state == .met },
            "isShort": .flag { $0.state == .short }, "cells": .list { $0.cells },
            "certificates": .list { $0.certificates }, "next": .item { $0.next }, "link": .text { $0.link.text },
        ]
    }

    static var sample: FiveYearsRow { FiveYearsRow() }
}

extension FiveYearsRow.Cell {
    fileprivate init(_ bar: Bar, named name: String) {
        self.init(
            title: name, text: "\(bar.counted) / \(bar.required)", short: bar.isShort ? "差 \(bar.short)" : "",
            isOwed: !bar.isWaived)
    }
}
