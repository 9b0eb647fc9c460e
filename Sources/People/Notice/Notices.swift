import Database
import Kernel

/// The entry point of this feature: notices for everybody.
package struct Notices: Sendable {
    private let database: Database
    private let people: People
    var system: SystemInputs { people.system }

    package init(_ database: Database, _ people: People) { (self.database, self.people) = (database, people) }

    func acting(as actor: Actor) -> Notices { Notices(database, people.acting(as: actor)) }

    func publish(_ title: String, _ body: String, by account: Int) async throws -> ID<Notice> {
        let now = system.now()
        return try await database.write { transaction in
            let number = try NoticeStore(transaction).add(title, body, by: account, at: now)
            try AuditStore(transaction, people).record(.publishNotice, .notice(number))
            return number
        }
    }

    /// Withdraws a notice; a second withdrawal changes nothing. Failure: `notice.none`.
    func withdraw(_ notice: ID<Notice>, because reason: String, by account: Int) async throws {
        let now = system.now()
        try await database.write { transaction in
            let store = NoticeStore(transaction)
            guard let found = try store.find(notice) else { throw Failure.noNotice }
            guard found.withdrawal == nil else { return }
            try store.withdraw(notice, because: reason, by: account, at: now)
            try AuditStore(transaction, people).record(.withdrawNotice, .notice(notice))
        }
    }

    /// A notice, also a withdrawn one, so that links stay valid. Failure: `notice.none`.
    func find(_ notice: ID<Notice>) async throws -> Notice {
        guard let found = try await database.read({ try NoticeStore($0).find(notice) }) else { throw Failure.noNotice }
        return found
    }

    /// Notices that are not withdrawn, newest first.
    package func newest(before number: Int = .max, limit: Int) async throws -> [Notice] {
        try await database.inlineRead { try NoticeStore($0).published(before: number, limit: limit) }
    }
}

extension Failure {
    static let noNotice = Failure(
        .notFound, "notice.none", "没有这份通知。网址可能写错了，请从通知列表重新进入。",
        en: "There is no such notice. See the list of notices.")
}
