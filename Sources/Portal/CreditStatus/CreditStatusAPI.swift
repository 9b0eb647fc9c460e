import Kernel
import People
import Registry
import Web

/// 学时去哪了 for programs.
struct CreditStatusAPI: Sendable {
    let registry: Registry
    let statuses: CreditStatuses

    private static let path = Path<ID<Person>>("/api/v1/people/{}/credit-statuses")

    var endpoints: [APIEndpoint] {
        [
            .get(
                Self.path, RosterAccess(registry: registry).person(), names: ["person"],
                "一个人的每一项学时在哪里：是否计入，由谁办理，下一步做什么。",
                permission: Tokens.Permission.people.rawValue,
                words: [.text("words", "认定形式或名称里的字；不填为全部。")]
            ) { request, entry in
                try await statuses.find(request.query["words"], of: entry.person).map(APICreditStatus.init)
            }
        ]
    }
}

struct APICreditStatus: Codable, Sendable {
    let cause: String
    let counting: CreditStatus.Counting
    let words: String
    let holder: String
    let act: String

    init(_ status: CreditStatus) {
        (cause, counting, words) = (status.cause, status.counting, status.words.chinese)
        (holder, act) = (status.holder.chinese, status.act.chinese)
    }
}
