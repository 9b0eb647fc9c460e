import Kernel
import Synchronization

/// A value that is bound to a parameter or read from a column.
package enum Value: Sendable, Hashable {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])
}

/// A value that may be interpolated into ``SQL``: it becomes a bound parameter, never text.
package protocol Bindable: Sendable {
    var bound: Value { get }
}

/// A statement with its values, in the SQL that both engines understand.
///
/// `"SELECT name FROM person WHERE number = \(number)"` has the text `… = $1`: an interpolated value never becomes part
/// of the text. `SQL` interpolated into other `SQL` keeps its parameters.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    private(set) var pieces: [Piece]
    package private(set) var values: [Value]

    /// A literal of the program, the place of a value, or a text made by this module.
    enum Piece: Sendable, Hashable {
        case literal(UnsafeLiteral)
        case parameter
        case own(String)
    }

    /// The text with `$1`, `$2` … in the order of the values, cached by statement.
    package var text: String { texts.text(of: pieces) }

    package init(stringLiteral value: StaticString) { (pieces, values) = ([.literal(UnsafeLiteral(value))], []) }
    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }
    private init(_ pieces: [Piece] = []) { (self.pieces, values) = (pieces, []) }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL()
        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.pieces.reserveCapacity(interpolationCount * 2 + 1)
            sql.values.reserveCapacity(interpolationCount)
        }
        package mutating func appendLiteral(_ literal: StaticString) {
            if literal.utf8CodeUnitCount > 0 { sql.pieces.append(.literal(UnsafeLiteral(literal))) }
        }
        package mutating func appendInterpolation(_ value: some Bindable) { sql.append(value.bound) }
        package mutating func appendInterpolation(_ other: SQL) { sql.append(other) }
    }

    private mutating func append(_ value: Value) {
        pieces.append(.parameter)
        values.append(value)
    }

    private mutating func append(_ other: SQL) {
        pieces += other.pieces
        values += other.values
    }

    /// `($1, $2, $3)`: the values of an IN list; an empty list matches nothing.
    package static func list(_ values: some Sequence<some Bindable>) -> SQL {
        let items = values.map { value in
            var item = SQL()
            item.append(value.bound)
            return item
        }
        return items.isEmpty ? "(NULL)" : "(\(joined(items, by: ", ")))"
    }

    /// The parts joined by a separator.
    package static func joined(_ parts: [SQL], by separator: StaticString) -> SQL {
        var whole = SQL()
        for (index, part) in parts.enumerated() {
            if index > 0 { whole.pieces.append(.literal(UnsafeLiteral(separator))) }
            whole.append(part)
        }
        return whole
    }

    /// One row of values between two texts made by this module.
    init(row values: [Value], after head: UnsafeLiteral, before tail: UnsafeLiteral, _ end: SQL?) {
        pieces = [.literal(head)]
        pieces.reserveCapacity(values.count * 2 + 2)
        for place in values.indices {
            if place > 0 { pieces.append(Self.comma) }
            pieces.append(.parameter)
        }
        pieces.append(.literal(tail))
        self.values = values
        if let end {
            pieces.append(Self.space)
            append(end)
        }
    }

    private static let comma = Piece.literal(UnsafeLiteral(", "))
    private static let space = Piece.literal(UnsafeLiteral(" "))

    /// For statements of this module with names that are unknown at compile time.
    init(unchecked text: String) { self.init([.own(text)]) }

    /// The same for a text that is made once and reused.
    init(lasting text: UnsafeLiteral) { self.init([.literal(text)]) }
}

/// A literal of the program, compared by its address: equal texts at two addresses differ.
struct UnsafeLiteral: @unchecked Sendable, Hashable {
    private let start: UnsafePointer<UInt8>?
    private let scalar: Unicode.Scalar?
    private let count: Int

    init(_ literal: StaticString) {
        count = literal.utf8CodeUnitCount
        (start, scalar) = literal.hasPointerRepresentation ? (literal.utf8Start, nil) : (nil, literal.unicodeScalar)
    }

    /// A text that is made once, kept for ever, and compared by its address too.
    init(lasting text: String) {
        let bytes = Array(text.utf8)
        let place = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
        place.initialize(from: bytes, count: bytes.count)
        (start, scalar, count) = (UnsafePointer(place), nil, bytes.count)
    }

    var text: String {
        start.map { String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self) }
            ?? scalar.map { String(Character($0)) } ?? ""
    }
}

/// The texts of the statements made so far; a program has some hundreds.
private final class StatementCache: Sendable {
    private let known = Mutex<[Key: String]>([:])
    /// The most cached texts, because lists of many lengths would fill the memory.
    private static let most = 2000

    /// Hashed by the number of pieces and the two ends, which is fast and distinguishes most statements.
    private struct Key: Hashable {
        let pieces: [SQL.Piece]

        func hash(into hasher: inout Hasher) {
            hasher.combine(pieces.count)
            hasher.combine(pieces.first)
            hasher.combine(pieces.last)
        }
    }

    func text(of pieces: [SQL.Piece]) -> String {
        if let text = known.withLock({ $0[Key(pieces: pieces)] }) { return text }
        var (text, count) = ("", 0)
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal.text
            case .own(let own): text += own
            case .parameter:
                count += 1
                text += "$\(count)"
            }
        }
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[Key(pieces: pieces)] = text
        }
        return text
    }
}

private let texts = StatementCache()

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
