import Foundation
import Kernel

/// One row of a result; columns are read by position.
///
/// It cannot outlive the closure that gets it, because the engine's statement moves on. A value of another type is a
/// `Failure` of the kind `damaged`, because this program did not write it.
package struct Row: ~Escapable {
    let source: RowSource
    /// Not reference-counted, for speed: a row does not outlive the closure that gets it.
    unowned(unsafe) let transaction: Transaction

    /// Its lifetime is that of the closure's parameter, which the compiler checks.
    @_lifetime(immortal)
    init(source: RowSource, transaction: Transaction) { (self.source, self.transaction) = (source, transaction) }

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
    package func id<Kind>(_ column: Int) throws(Failure) -> ID<Kind> { ID(try int(column)) }

    package func year(_ column: Int) throws(Failure) -> Year {
        guard let year = Year(checking: try int(column)) else { throw misfit(column, "year") }
        return year
    }

    package func day(_ column: Int) throws(Failure) -> Day {
        guard let day = source.withBytes(column, { Day(utf8: $0) }) else { throw misfit(column, "day") }
        return day
    }

    package func optionalDay(_ column: Int) throws(Failure) -> Day? { source.isNull(column) ? nil : try day(column) }

    /// The column's bytes without a copy: the UTF-8 of a text or the bytes of a blob.
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
                "Column \(column + 1) of a row does not contain \(expected). Stop writing, check the backup."
        )
    }
}
