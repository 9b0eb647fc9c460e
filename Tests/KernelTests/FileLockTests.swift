import Foundation
import Testing

@testable import Kernel

@Suite("One process at a time in a folder")
struct FileLockTests {
    private struct Refused: Error {}

    private func isFree(_ folder: String) -> Bool {
        let file = open(folder, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) == 0
    }

    @Test func nobodyElseIsWithinAndAfterwardsItIsFree() throws {
        let folder = NSTemporaryDirectory() + "/lock-\(UInt64.random(in: 1...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let within = try FileLock.alone(folder) { () throws -> Bool in isFree(folder) } refused: {
            Refused()
        }
        #expect(!within && isFree(folder))
        #expect(throws: CancellationError.self) {
            try FileLock.alone(folder) { () throws in throw CancellationError() } refused: {
                Refused()
            }
        }
        #expect(isFree(folder))
    }

    @Test func whatIsNoFolderIsRefused() {
        #expect(throws: Refused.self) { try FileLock.alone("/no/such/folder") { () throws in } refused: { Refused() } }
        #expect(throws: Refused.self) { try FileLock.alone("/dev/null") { () throws in } refused: { Refused() } }
    }
}
