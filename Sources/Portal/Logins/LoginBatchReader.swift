import Database
import Jobs
import Kernel
import People
import Registry

extension Registry {
    var loginBatches: LoginBatches { LoginBatches(database, people) }

    func tokens(_ actor: Actor) -> Tokens { Tokens(database, people.acting(as: actor)) }
}

extension OfficeReader {
    /// The people with these ID numbers, each `nil` if nobody in the scope of the job has it. A number of somebody
    /// outside the scope is answered like an unknown one. Failure: `job.no-authority`.
    func people(
        _ numbers: [IDNumber], for job: Job, _ payload: some OfficePayload
    ) async throws -> [ID<Person>?] {
        try await registry.database.read { transaction in
            let scope = WriteScope(transaction, registry.people, try submitter(of: job, payload, transaction))
            let store = PersonStore(transaction, registry.people)
            return try numbers.map { number in
                guard let found = try store.find(number), try scope.holds(found.number) else { return nil }
                return found.number
            }
        }
    }
}
