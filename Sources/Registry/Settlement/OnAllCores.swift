import Dispatch
import Foundation
import Synchronization

/// The same as `map`, a part on each core: for much arithmetic inside a transaction, which has to wait for it.
func onAllCores<T: Sendable, U: Sendable>(_ items: [T], _ body: @Sendable (T) -> U) -> [U] {
    let parts = max(1, min(ProcessInfo.processInfo.activeProcessorCount, items.count / 50))
    let done = Mutex<[Int: [U]]>([:])
    DispatchQueue.concurrentPerform(iterations: parts) { part in
        let made = items[items.count * part / parts..<items.count * (part + 1) / parts].map(body)
        done.withLock { $0[part] = made }
    }
    return done.withLock { done in (0..<parts).flatMap { done[$0] ?? [] } }
}
