import Documents
import Kernel
import People
import Policy

/// The columns of a kind: the facts that the person's first policy needs, and those that all others with the kind need,
/// such as the accountants'. One row serves them all.
struct KindColumns: Sendable {
    let catalogued: CataloguedKind
    /// The columns of the list that other kinds read and this one does not.
    let unread: [String]

    var kind: EvidenceKind { catalogued.kind }
    var columns: [AskedFact] { catalogued.facts }

    /// Whether the first policy has a column of that name. Then a value that another policy cannot read is no fault.
    private func isOwn(_ name: String) -> Bool { columns.contains { $0.asker == nil && $0.shape.name == name } }

    /// The fact in a cell, given the facts of the columns before it; `nil` where the cell is empty and may be.
    func fact(_ column: AskedFact, _ reader: RowReader, beside facts: [String: Fact]) throws -> Fact? {
        let shape = column.shape
        guard let text = try text(column, reader) else {
            guard column.asker == nil, shape.isNeeded(in: facts) else { return nil }
            let when = shape.neededWhen.map { LocalizedText("\($0.chinese)的，", en: " where \($0.english)") } ?? .empty
            throw reader.fault(
                shape.name,
                LocalizedText(
                    "“\(kind.name)”\(when.chinese)要填写\(shape.name)。应为：",
                    en: "“\(kind.name)” needs \(shape.name)\(when.english). Accepted: ") + shape.accepted)
        }
        if let value = shape.listed(text) { return value }
        if column.asker != nil, isOwn(shape.name) { return nil }
        throw reader.fault(shape.name, shape.objection(to: text))
    }

    private func text(_ column: AskedFact, _ reader: RowReader) throws -> String? {
        let shape = column.shape
        do {
            return try reader.text(shape, under: reader.header.has(shape.name) ? shape.name : shape.key)
        } catch {
            if column.asker != nil, isOwn(shape.name) { return nil }
            throw error
        }
    }
}

extension FactShape {
    /// Reads a value as lists have it: a whole number may be written `2022.0`, and a number in full-width digits.
    func listed(_ text: String) -> Fact? {
        switch form {
        case .integer: value(text.narrow.whole)
        case .hours: value(text.narrow)
        case .oneOf, .day, .text: value(text)
        }
    }

    var isDay: Bool { if case .day = form { true } else { false } }
}

extension RowReader {
    /// The text of a fact; days as `2022-06-01`.
    func text(_ shape: FactShape, under title: String) throws -> String? {
        guard shape.isDay else { return try text(title) }
        return try day(title, accepted: LocalizedText("应为：", en: "Accepted: ") + shape.accepted)?.description
    }
}
