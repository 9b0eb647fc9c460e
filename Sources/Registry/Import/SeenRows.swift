import Documents
import Kernel
import People

/// The imported rows of a list by their key. A later row with the same key and different contents is refused. Rows
/// about one person may differ where they hold from different days, as employments do. A row that failed is no standard
/// for later ones.
struct SeenRows {
    /// A row as it is compared: by hashes, because the texts of a long list would take too much memory.
    struct Row: Sendable {
        fileprivate let place: RowLocation
        fileprivate let key: Int
        fileprivate let content: Int
        fileprivate let day: Day?
        fileprivate let name: String?

        func contradicts(_ other: Row) -> Bool {
            guard key == other.key, content != other.content else { return false }
            return day == nil || other.day == nil || day == other.day || name != other.name
        }
    }

    private let list: ListKind
    /// The first row of each key.
    private var rows: [Int: Row] = [:]
    /// Rows with other contents.
    private var later: [Int: [Row]] = [:]

    init(_ list: ListKind) { self.list = list }

    /// `nil` for a row with an incomplete key, which is not compared.
    func row(_ row: SheetRow, _ header: SheetHeader) -> Row? {
        let reader = RowReader(row: row, header: header)
        let key = list.key.compactMap { title in
            // Documents of two kinds may have the same number.
            (title == RowReader.number && header.has(RowReader.paper) ? (try? reader.idNumber())?.key : nil)
                ?? (try? reader.text(title)).map(NormalForm.caseless)
        }
        guard key.count == list.key.count else { return nil }
        return Row(
            place: RowLocation(row), key: key.hashValue, content: content(row, header),
            day: list.dated.flatMap { try? reader.day($0) },
            name: list.dated.flatMap { _ in try? reader.name("姓名") }.map(NormalForm.caseless))
    }

    /// The hash of the values of the columns that the list knows, however they are spelled, in any order of columns.
    private func content(_ row: SheetRow, _ header: SheetHeader) -> Int {
        let known = list.columns.known(list.kind, header, on: row.sheet)
        return header.titles.reduce(0) { content, title in
            guard known.contains(title), let text = header.text(title, row) else { return content }
            var hash = Hasher()
            hash.combine(title)
            hash.combine(value(of: text))
            return content &+ hash.finalize()
        }
    }

    private func value(of text: String) -> String {
        let form = NormalForm.caseless(text)
        let isNumber = form.utf8.allSatisfy { 48...57 ~= $0 }
        let mayBeDay = 48...57 ~= form.utf8.first ?? 0 && (!isNumber || form.utf8.count == 8)
        return (mayBeDay ? Day(flexible: text)?.description : nil) ?? list.value(form.whole)
    }

    /// The imported rows with the key of this one.
    func rows(like row: Row) -> [Row] { (rows[row.key].map { [$0] } ?? []) + later[row.key, default: []] }

    /// Adds an imported row.
    mutating func add(_ row: Row) {
        guard let first = rows[row.key] else {
            rows[row.key] = row
            return
        }
        let isKnown = first.content == row.content || later[row.key, default: []].contains { $0.content == row.content }
        if !isKnown { later[row.key, default: []].append(row) }
    }
}

/// A row of a batch.
struct ListRow: Sendable {
    let row: SheetRow
    let header: SheetHeader
    let seen: SeenRows.Row?
    /// The imported rows of earlier batches that have its key.
    private let earlier: [SeenRows.Row]

    init(_ row: SheetRow, _ header: SheetHeader, _ seen: SeenRows) {
        (self.row, self.header) = (row, header)
        self.seen = seen.row(row, header)
        earlier = self.seen.map(seen.rows(like:)) ?? []
    }

    /// The failure of a row that contradicts an imported one: of an earlier batch, or of its own.
    func conflict(in batch: [SeenRows.Row], _ title: String) -> RowFailure? {
        guard let seen,
            let other = earlier.first(where: seen.contradicts) ?? batch.first(where: seen.contradicts)
        else { return nil }
        let (reader, place) = (RowReader(row: row, header: header), other.place.words(in: row.sheet))
        return reader.fault(
            title,
            "与\(place)的\(header.written(title))相同而内容不同，以\(place)为准，这一行没有导入。请核对以后只保留正确的一行，不要原样再次上传")
    }
}

extension ImportReport.Outcome {
    /// Whether the row is the standard for later ones: it was imported, or waits for another office.
    var isStandard: Bool {
        switch self {
        case .created, .changed, .unchanged: true
        case .failed(let failure): failure.isPending
        case .remarked(let outcome, _): outcome.isStandard
        }
    }
}
