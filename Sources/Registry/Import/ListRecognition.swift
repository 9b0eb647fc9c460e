import Database
import Documents
import Kernel
import People
import Policy

/// What a list contains.
package enum ListContent: Sendable, Hashable {
    case people
    /// `kind`: the kind of evidence of the rows that do not name one.
    case hours(kind: String?)
}

/// What the headers of a list tell about its content.
package struct ListRecognition: Sendable {
    /// At least one. Several: the headers do not tell which one it is, or the sheets have different ones.
    package let possible: [ListContent]

    /// `nil` if the headers do not tell.
    package var content: ListContent? { possible.count == 1 ? possible[0] : nil }
}

extension SheetImport {
    /// Reads the headers of a list. A list that cannot be imported at all counts as a list of people, whose import says
    /// what is missing.
    ///
    /// Failures: `sheet.…`
    package func recognise(_ path: String) async throws -> ListRecognition {
        var reading = HeaderReading(ListColumns(try await registry.database.read { try registry.book($0) }))
        for try await rows in SheetBatches(path, size: Self.batchSize, by: reader) {
            for row in rows { reading.take(row) }
            if reading.isOver { break }
        }
        return reading.result
    }
}

/// Finds what each sheet contains, by its first rows.
private struct HeaderReading {
    private let columns: ListColumns
    private var rows: [String: Int] = [:]
    private var found: [String: [ListContent]] = [:]
    private var order: [String] = []
    private var hasHours = false
    /// A header may stand below a title of some rows.
    private static let mostRows = 11

    init(_ columns: ListColumns) { self.columns = columns }

    mutating func take(_ row: SheetRow) {
        guard !row.isHiddenSheet, row.sheet != ListTemplate.explanations, found[row.sheet] == nil,
            rows[row.sheet, default: 0] < Self.mostRows
        else { return }
        rows[row.sheet, default: 0] += 1
        guard let header = try? columns.header(row) else { return }
        let contents = columns.contents(header, on: row.sheet)
        guard !contents.isEmpty else {
            hasHours = hasHours || header.titles.contains(where: columns.isOfHours)
            return
        }
        found[row.sheet] = contents
        order.append(row.sheet)
    }

    /// Whether a file without sheets has been read far enough.
    var isOver: Bool { found[""] != nil || rows["", default: 0] == Self.mostRows }

    var result: ListRecognition {
        var possible: [ListContent] = []
        for content in order.flatMap({ found[$0] ?? [] }) where !possible.contains(content) { possible.append(content) }
        // A kind for the rows without one also serves the sheets that name theirs.
        if possible.count == 2, let kind = possible.first(where: \.hasKind), possible.contains(.hours(kind: nil)) {
            possible = [kind]
        }
        if possible.isEmpty { possible = [hasHours ? .hours(kind: nil) : .people] }
        return ListRecognition(possible: possible)
    }
}

extension ListContent {
    fileprivate var hasKind: Bool {
        if case .hours(.some) = self { true } else { false }
    }
}

extension ListColumns {
    /// Whether only lists of hours have a column of that title.
    fileprivate func isOfHours(_ title: String) -> Bool {
        allHours.contains(title) && !people.contains(title) && !Self.fixed.contains(title)
    }

    /// What a sheet with this header may contain; empty if it is no list of people or hours.
    fileprivate func contents(_ header: SheetHeader, on sheet: String) -> [ListContent] {
        guard header.has(RowReader.number) else { return [] }
        if evidenceKind(on: sheet) != nil || header.has(ListTemplate.kind) { return [.hours(kind: nil)] }
        let titles = Set(header.titles.filter { !$0.isEmpty && !Self.besides.contains($0) })
        let ofHours = titles.filter(isOfHours)
        let ofPeople = titles.subtracting(allHours).intersection(people)
        let isStrange = !titles.isSubset(of: people.union(allHours))
        if ofHours.isEmpty, !ofPeople.isEmpty || !isStrange { return [.people] }
        let fitting = kinds.filter { kind in
            ofHours.isSubset(of: columns(of: kind.kind.name)) && kind.isWhole(in: titles)
        }
        let hours = (ofHours.isEmpty || fitting.isEmpty ? kinds : fitting).map {
            ListContent.hours(kind: $0.kind.name)
        }
        return ofPeople.isEmpty && hours.count == 1 && !ofHours.isEmpty ? hours : [.people] + hours
    }
}

extension CataloguedKind {
    /// Whether a list with these columns has all the columns that the kind needs.
    fileprivate func isWhole(in titles: Set<String>) -> Bool {
        facts.filter(\.isNeeded).allSatisfy { titles.contains($0.shape.name) || titles.contains($0.shape.key) }
    }
}
