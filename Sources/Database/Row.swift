import Foundation
import Kernel

/// Where a row's columns are read from: an engine's statement while it stands on the row, or a copy.
protocol RowSource {
    var columns: Int { get }
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int?
    func text(_ column: Int) -> String?
    func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T
}

/// One row of an answer, read by position in the order of the SELECT.
///
/// A row given by ``Transaction/each(_:_:)`` may be read only inside its closure. What does not fit is a
/// `Failure` of the kind `damaged`: the database holds what this program did not write.
package struct Row {
    let source: any RowSource

    package func int(_ column: Int) throws(Failure) -> Int {
        guard let value = source.integer(column) else { throw misfit(column, "integer") }
        return value
    }

    package func text(_ column: Int) throws(Failure) -> String {
        guard let text = source.text(column) else { throw misfit(column, "text") }
        return text
    }

    package func bytes(_ column: Int) throws(Failure) -> [UInt8] {
        guard !source.isNull(column) else { throw misfit(column, "bytes") }
        return source.withBytes(column) { Array($0) }
    }

    package func optionalInt(_ column: Int) throws(Failure) -> Int? {
        source.isNull(column) ? nil : try int(column)
    }

    package func optionalText(_ column: Int) throws(Failure) -> String? {
        source.isNull(column) ? nil : try text(column)
    }

    package func optionalBytes(_ column: Int) throws(Failure) -> [UInt8]? {
        source.isNull(column) ? nil : try bytes(column)
    }

    package func flag(_ column: Int) throws(Failure) -> Bool { try int(column) != 0 }
    package func hours(_ column: Int) throws(Failure) -> CreditHours { CreditHours(hundredths: try int(column)) }
    package func year(_ column: Int) throws(Failure) -> Year { Year(try int(column)) }
    package func id<Kind>(_ column: Int) throws(Failure) -> ID<Kind> { ID(try int(column)) }

    package func day(_ column: Int) throws(Failure) -> Day {
        guard let day = source.withBytes(column, { Day(utf8: $0) }) else { throw misfit(column, "day") }
        return day
    }

    package func optionalDay(_ column: Int) throws(Failure) -> Day? { source.isNull(column) ? nil : try day(column) }

    /// The column's bytes without a copy: a text's UTF-8, a blob's own.
    package func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try source.withBytes(column, body)
    }

    /// Whether the column has these bytes.
    package func holds(_ bytes: [UInt8], _ column: Int) -> Bool {
        source.withBytes(column) { held in
            bytes.withUnsafeBytes { own in
                guard own.count == held.count, let a = own.baseAddress, let b = held.baseAddress else {
                    return own.isEmpty && held.isEmpty
                }
                return memcmp(a, b, own.count) == 0
            }
        }
    }

    private func misfit(_ column: Int, _ expected: String) -> Failure {
        Failure(
            .damaged, "database.misfit", "数据库第 \(column + 1) 列不是所期望的内容（\(expected)）。请停止写入，核对备份。",
            en:
                "Column \(column + 1) of a row does not hold \(expected), as it should. Stop writing, check the backup."
        )
    }
}

/// A row copied out of its statement.
struct CopiedRow: RowSource {
    let values: [Value]

    init(copying source: any TypedRowSource) {
        values = (0..<source.columns).map { source.value($0) }
    }

    var columns: Int { values.count }
    func isNull(_ column: Int) -> Bool { values.indices.contains(column) ? values[column] == .null : true }

    func integer(_ column: Int) -> Int? {
        guard values.indices.contains(column) else { return nil }
        switch values[column] {
        case .integer(let number): return number
        case .text(let text): return Int(text)
        default: return nil
        }
    }

    func text(_ column: Int) -> String? {
        guard values.indices.contains(column) else { return nil }
        switch values[column] {
        case .text(let text): return text
        case .integer(let number): return String(number)
        default: return nil
        }
    }

    func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        guard values.indices.contains(column) else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        switch values[column] {
        case .blob(let bytes): return try bytes.withUnsafeBytes(body)
        case .text(let text): return try Array(text.utf8).withUnsafeBytes(body)
        default: return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}

/// A source that knows the type of each column's value.
protocol TypedRowSource: RowSource {
    func value(_ column: Int) -> Value
}
