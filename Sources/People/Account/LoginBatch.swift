import Kernel

/// Logins that an officer opened together: 批量开通.
package struct LoginBatch: Sendable, Hashable {
    /// The number of the job that opened them.
    package let number: Int
    package let account: ID<Account>
    let organisation: ID<Organisation>?
    let isBureau: Bool
    let scope: Scope
    package let reason: String
    /// In milliseconds since 1970, like all times here.
    package let made: Int
    package let expires: Int
    /// How many people got a code.
    package var opened = 0
    /// The first download of the codes.
    var fetched: Int?
    /// When the unused codes were revoked.
    package var ended: Int?

    /// How long a code can be used, in days.
    package static let days = 30
    /// How long the codes can be downloaded, in milliseconds: after they were made, and after the first download.
    static let window = 24 * 3_600_000
    static let windowAfterDownload = 15 * 60_000

    /// `expires`: a number of days after `made` if it is left out.
    init(
        _ number: Int, by submitter: Submitter, account: ID<Account>, reason: String, made: Int, expires: Int? = nil
    ) {
        (self.number, self.account, self.reason, self.made) = (number, account, reason, made)
        (organisation, isBureau, scope) = (submitter.organisation, submitter.isBureau, submitter.scope)
        self.expires = expires ?? made + Self.days * 86_400_000
    }

    /// Whose people the codes are for.
    var submitter: Submitter {
        Submitter(scope: scope, account: account, organisation: organisation, isBureau: isBureau)
    }

    /// Whether it belongs to the office of this officer: codes may be revoked by a colleague.
    func isOf(_ other: Submitter) -> Bool {
        organisation == other.organisation && isBureau == other.isBureau && scope == other.scope
    }

    /// The end of the time in which the codes can be downloaded.
    package var closes: Int { min(made + Self.window, fetched.map { $0 + Self.windowAfterDownload } ?? .max) }

    package func isDownloadable(at now: Int) -> Bool { ended == nil && now < closes }
    package func isValid(at now: Int) -> Bool { ended == nil && now < expires }
}

/// The login code of one person, to be handed out.
package struct LoginSlip: Sendable, Hashable {
    package let name: String
    /// The kind of document and the masked number: `身份证号 3709**********0017`.
    package let login: String
    package let code: String
    /// Empty for people at no unit.
    package let unit: String

    package init(name: String, login: String, code: String, unit: String) {
        (self.name, self.login, self.code, self.unit) = (name, login, code, unit)
    }
}

extension Failure {
    static let noBatch = Failure(
        .notFound, "account.no-batch", "没有这批登录码，或者不是您单位开通的。请回到“批量开通账号”核对。",
        en: "There is no such batch of login codes, or it is of another office. See the list of batches.")

    static let slipsGone = Failure(
        .refused, "account.codes-gone", "这批登录码已经删除：下载期已过，或者已经作废。还没有登录的人，可以重新开通，得到新的登录码。",
        en: "The codes of this batch were deleted: their time is over, or they were revoked. Open the logins again.")
}
