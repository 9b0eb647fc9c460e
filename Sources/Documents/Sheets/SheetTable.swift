import Kernel

/// What a header row says: which column holds what, by the names that people write there.
package struct SheetHeader: Sendable {
    package let titles: [String]
    /// The same as they stand there.
    private let texts: [String]
    private let others: [String: String]
    /// As the spreadsheet shows it.
    private let row: Int
    private let places: [String: Int]

    /// A star after a title marks what must be filled, white space in one counts for nothing, and a title may stand in
    /// any order. A title that stands twice, be it under two names, is a failure, `sheet.header`, since nobody could
    /// say which column counts.
    ///
    /// `others`: other names of columns, each with its own.
    package init(_ row: SheetRow, others: [String: String] = [:]) throws(Failure) {
        texts = row.cells.map { Self.plain($0.text) }
        self.others = others
        titles = texts.map { others[$0] ?? $0 }
        self.row = row.number
        var places: [String: Int] = [:]
        for (place, title) in titles.enumerated() where !title.isEmpty {
            if let first = places[title] { throw .sheetHeader(title, texts[first], texts[place]) }
            places[title] = place
        }
        self.places = places
    }

    package func has(_ title: String) -> Bool { places[title] != nil }

    /// What the list calls the column of a title.
    package func written(_ title: String) -> String { places[title].map { texts[$0] } ?? title }

    /// Faults as the columns stand; those of the whole row and of columns that are not there come first.
    package func inOrder(_ faults: [RowFailure.Fault]) -> [RowFailure.Fault] {
        faults.map { (place: texts.firstIndex(of: $0.column) ?? -1, fault: $0) }.enumerated().sorted { a, b in
            (a.element.place, a.offset) < (b.element.place, b.offset)
        }.map(\.element.fault)
    }

    /// `seenIn`: a row below that has them all.
    package func require(_ needed: [String], seenIn better: Int? = nil) throws(Failure) {
        let missing = needed.filter { !has($0) }
        if missing.isEmpty { return }
        if better == nil, let sign = separator(of: missing) { throw .sheetSeparator(sign, row: row) }
        throw .missingColumns(missing, row: row, found: found, better: better)
    }

    /// The sign that parts a column that is missing from its neighbours, and is none that parts columns.
    private func separator(of missing: [String]) -> Character? {
        "；、，|｜".first { sign in
            titles.contains { title in
                let parts = title.split(separator: sign).map { others[String($0)] ?? String($0) }
                return parts.count > 1 && missing.contains(where: parts.contains)
            }
        }
    }

    /// What stands in it, in short. Where a list has no header this is a person: long numbers are left out.
    private var found: String {
        let texts = titles.filter { !$0.isEmpty }.map { title in
            let isNumber = title.count(where: \.isNumber) > 5
            return isNumber ? "（数字）" : title.count > 20 ? title.prefix(20) + "…" : title
        }
        return texts.prefix(8).joined(separator: "、") + (texts.count > 8 ? "等 \(texts.count) 列" : "")
    }

    /// The first column, from 0, in which a row says something under no title.
    package func untitled(_ row: SheetRow) -> Int? {
        guard row.cells.count > titles.count || places.count < titles.count else { return nil }
        return row.cells.indices.first {
            !row.cells[$0].text.isEmpty && ($0 >= titles.count || titles[$0].isEmpty)
        }
    }

    /// The cell under a title; empty where the row ends before it.
    package func cell(_ title: String, _ row: SheetRow) -> SheetCell {
        guard let place = places[title], row.cells.indices.contains(place) else { return .empty }
        return row.cells[place]
    }

    /// The text under a title, `nil` where there is none.
    package func text(_ title: String, _ row: SheetRow) -> String? {
        let text = cell(title, row).text
        return text.isEmpty ? nil : text
    }

    private static func plain(_ title: String) -> String {
        title.visible.filter { $0 != "*" && $0 != "＊" && !$0.isWhitespace }
    }
}

extension Failure {
    /// `better`: a later row that has the columns.
    package static func missingColumns(
        _ missing: [String] = [], row: Int = 1, found: String = "", better: Int? = nil
    ) -> Failure {
        Failure(
            .badInput, "sheet.columns",
            "表头缺少：\(missing.joined(separator: "、"))。第 \(row) 行读到的是：\(found)。"
                + (better.map { "第 \($0) 行像是表头：请删去它上面的行再导入。" } ?? "第一行应为表头；可下载模板，按模板的列名填写。"),
            en: "The header lacks \(missing.joined(separator: ", ")). Row \(row) says: \(found). "
                + (better.map { "Row \($0) looks like the header: remove what is above it." }
                    ?? "Row 1 is the header: see the template."))
    }
}
