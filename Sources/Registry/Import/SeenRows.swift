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
    /// The columns of the sheet that is read.
    private var columns: KnownColumns?

    init(_ list: ListKind) { self.list = list }

    /// `nil` for a row with an incomplete key, which is not compared.
    mutating func row(_ row: SheetRow, _ header: SheetHeader) -> Row? {
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
    private mutating func content(_ row: SheetRow, _ header: SheetHeader) -> Int {
        if columns?.titles != header.titles || columns?.sheet != row.sheet {
            columns = KnownColumns(header, on: row.sheet, of: list)
        }
        var content = 0
        for (place, title) in columns?.titleHashes ?? [] where place < row.cells.count {
            let text = row.cells[place].text
            guard !text.isEmpty else { continue }
            var (hash, value) = (title, value(of: text))
            // Values are in normal form, so equal ones have equal bytes. The hash of a String would normalize again.
            value.withUTF8 { hash.combine(bytes: UnsafeRawBufferPointer($0)) }
            content &+= hash.finalize()
        }
        return content
    }

    private func value(of text: String) -> String {
        let form = NormalForm.caseless(text)
        guard 48...57 ~= form.utf8.first ?? 0 else { return list.value(form.whole) }
        let isNumber = form.utf8.allSatisfy { 48...57 ~= $0 }
        if !isNumber || form.utf8.count == 8, let day = Day(flexible: text) { return day.description }
        return list.value(form.whole)
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

/// The columns of a sheet that the list knows: their places in a row, with hashes that begin with their titles.
private struct KnownColumns {
    let sheet: String
    let titles: [String]
    let titleHashes: [(place: Int, hash: Hasher)]

    init(_ header: SheetHeader, on sheet: String, of list: ListKind) {
        (self.sheet, titles) = (sheet, header.titles)
        let known = list.columns.known(list.kind, header, on: sheet)
        titleHashes = header.titles.enumerated().filter { known.contains($0.element) }.map { place, title in
            var hash = Hasher()
            hash.combine(title)
            return (place, hash)
        }
    }
}

/// A row of a batch.
struct ListRow: Sendable {
    let row: SheetRow
    let header: SheetHeader
    let seen: SeenRows.Row?
    /// The imported rows of earlier batches that have its key.
    private let earlier: [SeenRows.Row]

    init(_ row: SheetRow, _ header: SheetHeader, _ seen: inout SeenRows) {
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
            "与\(place.chinese)的\(header.written(title))相同而内容不同，以\(place.chinese)为准，这一行没有导入。"
                + "请核对以后只保留正确的一行，不要原样再次上传",
            en: "The same \(header.written(title)) as in \(place.english) with other contents, so this row was not "
                + "imported. Keep only the right one of the two rows, and do not upload both again")
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
