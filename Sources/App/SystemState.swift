import Database
import Jobs
import Kernel
import People
import Portal
import Registry
import Web

extension Installation {
    /// The state of the system, for the administrator's page.
    func systemState() async throws -> SystemState {
        let (people, engine) = (people, database.engine)
        let (jobs, messages) = (try await jobs.counts(), try await outbox.counts())
        let registry = registry
        let found = try await database.read { transaction in
            (
                size: try SystemStateStore(transaction).size(engine),
                people: try PersonStore(transaction, people).count(),
                accounts: try AccountStore(transaction, people).count(),
                replay: try registry.lastReplay(transaction)
            )
        }
        let now = people.system.now()
        return SystemState(
            version: SiteConfiguration().imprint.version, engine: engine == .sqlite ? "SQLite" : "PostgreSQL",
            steps: migrations.all, size: found.size, people: found.people, accounts: found.accounts,
            signed: try roots.root()?.time, differing: found.replay?.differing, jobs: jobs, messages: messages,
            newest: clock.newest, isClockBehind: (try? clock.check()) == nil, now: now)
    }
}
