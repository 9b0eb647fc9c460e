import Database
import Kernel

/// Which rows use which files. A file with references is never swept; it is deleted 30 days after its last reference.
///
/// A reference keeps a file and gives no access. The row that uses the file stores its hash itself, encrypted or
/// authenticated.
package struct FileReferenceStore {
    private let transaction: Transaction

    package init(_ transaction: Transaction) { self.transaction = transaction }

    /// `owner`: a kind of rows, such as `job`; `number`: the row. Failure: `file.gone`.
    package func add(_ hash: FileHash, of owner: String, _ number: Int) throws {
        guard try FileStore(transaction).find(hash) != nil else { throw Failure.fileGone }
        try transaction.execute(
            """
            INSERT INTO stored_reference (owner, number, hash) VALUES (\(owner), \(number), \(hash.bytes))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Removes all references of a row. `now` in milliseconds since 1970.
    package func release(of owner: String, _ number: Int, at now: Int) throws {
        try transaction.execute(
            """
            UPDATE stored_file SET kept = \(now)
            WHERE hash IN (SELECT hash FROM stored_reference WHERE owner = \(owner) AND number = \(number))
            """)
        try transaction.execute("DELETE FROM stored_reference WHERE owner = \(owner) AND number = \(number)")
    }
}
