import Kernel
import People
import Policy
import Registry
import Web

/// A list of people with their standings.
struct RosterPage: PageValue {
    let scopeName: String
    let query: RosterQuery
    let selects: [SelectField]
    let checks: CheckFields
    let rows: [RosterRow]
    let next: Link?
    let hasReachedScanLimit: Bool
    /// The unit in the filter.
    let unit: String
    /// The unit whose certificates can be downloaded together.
    let bundled: ID<Organisation>?
    let search: Link
    /// Where logins of these people are opened, for officers who may.
    var logins: Link?

    static var fields: [String: Field<RosterPage>] {
        [
            "scope": .text { $0.scopeName }, "words": .text { _ in "" }, "year": .text { "\($0.query.year)" },
            "selects": .list { $0.selects },
            // The year is shown in the introduction.
            "chosen": .text { $0.selects.dropFirst().compactMap(\.special).joined(separator: "、") },
            "checks": .item { $0.checks }, "rows": .list { $0.rows }, "hasRows": .flag { !$0.rows.isEmpty },
            "hasNext": .flag { $0.next != nil }, "next": .text { $0.next?.text ?? "" },
            "hasReachedScanLimit": .flag { $0.hasReachedScanLimit }, "isFirst": .flag { $0.query.after.isEmpty },
            "first": .text { $0.query.link().text }, "count": .text { "\($0.rows.count)" },
            "isWhole": .flag { $0.query.after.isEmpty && $0.next == nil },
            "hasUnit": .flag { !$0.unit.isEmpty }, "unit": .text { $0.unit },
            "unitNumber": .text { $0.query.filter.unit?.description ?? "" },
            "isBundled": .flag { $0.bundled != nil }, "bundled": .text { $0.bundled?.description ?? "" },
            "wholeList": .text { $0.withoutUnit.text }, "search": .text { $0.search.text },
            "action": .text { _ in RosterPages.path.link().text },
            "export": .text { _ in ImportPages.exportPath.link().text },
            "print": .text { _ in ImportPages.printPath.link().text },
            "queryText": .text { $0.query.link().text.split(separator: "?").last.map { String($0) } ?? "" },
            "mayOpenLogins": .flag { $0.logins != nil }, "logins": .text { $0.logins?.text ?? "" },
            "columns": .list { $0.query.shown.map { Sentence($0.name) } },
        ]
    }

    private var withoutUnit: Link {
        var query = query
        (query.filter.unit, query.after) = (nil, "")
        return query.link()
    }

    static var sample: RosterPage {
        let query = RosterQuery(Query("year=2022&show=unit"), newest: Year(2022))
        return RosterPage(
            scopeName: "泰山区", query: query, selects: [.sample],
            checks: CheckFields("show", "显示哪些列", [.init("unit", "单位")], chosen: ["unit"]), rows: [.sample],
            next: query.link(), hasReachedScanLimit: true, unit: "泰安示例机械有限公司", bundled: ID(3),
            search: RosterPages.searchPath.link(), logins: LoginBatchPages.path.link())
    }
}

/// One person of the list.
struct RosterRow: PageValue {
    let name: String
    let link: Link
    let state: String
    let isOK: Bool
    let isShort: Bool
    let cells: [Cell]

    /// The content of one of the chosen columns.
    struct Cell: PageValue {
        let title: String
        let text: String
        var link: Link?

        static var fields: [String: Field<Cell>] {
            [
                "title": .text { $0.title }, "text": .text { $0.text.isEmpty ? "—" : $0.text },
                "isLink": .flag { $0.link != nil }, "link": .text { $0.link?.text ?? "" },
            ]
        }

        static var sample: Cell { Cell(title: "单位", text: "泰安示例机械有限公司", link: RosterPages.path.link()) }
    }

    init(_ line: RosterEntry, _ kept: [StoredStanding], region: String, _ query: RosterQuery, isSettled: Bool) {
        name = line.name
        link = RosterPages.yearPath.link(line.person, query.year)
        isShort = kept.contains { $0.outcome == .short && !$0.isWaived }
        isOK = !kept.isEmpty && !kept.contains { $0.outcome == .short }
        state = Self.state(kept, isSettled: isSettled)
        cells = query.shown.map { column in
            var cell = Cell(title: column.name, text: Self.text(column, line, kept, region))
            if column == .unit {
                var narrowed = query
                (narrowed.filter.unit, narrowed.after) = (line.unit, "")
                cell.link = narrowed.link()
            }
            return cell
        }
    }

    private init(_ cell: Cell) {
        (name, link, state) = ("岳明远", RosterPages.yearPath.link(ID(1), Year(2022)), "合格")
        (isOK, isShort, cells) = (true, false, [cell])
    }

    static func state(_ kept: [StoredStanding], isSettled: Bool) -> String {
        guard let first = kept.first else { return "未登记学时" }
        if kept.contains(where: { $0.outcome == .short && !$0.isWaived }) {
            return Outcome.short.words(isSettled: isSettled)
        }
        return kept.contains(where: \.isWaived) ? Outcome.waivedName : first.outcome.name
    }

    static func missing(_ kept: [StoredStanding]) -> String {
        guard !kept.isEmpty else { return "全部" }
        return kept.flatMap(\.lines).filter { $0.short > .zero }.map { "\($0.name)差 \($0.short)" }
            .joined(separator: "；")
    }

    /// The text of a column, on the page and in the exported list.
    static func text(
        _ column: RosterQuery.Column, _ line: RosterEntry, _ kept: [StoredStanding], _ region: String
    ) -> String {
        switch column {
        case .number: "\(line.person)"
        case .unit: line.unitName
        case .region: region
        case .nature: line.natureName
        case .level: line.levelName
        case .missing: missing(kept)
        }
    }

    static var fields: [String: Field<RosterRow>] {
        [
            "name": .text { $0.name }, "link": .text { $0.link.text }, "state": .text { $0.state },
            "isOK": .flag { $0.isOK }, "isShort": .flag { $0.isShort }, "cells": .list { $0.cells },
        ]
    }

    static var sample: RosterRow { RosterRow(.sample) }
}
