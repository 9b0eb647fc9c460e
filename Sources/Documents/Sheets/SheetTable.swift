import Kernel

/// A header row: which column holds which value, by the titles that people write.
package struct SheetHeader: Sendable {
    package let titles: [String]
    /// The titles as written in the file.
    private let texts: [String]
    private let others: [String: String]
    /// The row number that the spreadsheet shows.
    private let row: Int
    private let places: [String: Int]

    /// A star after a title marks a required column, white space in titles is ignored, and titles may come in any
    /// order. A title that occurs twice, even under two names, is a failure, `sheet.header`, because it is unclear
    /// which column counts.
    ///
    /// `others` maps other names of columns to their titles. A remark in brackets after a title of `known` is left out,
    /// as in 身份证号（18位）, unless another column has the title.
    package init(_ row: SheetRow, others: [String: String] = [:], known: Set<String> = []) throws(Failure) {
        texts = row.cells.map { Self.plain($0.text) }
        self.others = others
        let names = texts.map { others[$0] ?? $0 }
        let remarked = names.map { name -> String? in
            guard !known.contains(name), let text = Self.beforeRemark(name) else { return nil }
            let title = others[text] ?? text
            return known.contains(title) && !names.contains(title) ? title : nil
        }
        titles = names.enumerated().map { place, name in
            guard let title = remarked[place], remarked.count(where: { $0 == title }) == 1 else { return name }
            return title
        }
        self.row = row.number
        var places: [String: Int] = [:]
        for (place, title) in titles.enumerated() where !title.isEmpty {
            if let first = places[title] { throw .sheetHeader(title, texts[first], texts[place]) }
            places[title] = place
        }
        self.places = places
    }

    package func has(_ title: String) -> Bool { places[title] != nil }

    /// The name of a title's column in this list.
    package func written(_ title: String) -> String { places[title].map { texts[$0] } ?? title }

    /// Faults in the order of the columns. Faults of the whole row and of missing columns come first.
    package func inOrder(_ faults: [RowFailure.Fault]) -> [RowFailure.Fault] {
        faults.map { (place: texts.firstIndex(of: $0.column) ?? -1, fault: $0) }.enumerated().sorted { a, b in
            (a.element.place, a.offset) < (b.element.place, b.offset)
        }.map(\.element.fault)
    }

    /// `seenIn`: a later row that has all of them.
    package func require(_ needed: [String], seenIn better: Int? = nil) throws(Failure) {
        let missing = needed.filter { !has($0) }
        if missing.isEmpty { return }
        if better == nil, let sign = separator(of: missing) { throw .sheetSeparator(sign, row: row) }
        throw .missingColumns(missing, row: row, found: found, better: better)
    }

    /// The sign in a title that joins a missing column with its neighbours but is not a column separator.
    private func separator(of missing: [String]) -> Character? {
        "；、，|｜".first { sign in
            titles.contains { title in
                let parts = title.split(separator: sign).map { others[String($0)] ?? String($0) }
                return parts.count > 1 && missing.contains(where: parts.contains)
            }
        }
    }

    /// The titles in short. Without a header the row may be a person, so long numbers are left out.
    private var found: String {
        let texts = titles.filter { !$0.isEmpty }.map { title in
            let isNumber = title.count(where: \.isNumber) > 5
            return isNumber ? "（数字）" : title.count > 20 ? title.prefix(20) + "…" : title
        }
        return texts.prefix(8).joined(separator: "、") + (texts.count > 8 ? "等 \(texts.count) 列" : "")
    }

    /// The first column, from 0, in which a row has a value without a title.
    package func untitled(_ row: SheetRow) -> Int? {
        guard row.cells.count > titles.count || places.count < titles.count else { return nil }
        return row.cells.indices.first {
            !row.cells[$0].text.isEmpty && ($0 >= titles.count || titles[$0].isEmpty)
        }
    }

    /// The cell under a title; empty if the row ends before it.
    package func cell(_ title: String, _ row: SheetRow) -> SheetCell {
        guard let place = places[title], row.cells.indices.contains(place) else { return .empty }
        return row.cells[place]
    }

    /// The text under a title; `nil` if there is none.
    package func text(_ title: String, _ row: SheetRow) -> String? {
        let text = cell(title, row).text
        return text.isEmpty ? nil : text
    }

    /// The text before a remark in brackets; `nil` if there is none.
    private static func beforeRemark(_ title: String) -> String? {
        guard let last = title.last, "）)］]】〕".contains(last), !otherUnits.contains(where: title.contains)
        else { return nil }
        return title.firstIndex { "（(［[【〔".contains($0) }.map { String(title[..<$0]) }
    }

    /// A column in another unit is another column: 课程学时（分钟）.
    private static let otherUnits = ["分钟", "小时", "课时", "天"]

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
                + (better.map { "Row \($0) looks like the header: remove the rows above it." }
                    ?? "Row 1 is the header: see the template."))
    }
}
