import Integrity
import Kernel
import Logging
import People
import Registry
import Synchronization

/// Checks everything and signs a new root once a day while the site is served. Every node keeps its own root in its
/// data folder.
final class RootRenewal: Sendable {
    private let held = Mutex((broken: 0, tried: 0))
    private static let day = 86_400_000

    /// The number of broken places in the last check: normally 0.
    var broken: Int { held.withLock { $0.broken } }

    /// Renews until cancelled.
    func keep(_ installation: Installation) async {
        while !Task.isCancelled {
            if await isDue(installation) { await renew(installation) }
            // Checks the state log every few minutes, so that a break is found before the next daily check.
            await lookAtStates(installation)
            try? await Task.sleep(for: .seconds(300))
        }
    }

    private func lookAtStates(_ installation: Installation) async {
        do {
            try await installation.people.states.renewHead(installation.database)
        } catch {
            report("the changes of state were not read", error)
        }
    }

    /// A database that is briefly unavailable is not broken, and a cancelled task does not report.
    private func report(_ what: Logger.Message, _ error: any Error) {
        guard !Task.isCancelled else { return }
        guard (error as? Failure)?.kind == .damaged else {
            held.withLock { $0.tried = 0 }
            return Logger(label: "xueshi").warning(what, metadata: ["error": "\(error)"])
        }
        held.withLock { $0.broken = max($0.broken, 1) }
        Logger(label: "xueshi").critical(what, metadata: ["error": "\(error)"])
    }

    private func isDue(_ installation: Installation) async -> Bool {
        let made = (try? installation.roots.root()?.time) ?? 0
        let tried = held.withLock { $0.tried }
        return installation.people.system.now() - max(made, tried) >= Self.day
    }

    func renew(_ installation: Installation) async {
        held.withLock { $0.tried = installation.people.system.now() }
        do {
            let check = try await installation.check()
            held.withLock { $0.broken = check.broken }
            if check.broken == 0 {
                try await installation.writeRoot()
            } else {
                Logger(label: "xueshi").critical("the ledger is broken", metadata: ["places": "\(check.broken)"])
            }
        } catch {
            report("the ledger was not checked", error)
        }
    }
}
