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
                Self.path, names: ["person"],
                "Where a person's hours are: what became of each item, whether it counts, whose turn it is.",
                permission: Tokens.Permission.people.rawValue,
                words: [.text("words", "Characters of a kind or title; empty for all.")],
                sample: [APICreditStatus.sample]
            ) { request, person in
                _ = try await RosterAccess(registry: registry).entry(of: person, request)
                return try await statuses.find(request.query["words"], of: person).map(APICreditStatus.init)
            }
        ]
    }
}

struct APICreditStatus: Encodable, Sendable {
    let cause: String
    let counting: String
    let words: String
    let holder: String
    let act: String

    init(_ status: CreditStatus) {
        (cause, counting, words) = (status.cause, status.counting.rawValue, status.words)
        (holder, act) = (status.holder, status.act)
    }

    static let sample = APICreditStatus(.notBrought("石材"))
}
