import Kernel

/// A value that can be bound to a parameter, or read from a column.
package enum Value: Sendable, Hashable {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])
}

/// What may be interpolated into ``SQL``: it becomes a bound parameter, never text.
package protocol Bindable: Sendable {
    var bound: Value { get }
}

/// One statement in the SQL that both engines speak, with its values apart.
///
/// `"SELECT name FROM person WHERE number = \(number)"` has the text `… = $1`: an interpolated value has no way into
/// the text. A piece of `SQL` interpolated into another keeps its own parameters.
package struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The text with `$1`, `$2` … in the order of the values.
    package var text: String { pieces.text }
    package var values: [Value] { pieces.values }
    fileprivate var pieces: Pieces

    fileprivate struct Pieces: Sendable, Hashable {
        var text = ""
        var values: [Value] = []

        mutating func append(_ value: Value) {
            values.append(value)
            text += "$\(values.count)"
        }
    }

    package init(stringLiteral value: StaticString) { pieces = Pieces(text: value.description) }
    package init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }
    private init(_ pieces: Pieces) { self.pieces = pieces }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces = Pieces()
        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.text.reserveCapacity(literalCapacity + interpolationCount * 3)
        }
        package mutating func appendLiteral(_ literal: StaticString) { pieces.text += literal.description }
        package mutating func appendInterpolation(_ value: some Bindable) { pieces.append(value.bound) }
        package mutating func appendInterpolation(_ sql: SQL) { pieces.splice(sql.pieces) }
    }

    /// `($1, $2, $3)`: the values of an IN list; an empty list matches nothing.
    package static func list(_ values: some Sequence<any Bindable>) -> SQL {
        var pieces = Pieces(text: "(")
        for (index, value) in values.enumerated() {
            if index > 0 { pieces.text += ", " }
            pieces.append(value.bound)
        }
        pieces.text += pieces.values.isEmpty ? "NULL)" : ")"
        return SQL(pieces)
    }

    /// The pieces one after the other, with a separator between them.
    package static func joined(_ parts: [SQL], by separator: StaticString) -> SQL {
        var pieces = Pieces()
        for (index, part) in parts.enumerated() {
            if index > 0 { pieces.text += separator.description }
            pieces.splice(part.pieces)
        }
        return SQL(pieces)
    }

    /// For this room's own statements, whose names are not known when it is compiled.
    init(unchecked text: String) { pieces = Pieces(text: text) }
}

extension SQL.Pieces {
    /// Takes over another piece's text with its parameters numbered on from here.
    fileprivate mutating func splice(_ other: SQL.Pieces) {
        guard !other.values.isEmpty else { text += other.text; return }
        var number = ""
        var inside = false
        let flush = { (pieces: inout SQL.Pieces) in
            if let index = Int(number), index >= 1, index <= other.values.count {
                pieces.append(other.values[index - 1])
            }
            number = ""
            inside = false
        }
        for character in other.text {
            if inside, character.isNumber { number.append(character); continue }
            if inside { flush(&self) }
            if character == "$" { inside = true } else { text.append(character) }
        }
        if inside { flush(&self) }
    }
}

extension Value: Bindable { package var bound: Value { self } }
extension Int: Bindable { package var bound: Value { .integer(self) } }
extension Bool: Bindable { package var bound: Value { .integer(self ? 1 : 0) } }
extension String: Bindable { package var bound: Value { .text(self) } }
extension [UInt8]: Bindable { package var bound: Value { .blob(self) } }
extension CreditHours: Bindable { package var bound: Value { .integer(hundredths) } }
extension Day: Bindable { package var bound: Value { .text(description) } }
extension Year: Bindable { package var bound: Value { .integer(number) } }
extension RegionCode: Bindable { package var bound: Value { .text(text) } }
extension ID: Bindable { package var bound: Value { .integer(number) } }
extension Optional: Bindable where Wrapped: Bindable { package var bound: Value { self?.bound ?? .null } }
