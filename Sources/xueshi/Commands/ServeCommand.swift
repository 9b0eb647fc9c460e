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
    @Flag(help: "A line of JSON on standard error for each answer.") var logRequests = false

    func run() async throws {
        try await place.run { installation in
            let host = host
            JSONLog.install()
            let configuration = SiteConfiguration(host: host, port: port, address: address, logsRequests: logRequests)
            try await serve(installation, configuration) { port in
                say("http://\(host):\(port)")
            }
            return Answer("serve")
        }
    }
}

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Logins of people, units and authorities.", subcommands: [Add.self])

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
