import Database
import Foundation
import Kernel
import Logging
import Synchronization

/// The next number of each kind, also stored outside the database.
///
/// Roles, hours and certificates belong to a number. If somebody deleted a row and reset the counter, the number would
/// be given to another person, who would then own them.
package final class NumberHighWaterMarks: NumberHighWaterStore {
    private let folder: String
    private let held: Mutex<[String: Int]>

    private var path: String { folder + "/numbers.json" }

    /// Reads the file in the folder. Failure: `numbers.unreadable`.
    package init(folder: String) throws(Failure) {
        self.folder = folder
        held = Mutex(try Self.read(folder + "/numbers.json"))
    }

    package func least(_ kind: String) -> Int { held.withLock { $0[kind] ?? 1 } }

    /// A failed write does not fail the commit; the next call writes the file again.
    package func given(_ kind: String, next: Int) {
        held.withLock { $0[kind] = max($0[kind] ?? 1, next) }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileLock.alone(folder) { () throws(any Error) in
                try write()
            } refused: {
                POSIXError(.ENOLCK)
            }
        } catch {
            Logger(label: "xueshi").error("numbers", metadata: ["reason": "\(type(of: error))", "file": "\(path)"])
        }
    }

    /// Writes the file, merged with the numbers that other processes gave out.
    private func write() throws {
        let others = try Self.read(path)
        let all = held.withLock { held in
            held.merge(others) { max($0, $1) }
            return held
        }
        guard all != others else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(all).write(to: URL(filePath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private static func read(_ path: String) throws(Failure) -> [String: Int] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let data = FileManager.default.contents(atPath: path),
            let marks = try? JSONDecoder().decode([String: Int].self, from: data)
        else {
            throw Failure(
                .unavailable, "numbers.unreadable", "编号记录 \(path) 无法读取。请从备份取回；确实无法取回的，删除后重新启动。",
                en: "The record of numbers in \(path) cannot be read. Restore it; if it is lost, remove it.")
        }
        return marks
    }
}
