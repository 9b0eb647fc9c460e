import Database
import Kernel
import Signing
import Testbed
import Testing
import Web

@testable import People

/// Sessions and tokens end with the password or role that they were made with.
@Suite("Attack: sessions and tokens that should have ended")
struct SessionTests {
    private func withPerson(
        _ engine: Engine, _ body: (City, Accounts, Tokens, Accounts.NewAccount, String) async throws -> Void
    ) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let tokens = Tokens(city.database, city.people)
            let opened = try await accounts.open(for: try await city.add("岳明远"))
            let token = try await tokens.make("x", for: opened.login, [.people], days: 1)
            #expect(try await tokens.tokenPrincipal(token) != nil)
            try await body(city, accounts, tokens, opened, token)
        }
    }

    @Test(arguments: Engine.allCases) func aTokenEndsWhenThePasswordChanges(_ engine: Engine) async throws {
        try await withPerson(engine) { _, accounts, tokens, opened, token in
            let session = try await accounts.signIn(opened.login, opened.password, device: "").token
            _ = try await accounts.change(session, from: opened.password, to: "Ts-kx-83-vw")
            #expect(try await tokens.tokenPrincipal(token) == nil)
        }
    }

    @Test(arguments: Engine.allCases) func aTokenEndsWithAReset(_ engine: Engine) async throws {
        try await withPerson(engine) { _, accounts, tokens, opened, token in
            _ = try await accounts.reset(opened.number)
            #expect(try await tokens.tokenPrincipal(token) == nil)
        }
    }

    @Test(arguments: Engine.allCases) func aTokenEndsWhenAnOfficerGivesAFirstPassword(_ engine: Engine) async throws {
        try await withPerson(engine) { _, accounts, tokens, opened, token in
            let person = try required(
                try await accounts.signIn(opened.login, opened.password, device: "").account.person)
            let mark = try await accounts.login(of: person).mark
            _ = try await accounts.resetPassword(
                to: person, mark: mark, by: PasswordResetter(.operating, reason: "本人到窗口办理"))
            #expect(try await tokens.tokenPrincipal(token) == nil)
        }
    }

    @Test(arguments: Engine.allCases) func aTokenEndsWithItsRole(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (accounts, tokens) = (Accounts(city.database, city.people), Tokens(city.database, city.people))
            let role = AccountRole(.authority, at: try await city.office().number)
            let opened = try await accounts.open("taishan", name: "泰山区", role)
            let token = try await tokens.make("x", for: "taishan", [.people], days: 1)
            try await accounts.revoke(role, from: opened.number)
            #expect(try await tokens.tokenPrincipal(token) == nil)
        }
    }

    /// The token of a demo account can be made by anybody, because its password is public.
    @Test(arguments: Engine.allCases) func aDemoTokenIsValidOnTheOwnMachineOnly(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people, allowsDemo: true)
            _ = try await accounts.open("demo-admin", name: "演示", AccountRole(.administrator, at: nil), isDemo: true)
            let own = Tokens(city.database, city.people, allowsDemo: true)
            let token = try await own.make("x", for: "demo-admin", [.people], days: 1)
            #expect(try await own.tokenPrincipal(token) != nil)
            #expect(try await Tokens(city.database, city.people).tokenPrincipal(token) == nil)
        }
    }

    @Test(arguments: Engine.allCases) func choosingARoleChangesTheSessionToken(_ engine: Engine) async throws {
        try await withPerson(engine) { city, accounts, _, opened, _ in
            let first = try await accounts.signIn(opened.login, opened.password, device: "").token
            let before = try await accounts.change(first, from: opened.password, to: "Ts-kx-83-vw")
            let role = AccountRole(.employer, at: city.mill.number)
            try await accounts.grant(role, to: opened.number)
            let after = try await accounts.choose(role, before)
            #expect(after != before)
            #expect(try await accounts.principal(before) == nil)
            #expect(try await accounts.principal(after)?.role == .employer)
        }
    }

    /// Signing in ends the previous session of the browser, even if the browser has lost its cookie.
    @Test(arguments: Engine.allCases) func signingInAgainEndsThePreviousSession(_ engine: Engine) async throws {
        try await withPerson(engine) { _, accounts, _, opened, _ in
            let elsewhere = try await accounts.signIn(opened.login, opened.password, device: "")
            let first = try await accounts.signIn(opened.login, opened.password, device: "")
            let second = try await accounts.signIn(opened.login, opened.password, device: first.device)
            #expect(try await accounts.principal(first.token) == nil)
            let third = try await accounts.signIn(opened.login, opened.password, device: "", instead: second.token)
            #expect(try await accounts.principal(second.token) == nil)
            #expect(try await accounts.principal(third.token) != nil)
            #expect(try await accounts.principal(elsewhere.token) != nil)
        }
    }
}
