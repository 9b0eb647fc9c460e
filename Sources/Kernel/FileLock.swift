import Foundation

/// One process at a time in a folder.
package enum FileLock {
    /// Waits until nobody else is within; `refused` makes the failure where the folder cannot be opened or locked.
    package static func alone<Made, Fault: Error>(
        _ folder: String, _ body: () throws(Fault) -> Made, refused: () -> Fault
    ) throws(Fault) -> Made {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw refused() }
        // Closing it gives the lock back.
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 { guard errno == EINTR else { throw refused() } }
        return try body()
    }
}
