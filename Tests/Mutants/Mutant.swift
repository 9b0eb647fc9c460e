import Foundation
import Kernel

/// The active mutant, and the file that records which mutants were reached.
enum Mutant {
    private static let active = number("XUESHI_MUTANT")
    private static let note = ProcessInfo.processInfo.environment["XUESHI_MUTANTS_SEEN"].map {
        open($0, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    }
    nonisolated(unsafe) private static let seen: UnsafeMutablePointer<Bool> = {
        let seen = UnsafeMutablePointer<Bool>.allocate(capacity: 10_000)
        seen.initialize(repeating: false, count: 10_000)
        return seen
    }()

    private static func number(_ name: String) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? -1
    }

    static func on(_ number: Int) -> Bool {
        if let note, !seen[number] {
            seen[number] = true
            _ = "\(number)\n".withCString { write(note, $0, strlen($0)) }
        }
        return active == number
    }

    static func value<T>(_ number: Int, _ plain: T, _ changed: T) -> T { on(number) ? changed : plain }
}
