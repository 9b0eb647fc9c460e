import Kernel
import Web

/// A login of a person, a unit or an authority. Its roles determine what it may do.
package struct Account: Sendable, Hashable {
    package let number: ID<Account>
    /// The name in greetings on pages.
    package let name: String
    package let person: ID<Person>?
    /// Somebody else chose its password, which must be replaced.
    package let isFirst: Bool
    /// Its password is public, so it works on the local machine only.
    package let isDemo: Bool
}

/// A role that an account holds, with its unit or authority if it has one.
package struct AccountRole: Sendable, Hashable {
    package let role: Role
    package let organisation: ID<Organisation>?

    package init(_ role: Role, at organisation: ID<Organisation>?) {
        (self.role, self.organisation) = (role, organisation)
    }

    /// Failure: `account.no-unit` if the role needs a unit or authority and has none.
    func checked() throws {
        guard organisation != nil || [.administrator, .bureau, .auditor].contains(role) else {
            throw Failure.needsOrganisation(role)
        }
    }
}

/// A role as its holder sees it.
package struct GrantedRole: Sendable {
    package let role: AccountRole
    /// Empty if the role belongs to no unit.
    package let unit: String
    /// Whether it is the role of the session.
    package let isChosen: Bool
    /// Who granted it and when; `nil` if that was not recorded.
    package let granted: ActDescription?
}

/// The rules for new passwords.
package enum PasswordRule {
    /// `own`: what others know about the owner, such as logins, name and the end of the ID number.
    ///
    /// Failures: `account.password`, which says what is wrong; `account.common-list`.
    package static func check(_ password: String, own: [String]) throws {
        let faults = faults(password)
        guard faults.isEmpty else { throw Failure.password(faults.joined(separator: "；"), "it is too simple") }
        guard !own.contains(where: { $0.count > 1 && password.lowercased().contains($0.lowercased()) }) else {
            throw Failure.password("密码里不能有登录名、姓名、证件号码（或其末 6 位）或手机号", "it has its owner's login, name or number")
        }
        guard try !CommonPasswords.contain(password) else {
            throw Failure.password(
                "这是很多人都在用的密码，或只在常用的词前后加了数字、符号，别人很容易猜到。可以把几个互不相干的词连起来（至少 16 位）",
                "many people use it, or it is a common word with digits or signs around it")
        }
    }

    private static func faults(_ password: String) -> [String] {
        let classes: [(name: String, has: (Character) -> Bool)] = [
            ("大写字母", { $0.isASCII && $0.isUppercase }), ("小写字母", { $0.isASCII && $0.isLowercase }),
            ("数字", { $0.isASCII && $0.isNumber }), ("符号", { !$0.isASCII || !$0.isLetter && !$0.isNumber }),
        ]
        let lacking = classes.filter { !password.contains(where: $0.has) }.map(\.name)
        var faults: [String] = []
        if password.count < 8 { faults.append("密码只有 \(password.count) 位，至少要 8 位") }
        if password.count > 128 { faults.append("密码有 \(password.count) 位，最多 128 位") }
        if lacking.count > 1, password.count < 16 {
            faults.append("没有\(lacking.joined(separator: "、"))，四种里至少要有三种（或者至少 16 位）")
        }
        if Set(password).count < 5 { faults.append("重复太多，至少要有 5 个不同的字符") }
        return faults
    }
}

extension Failure {
    static func password(_ chinese: String = "", _ english: String = "") -> Failure {
        Failure(.badInput, "account.password", "\(chinese)。请换一个密码。", en: "The password is refused: \(english).")
    }

    /// The same text for all logins, so that it does not reveal which accounts exist.
    static let wrongLogin = Failure(
        .denied, "account.wrong",
        "账号或密码不对。请核对后再试；忘记密码的，请找单位经办人或主管部门重设。确信没有输错的，可能有人在猜您的密码，请用以前登录过的设备登录，或请他们重设密码。",
        en: "Login or password is wrong. Try again, or ask for a new password. If you are sure of it, somebody may be "
            + "guessing: use a device that signed in before, or ask for a new one.")

    static let oldPassword = Failure(
        .badInput, "account.old", "原密码不对。请重新填写。", en: "The old password is wrong. Type it again.",
        isRecorded: true)

    static let samePassword = Failure(
        .badInput, "account.same", "新密码和原密码一样。请换一个。", en: "The new password equals the old one. Choose another.")

    static let unlikePasswords = Failure(
        .badInput, "account.unlike", "两次填写的新密码不一样。请重新填写。", en: "The new passwords differ. Type them again.")

    static let demoElsewhere = Failure(
        .denied, "account.demo", "这是演示账号，密码人人知道，只能在本机试用时登录。请使用正式账号。",
        en: "This is a demo account with a public password. It works on the local computer only.")

    static func locked(minutes: Int) -> Failure {
        Failure(
            .tooMany, "account.locked", "密码连续输错多次，请 \(minutes) 分钟后再试。您以前登录过的设备、别处的网络不受影响。",
            en: "Too many wrong passwords: wait \(minutes) minutes. Devices that signed in before, and other networks, "
                + "are not affected.", isRecorded: true, retryAfter: minutes * 60)
    }

    static let loginTaken = Failure(
        .conflict, "account.taken",
        "这个登录名、证件号码或手机号已经有账号。忘记密码的，用 account reset 重设；要加身份的，用 account grant；另开账号的，换一个登录名。",
        en: "There is an account with this login, ID number or mobile already. For a forgotten password see account "
            + "reset, for a further role account grant.")

    static let noRole = Failure(
        .denied, "account.no-role", "您没有这个身份，可能刚被取消。请刷新账号页后再选。",
        en: "You do not have this role, or no longer. Reload the page and choose another.")

    static let roleNotHeld = Failure(
        .notFound, "account.role-not-held", "这个账号没有这个身份，没有取消任何身份。请核对 --role 和 --unit：同一身份在每个单位分别授予。",
        en: "The account does not have this role, so none was revoked. Check --role and --unit: a role belongs to one "
            + "unit.")

    static let otherRoles = Failure(
        .refused, "account.other-roles", "这个账号还有别的身份，密码只能由系统管理员重设。请联系系统管理员。",
        en: "This account has other roles. Only the administrator resets it: account reset.")

    static let loginChanged = Failure(
        .conflict, "account.changed", "这个账号刚才有变动（例如本人改了密码，或别人已经办过），没有再改。请回到这一页，看过现在的情况再办。",
        en: "The account changed in the meantime. Nothing was done; look at it again.", isRecorded: true)

    static let stillFirst = Failure(
        .refused, "account.still-first", "本人还没有设置自己的密码，知道初始密码的人会跟着得到新的身份。请本人先登录改密码，再授予身份。",
        en: "The first password is not changed yet, so another person knows it. Its owner must change it first.")

    static func roleAltered(_ account: ID<Account>) -> Failure {
        Failure(
            .damaged, "account.role-altered",
            "账号 \(account) 的身份与授权记录不符，数据库可能被改动过，不能登录。请联系系统管理员，运行 xueshi ledger verify。",
            en: "The roles of account \(account) differ from the granted ones. Run ledger verify, restore a backup.")
    }

    static func accessAltered(_ account: ID<Account>) -> Failure {
        Failure(
            .damaged, "account.access-altered",
            "账号 \(account) 的密码记录被换成了旧的，不能登录。请联系系统管理员，重设密码并运行 xueshi ledger verify。",
            en: "The password of account \(account) is not the newest. Reset it, run ledger verify, restore a backup.")
    }

    static let badLogin = Failure(
        .badInput, "account.login", "登录名由 4 至 32 个小写字母、数字或 . - _ 组成，以字母开头。",
        en: "A login has 4 to 32 small letters, digits, dots, hyphens; it begins with a letter.")

    static func needsOrganisation(_ role: Role) -> Failure {
        Failure(
            .badInput, "account.no-unit", "“\(role.name)”的账号要属于一个单位或主管部门，请指明。",
            en: "An account of the role \(role.rawValue) belongs to a unit or authority. Name it.")
    }
}
