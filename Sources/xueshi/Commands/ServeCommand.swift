import App
import ArgumentParser
import Foundation
import Kernel
import People
import Web

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The site.", discussion: "Example: xueshi serve --port 8080")
    @OptionGroup var place: Place
    @Option(help: "Where it listens.") var host = "127.0.0.1"
    @Option(help: "0 for any port that is free.") var port = 8080
    @Option(help: "Where people reach it, behind a proxy: https://学时.example.") var address: String?
    @Option(help: "What the head of every page says: 泰安市专业技术人员继续教育.") var city: String?
    @Option(help: "The authority that the foot names.") var authority: String?
    @Option(help: "The number of the hotline.") var hotline: String?
    @Option(help: "When the hotline answers.") var hotlineHours = "工作日"
    @Option(help: "How many certificates one address may check a minute; a school may have one address for all.")
    var checksPerMinute = SiteConfiguration.checksPerMinute
    @Flag(help: "A line of JSON on standard error for each answer.") var logRequests = false

    func validate() throws {
        guard checksPerMinute > 0 else { throw ValidationError("--checks-per-minute is a number from 1.") }
    }

    func run() async throws {
        try await place.run { installation in
            let host = host
            JSONLog.install()
            var configuration = SiteConfiguration(host: host, port: port, address: address, logsRequests: logRequests)
            configuration.checksPerMinute = checksPerMinute
            configuration.imprint.city = city ?? configuration.imprint.city
            configuration.imprint.authority = authority ?? configuration.imprint.authority
            configuration.imprint.hotline = hotline.map { Hotline(number: $0, hours: hotlineHours) }
            try await serve(installation, configuration) { port in
                say("http://\(host):\(port)")
            }
            return Answer("serve")
        }
    }
}

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Logins of people, units and authorities.",
        subcommands: [Add.self, TokenCommand.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Open an account; its first password is shown once.",
            discussion: """
                The first one:  xueshi account add --role administrator --login admin
                An authority's: xueshi account add --role authority --unit 3 --login taishan
                A person's:     xueshi account add --role professional --person 1
                """)
        @OptionGroup var place: Place
        @Option(help: "professional, employer, base, platform, authority, bureau, board or administrator.")
        var role: String
        @Option(help: "The number of the unit or authority.") var unit: Int?
        @Option(help: "The person's number, or - to read an ID number from standard input.") var person: String?
        @Option(help: "What one signs in with; a person's is the ID number.") var login: String?
        @Option(help: "What pages greet with; by default the login.") var name: String?
        @Flag(help: "A password that everybody knows; it works on the own machine only.") var demo = false

        func validate() throws {
            guard Role(rawValue: role) != nil else { throw ValidationError("There is no role \(role).") }
            guard (person == nil) != (login == nil) else { throw ValidationError("Give --login, or --person.") }
            guard (role == Role.professional.rawValue) == (person != nil) else {
                throw ValidationError("--person goes with --role professional.")
            }
        }

        func run() async throws {
            try await place.run { installation in
                let accounts = Accounts(installation.database, installation.people)
                let opened = try await open(accounts, installation)
                let password = opened.password
                return Answer(
                    "account",
                    lines: [
                        words("登录名 \(opened.login)", "Login \(opened.login)"),
                        demo
                            ? words("密码 \(password)（只能在本机使用）", "Password \(password), on this machine only")
                            : words("首次密码 \(password)（只显示这一次）", "First password \(password), shown once"),
                    ], ["account": opened.number])
            }
        }

        private func open(_ accounts: Accounts, _ installation: Installation) async throws -> Accounts.Opened {
            if let person { return try await accounts.open(for: PersonWord(person).find(installation), isDemo: demo) }
            let (role, login) = (Role(rawValue: role) ?? .professional, login ?? "")
            return try await accounts.open(
                login, name: name ?? login, AccountRole(role, at: unit.map { ID($0) }), isDemo: demo)
        }
    }
}

/// Tokens of the API.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "A token by which a program asks in an account's name; it is shown once.",
        discussion: """
            Example: xueshi account token --login taishan --name 统计 --days 90
            End all: xueshi account token --login taishan --end
            """)
    @OptionGroup var place: Place
    @Option(help: "The account that it asks for.") var login: String
    @Option(help: "What it is for.") var name = "API"
    @Option(help: "How long it lasts.") var days = 90
    @Flag(help: "End every token of the account.") var end = false

    func run() async throws {
        try await place.run { installation in
            let tokens = Tokens(installation.database, installation.people)
            if end { return Answer("token", ["ended": try await tokens.end(of: login)]) }
            let text = try await tokens.make(name, for: login, Set(Tokens.Permission.allCases), days: days)
            return Answer("token", lines: [text], ["days": days])
        }
    }
}
