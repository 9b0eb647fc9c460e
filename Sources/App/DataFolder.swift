import Foundation
import Kernel

/// The folder of an installation is its owner's alone: what older programs left open to others is closed when it is
/// opened. Of the key file others must never have had a sight, so that one is not mended but refused (`keys.mode`).
enum DataFolder {
    /// Whether a file is there. Failure: `data.unreadable` where this user may not see it: what nobody can look at is
    /// not missing.
    static func has(_ path: String) throws(Failure) -> Bool {
        var status = stat()
        guard stat(path, &status) != 0 else { return true }
        guard errno != EACCES else {
            throw Failure(
                .unavailable, "data.unreadable", "没有权限查看 \(path)。请以数据目录所有者的身份运行，或核对 --data、XUESHI_DATA；不要另建新库。",
                en: "This user may not look at \(path). Run as the owner of the data folder; begin no new one.")
        }
        return false
    }

    /// Failure: `data.mode` where a file is open to others and not this user's to close.
    static func close(_ folder: String) throws(Failure) {
        let ledger = folder + "/ledger"
        let roots = (try? FileManager.default.contentsOfDirectory(atPath: ledger)) ?? []
        let files = ["/xueshi.db", "/xueshi.db-wal", "/xueshi.db-shm"].map { folder + $0 }
        for path in [folder, ledger] + files + roots.map({ "\(ledger)/\($0)" }) { try closeOne(path) }
    }

    /// What is not there needs no closing.
    private static func closeOne(_ path: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK, status.st_mode & 0o077 != 0 else { return }
        // Without the right to enter it, what is in a folder could not be read.
        guard chmod(path, status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600) == 0 else {
            throw Failure(
                .unavailable, "data.mode", "\(path) 可以被其他用户读取，而且不能改正。请以文件所有者的身份运行，或执行 chmod go= \(path)。",
                en: "\(path) is open to other users and cannot be closed. Run as its owner, or chmod go= \(path).")
        }
    }
}
