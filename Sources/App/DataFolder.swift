import Foundation
import Kernel

/// Makes the folder of an installation accessible to its owner only; files that older programs left readable to others
/// are closed when it is opened. A key file that others may have read cannot be repaired and is refused (`keys.mode`).
enum DataFolder {
    /// Whether a file exists. Failure: `data.unreadable` if this user may not look, because then it is unknown whether
    /// the file is missing.
    static func has(_ path: String) throws(Failure) -> Bool {
        var status = stat()
        guard stat(path, &status) != 0 else { return true }
        guard errno != EACCES else {
            throw Failure(
                .unavailable, "data.unreadable", "没有权限查看 \(path)。请以数据目录所有者的身份运行，或核对 --data、XUESHI_DATA；不要另建新库。",
                en: "This user may not read \(path). Run as the owner of the data folder; do not create a new one.")
        }
        return false
    }

    /// Failure: `data.mode` if a file is accessible to others and this user cannot change that.
    static func close(_ folder: String) throws(Failure) {
        let ledger = folder + "/ledger"
        let roots = (try? FileManager.default.contentsOfDirectory(atPath: ledger)) ?? []
        let files = ["/xueshi.db", "/xueshi.db-wal", "/xueshi.db-shm"].map { folder + $0 }
        for path in [folder, ledger] + files + roots.map({ "\(ledger)/\($0)" }) { try closeOne(path) }
    }

    /// Missing files are skipped.
    private static func closeOne(_ path: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK, status.st_mode & 0o077 != 0 else { return }
        // A folder needs the execute right to be read.
        guard chmod(path, status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600) == 0 else {
            throw Failure(
                .unavailable, "data.mode", "\(path) 可以被其他用户读取，而且不能改正。请以文件所有者的身份运行，或执行 chmod go= \(path)。",
                en: "\(path) is open to other users, and chmod failed. Run as its owner, or chmod go= \(path).")
        }
    }
}
