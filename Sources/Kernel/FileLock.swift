import Foundation

/// A lock on a folder between processes.
package enum FileLock {
    /// Runs `body` while no other process has the lock. `refused`: makes the failure if the folder cannot be opened or
    /// locked.
    package static func alone<Made, Fault: Error>(
        _ folder: String, _ body: () throws(Fault) -> Made, refused: () -> Fault
    ) throws(Fault) -> Made {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw refused() }
        // Closing the descriptor releases the lock.
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 { guard errno == EINTR else { throw refused() } }
        return try body()
    }
}
