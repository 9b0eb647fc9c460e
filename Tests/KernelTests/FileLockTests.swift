import Foundation
import Testing

@testable import Kernel

@Suite("A lock on a folder between processes")
struct FileLockTests {
    private struct Refused: Error {}

    private func isFree(_ folder: String) -> Bool {
        let file = open(folder, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) == 0
    }

    private func alone<Made>(_ folder: String, _ body: () throws -> Made) throws -> Made {
        try FileLock.alone(folder, body, refused: { Refused() })
    }

    @Test func theLockExcludesOthersUntilItIsReleased() throws {
        let folder = NSTemporaryDirectory() + "/lock-\(UInt64.random(in: 1...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let within = try alone(folder) { isFree(folder) }
        #expect(!within && isFree(folder))
        #expect(throws: CancellationError.self) { try alone(folder) { throw CancellationError() } }
        #expect(isFree(folder))
    }

    @Test func aPathThatIsNoFolderIsRefused() {
        #expect(throws: Refused.self) { try alone("/no/such/folder") {} }
        #expect(throws: Refused.self) { try alone("/dev/null") {} }
    }
}
