import App
import ArgumentParser
import Foundation
import Kernel
import People
import Web

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: words("个人、单位和主管部门的账号", "Logins of people, units and authorities."),
        subcommands: [Add.self, GrantCommand.self, RevokeCommand.self, ResetCommand.self, TokenCommand.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: words("开通账号，初始密码只显示一次", "Open an account; its first password is shown once."),
            discussion: words(
                """
                第一个账号：xueshi account add --role administrator --login admin
                审计员：    xueshi account add --role auditor --login audit
                主管部门：  xueshi account add --role authority --unit 3 --login taishan
                个人：      xueshi account add --role professional --person 1
                """,
                """
                The first one:  xueshi account add --role administrator --login admin
                An auditor's:   xueshi account add --role auditor --login audit
                An authority's: xueshi account add --role authority --unit 3 --login taishan
                A person's:     xueshi account add --role professional --person 1
                """))
        @OptionGroup var place: InstallationOptions
        @Option(help: Role.help(Role.allCases)) var role: String
        @Option(help: .words("单位或主管部门的编号", "The number of the unit or authority.")) var unit: Int?
        @OptionGroup var account: AccountArgument
        @Option(help: .words("页面上显示的名称，默认为登录名", "The name that pages show; default: the login.")) var name: String?
        @Flag(help: .words("使用公开的演示密码，只能在本机登录", "Use a well-known password; it works on this computer only."))
        var demo = false

        func validate() throws {
            try Role.check(role, among: Role.allCases)
            guard (role == Role.professional.rawValue) == (account.person != nil) else {
                throw ValidationError(
                    words("--person 只与 --role professional 同时使用。", "--person goes with --role professional."))
            }
        }

        func run() async throws {
            try await place.run { installation in
                let accounts = Accounts(installation.database, installation.people)
                let opened = try await open(accounts, installation)
                let password = opened.password
                return CommandOutput(
                    "account",
                    lines: [
                        words("登录名 \(opened.login)", "Login \(opened.login)"),
                        demo
                            ? words("密码 \(password)（只能在本机使用）", "Password \(password), on this machine only")
                            : words("初始密码 \(password)（只显示这一次）", "First password \(password), shown once"),
                    ], ["account": opened.number])
            }
        }

        private func open(_ accounts: Accounts, _ installation: Installation) async throws -> Accounts.NewAccount {
            if let person = account.person {
                return try await accounts.open(for: PersonArgument(person).find(installation), isDemo: demo)
            }
            let (role, login) = (Role(rawValue: role) ?? .professional, account.login ?? "")
            return try await accounts.open(
                login, name: name ?? login, AccountRole(role, at: unit.map { ID($0) }), isDemo: demo)
        }
    }
}

extension Role {
    /// The roles that an account may get beside its first one.
    fileprivate static let granted = allCases.filter { $0 != .professional }

    fileprivate static func help(_ roles: [Role]) -> ArgumentHelp {
        .words(
            "身份：" + roles.map { "\($0.rawValue) \($0.name)" }.joined(separator: "、"),
            "The role: " + roles.map(\.rawValue).joined(separator: ", ") + ".")
    }

    fileprivate static func check(_ text: String, among roles: [Role]) throws {
        guard !roles.contains(where: { $0.rawValue == text }) else { return }
        let names = roles.map(\.rawValue).joined(separator: ", ")
        throw ValidationError(
            words("没有身份 \(text)，可写：\(names)。", "There is no role \(text) here. The roles are: \(names)."))
    }
}

/// Selects an account.
struct AccountArgument: ParsableArguments {
    @Option(
        help: .words("人员编号；写 - 则从标准输入读取证件号码", "The person's number, or - to read an ID number from standard input."))
    var person: String?
    @Option(help: .words("登录名；个人的登录名是证件号码", "The login name; a person's is the ID number.")) var login: String?

    func validate() throws {
        guard (person == nil) != (login == nil) else {
            throw ValidationError(words("请写 --login 或 --person，只写一个。", "Give --login, or --person."))
        }
    }

    /// Failures: `account.unknown`, `person.unknown`.
    func find(_ accounts: Accounts, _ installation: Installation) async throws -> ID<Account> {
        if let login { return try await accounts.account(login) }
        return try await accounts.account(of: PersonArgument(person ?? "").find(installation))
    }
}

/// A role of an account.
struct RoleArgument: ParsableArguments {
    @OptionGroup var account: AccountArgument
    @Option(help: Role.help(Role.granted)) var role: String
    @Option(help: .words("单位或主管部门的编号", "The number of the unit or authority.")) var unit: Int?

    func validate() throws {
        try Role.check(role, among: Role.granted)
    }

    /// Changes the role of the account, and prints the account's number.
    func change(
        _ place: InstallationOptions, _ name: String,
        _ body: @escaping @Sendable (Accounts, AccountRole, ID<Account>) async throws -> Void
    ) async throws {
        try await place.run { installation in
            let accounts = Accounts(installation.database, installation.people)
            let found = try await account.find(accounts, installation)
            try await body(accounts, AccountRole(Role(rawValue: role) ?? .employer, at: unit.map { ID($0) }), found)
            return CommandOutput(name, ["account": found])
        }
    }
}

/// Grants a further role.
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: words("为账号增加身份，登录后可切换", "Give an account a further role; the user chooses among them on the site."),
        discussion: words(
            "示例：xueshi account grant --person 1 --role employer --unit 12",
            "Example: xueshi account grant --person 1 --role employer --unit 12"))
    @OptionGroup var place: InstallationOptions
    @OptionGroup var role: RoleArgument

    func run() async throws {
        try await role.change(place, "grant") { try await $0.grant($1, to: $2) }
    }
}

/// Takes a role away from somebody with a new task.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: words("收回账号的一个身份，并结束以该身份登录的会话", "Take a role from an account and end the sessions in that role."),
        discussion: words(
            "示例：xueshi account revoke --person 1 --role employer --unit 12",
            "Example: xueshi account revoke --person 1 --role employer --unit 12"))
    @OptionGroup var place: InstallationOptions
    @OptionGroup var role: RoleArgument

    func run() async throws {
        try await role.change(place, "revoke") { try await $0.revoke($1, from: $2) }
    }
}

/// Resets a forgotten password.
struct ResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: words(
            "重设初始密码，只显示一次；原密码及其会话、令牌随即失效",
            "Set a new first password, shown once; the old one ends with its sessions and tokens."),
        discussion: words(
            """
            请先核实申请人身份：知道密码的人都能登录。该账号的令牌需要重新生成。
            示例：xueshi account reset --person 1
            """,
            """
            Check who asks: anybody with the password can sign in. Tokens of the account must be created again.
            Example: xueshi account reset --person 1
            """))
    @OptionGroup var place: InstallationOptions
    @OptionGroup var account: AccountArgument

    func run() async throws {
        try await place.run { installation in
            let accounts = Accounts(installation.database, installation.people)
            let found = try await account.find(accounts, installation)
            let password = try await accounts.reset(found)
            return CommandOutput(
                "reset",
                lines: [words("初始密码 \(password)（只显示这一次）", "First password \(password), shown once")],
                ["account": found])
        }
    }
}

/// Tokens of the API.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: words(
            "为代表某账号的程序生成令牌，只显示一次", "Create a token for a program that acts for an account; it is shown once."),
        discussion: words(
            """
            令牌到期失效。修改或重置密码、收回身份，也会使该账号的全部令牌失效。演示账号的令牌只能在本机使用。
            示例：    xueshi account token --login taishan --name 统计 --days 90
            报送学时：xueshi account token --login taishan --name 平台 --permit hours:write
            全部停用：xueshi account token --login taishan --end
            """,
            """
            It ends after its days, and with the password: changing or resetting it, or taking a role away, ends
            every token of the account. The token of a demo account works on this computer only.
            Example: xueshi account token --login taishan --name statistics --days 90
            To submit hours: xueshi account token --login taishan --name platform --permit hours:write
            End all: xueshi account token --login taishan --end
            """))
    @OptionGroup var place: InstallationOptions
    @Option(help: .words("令牌代表的账号", "The account that it acts for.")) var login: String
    @Option(help: .words("令牌的用途", "The purpose of the token.")) var name = "API"
    @Option(help: .words("有效天数", "Days until it ends.")) var days = 90
    @Option(
        help: .words(
            "权限，可写多次：people:read 读取人员，hours:write 报送学时",
            "The permission: people:read (the default) or hours:write; may be repeated."))
    var permit: [Tokens.Permission] = [.people]
    @Flag(help: .words("停用该账号的全部令牌", "End every token of the account.")) var end = false

    func run() async throws {
        try await place.run { installation in
            let tokens = Tokens(installation.database, installation.people)
            if end { return CommandOutput("token", ["ended": try await tokens.end(of: login)]) }
            let text = try await tokens.make(name, for: login, Set(permit), days: days)
            return CommandOutput("token", lines: [text], ["days": days])
        }
    }
}

extension Tokens.Permission: ExpressibleByArgument {}
