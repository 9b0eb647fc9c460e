import Kernel
import Synchronization

/// Lets a few child processes run at once and a few more wait, in order of arrival. Further ones are refused at once.
/// Each client may use at most two places.
package final class ProcessLimiter: Sendable {
    private struct Waiting {
        let number: Int
        let who: String
        let go: CheckedContinuation<Bool, Never>
    }

    private struct Slots {
        var running = 0
        var line: [Waiting] = []
        /// Running and waiting processes by client.
        var counts: [String: Int] = [:]
        var last = 0
        var left: Set<Int> = []
    }

    private let most: Int
    private let longest: Int
    private let perClient = 2
    private let places = Mutex(Slots())

    package init(running: Int, waiting: Int) { (most, longest) = (running, waiting) }

    /// How many are waiting.
    var inLine: Int { places.withLock { $0.line.count } }

    /// `who`: an address or another client. Failure: `process.busy`.
    package func pass<T>(_ who: String, _ body: () async throws -> T) async throws -> T {
        let (number, isFree) = try enter(who)
        if !isFree, await !turn(number, who) {
            forget(who)
            throw CancellationError()
        }
        defer { leave(number, who) }
        return try await body()
    }

    private func enter(_ who: String) throws -> (number: Int, isFree: Bool) {
        try places.withLock { places in
            guard places.running < most || places.line.count < longest, places.counts[who, default: 0] < perClient
            else { throw Failure.processesBusy }
            places.counts[who, default: 0] += 1
            places.last += 1
            let isFree = places.running < most
            if isFree { places.running += 1 }
            return (places.last, isFree)
        }
    }

    /// Waits for a place; `false` if the task was cancelled.
    private func turn(_ number: Int, _ who: String) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { go in
                let isAdmitted: Bool? = places.withLock { places in
                    if places.left.remove(number) != nil { return false }
                    if places.running < most {
                        places.running += 1
                        return true
                    }
                    places.line.append(Waiting(number: number, who: who, go: go))
                    return nil
                }
                if let isAdmitted { go.resume(returning: isAdmitted) }
            }
        } onCancel: {
            let waiting: Waiting? = places.withLock { places in
                guard let index = places.line.firstIndex(where: { $0.number == number }) else {
                    places.left.insert(number)
                    return nil
                }
                return places.line.remove(at: index)
            }
            waiting?.go.resume(returning: false)
        }
    }

    private func leave(_ number: Int, _ who: String) {
        let next: Waiting? = places.withLock { places in
            places.left.remove(number)
            guard !places.line.isEmpty else {
                places.running -= 1
                return nil
            }
            return places.line.removeFirst()
        }
        next?.go.resume(returning: true)
        forget(who)
    }

    private func forget(_ who: String) {
        places.withLock { places in
            let count = places.counts[who, default: 1] - 1
            places.counts[who] = count > 0 ? count : nil
        }
    }
}

extension Failure {
    static let processesBusy = Failure(
        .unavailable, "process.busy", "正在核对的文件太多，这一份没有接收。请过一分钟再试。",
        en: "Too many files are being checked; this one was not accepted. Try again in a minute.")
}
