import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing
import Web

@testable import People

@Suite("Attack: database writers without keys cannot sign in as others")
struct DatabaseWriterAccountTests {
    /// Accounts of the bureau and of an employer, each signed in.
    private func withAccounts(
        _ engine: Engine,
        _ body: (City, _ bureau: Accounts.NewAccount, _ employer: Accounts.NewAccount) async throws -> Void
    ) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let bureau = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil))
            let unit = AccountRole(.employer, at: city.mill.number)
            let employer = try await accounts.open("factory", name: "工厂", unit)
            try await city.database.write { try $0.dropGuards() }
            try await body(city, bureau, employer)
        }
    }

    @Test(arguments: Engine.allCases) func aForgedRoleIsRefused(_ engine: Engine) async throws {
        try await withAccounts(engine) { city, _, employer in
            let signIn: @Sendable (City) async throws -> Void = { city in
                _ = try await Accounts(city.database, city.people).signIn("factory", employer.password, device: "")
            }
            let changes: [SQL] = [
                "UPDATE account_role SET role = 'bureau' WHERE account = 2",
                "UPDATE account_role SET account = 2 WHERE account = 1",
                "INSERT INTO account_role (account, role, organisation, granted) VALUES (2, 'bureau', NULL, 1)",
                "UPDATE account_login SET account = 2 WHERE account = 1",
                "UPDATE account SET password = (SELECT a.password FROM account a WHERE a.number = 1) WHERE number = 2",
            ]
            for change in changes.prefix(3) {
                let code = try await city.code(after: change, signIn)
                #expect(code == "database.forged", "\(change.text)")
            }
            let asBureau: @Sendable (City) async throws -> Void = { city in
                _ = try await Accounts(city.database, city.people).signIn("bureau", employer.password, device: "")
            }
            #expect(try await city.code(after: changes[3], asBureau) == "database.forged")
            #expect(try await city.code(after: changes[4], signIn) == "database.forged")
        }
    }

    /// The row of a revoked role is restored with its code.
    @Test(arguments: Engine.allCases) func aRestoredRowOfARevokedRoleIsRefused(_ engine: Engine) async throws {
        try await withAccounts(engine) { city, bureau, _ in
            let accounts = Accounts(city.database, city.people)
            let signed = try await accounts.signIn("bureau", bureau.password, device: "")
            let rows = try await city.database.allRows(of: "account_role")
            let sessions = try await city.database.allRows(of: "account_session")
            try await accounts.revoke(AccountRole(.bureau, at: nil), from: bureau.number)
            try await city.database.write { transaction in
                try transaction.execute("DELETE FROM account_role")
                for row in rows { try transaction.execute("INSERT INTO account_role VALUES \(SQL.list(row))") }
                for row in sessions { try transaction.execute("INSERT INTO account_session VALUES \(SQL.list(row))") }
            }
            let fresh = Accounts(city.database, city.fresh.people)
            #expect(try await fresh.principal(signed.token) == nil)
            let failure = await #expect(throws: Failure.self) {
                try await fresh.signIn("bureau", bureau.password, device: "")
            }
            #expect(failure?.code == "account.role-altered")
        }
    }

    /// Forged notices on the home page, and forged password resets that an owner sees.
    @Test(arguments: Engine.allCases) func forgedNoticesAndResetsAreNotShown(_ engine: Engine) async throws {
        try await withAccounts(engine) { city, bureau, employer in
            let notices = Notices(city.database, city.people)
            let number = try await notices.publish("审验开始", "正文", by: bureau.number.number)
            let withdrawn = try await notices.publish("审验延期", "正文", by: bureau.number.number)
            try await notices.withdraw(withdrawn, because: "时间有误", by: bureau.number.number)
            let changes: [SQL] = [
                "INSERT INTO notice (number, title, body, published, account) VALUES (9, '请转账', '正文', 1, 1)",
                "UPDATE notice SET body = '请转账' WHERE number = \(number)",
                "UPDATE notice SET number = 9 WHERE number = \(number)",
            ]
            for change in changes {
                let code = try await city.code(after: change) { city in
                    _ = try await Notices(city.database, city.people).newest(limit: 5)
                }
                #expect(code == "database.forged", "\(change.text)")
            }
            let ends: [SQL] = [
                "INSERT INTO notice_withdrawal (notice, reason, withdrawn, account) VALUES (\(number), '作废', 1, 1)",
                "UPDATE notice_withdrawal SET reason = '作废', notice = \(number)",
            ]
            for change in ends {
                let code = try await city.code(after: change) { city in
                    _ = try await Notices(city.database, city.people).find(number)
                }
                #expect(code == "database.forged", "\(change.text)")
            }
            let token = try await Accounts(city.database, city.people)
                .signIn("factory", employer.password, device: "").token
            let given: SQL =
                """
                INSERT INTO password_reset (account, turn, by_account, organisation, reason, given)
                VALUES (\(employer.number), 1, \(bureau.number), NULL, '请打电话给我', 1)
                """
            let read = try await city.code(after: given) { city in
                _ = try await Accounts(city.database, city.people).resets(token)
            }
            #expect(read == "database.forged")
            #expect(try await notices.newest(limit: 5).map(\.number) == [number])
        }
    }

    @Test(arguments: Engine.allCases) func aForgedSessionIsRefused(_ engine: Engine) async throws {
        try await withAccounts(engine) { city, bureau, _ in
            let token = sha256("mine".utf8)
            let now = city.people.system.now()
            let change: SQL =
                """
                INSERT INTO account_session (token, account, role, organisation, begun, seen)
                VALUES (\(token), \(bureau.number), 'bureau', NULL, \(now), \(now))
                """
            let code = try await city.code(after: change) { city in
                _ = try await Accounts(city.database, city.people).principal("mine")
            }
            #expect(code == "database.forged")
            let api: SQL =
                """
                INSERT INTO api_token (hash, name, account, role, permissions, created, expires)
                VALUES (\(token), 'x', \(bureau.number), 'bureau', 'people:read', \(now), \(now + 1_000_000_000))
                """
            let asked = try await city.code(after: api) { city in
                _ = try await Tokens(city.database, city.people).tokenPrincipal("mine")
            }
            #expect(asked == "database.forged")
        }
    }

    /// The rows of a changed password, of an ended session and of an ended token are restored with their codes.
    @Test(arguments: Engine.allCases) func restoredRowsOfEndedCredentialsAreRefused(_ engine: Engine) async throws {
        try await withAccounts(engine) { city, _, employer in
            let (accounts, tokens) = (Accounts(city.database, city.people), Tokens(city.database, city.people))
            let session = try await accounts.signIn("factory", employer.password, device: "").token
            let token = try await tokens.make("x", for: "factory", [.people], days: 1)
            let (account, kept) = (try await accounts.account("factory"), try await rows(city))
            let second = try await accounts.reset(account)
            try await city.database.write { try $0.restore(kept) }
            let fresh = city.fresh
            let (others, bearers) = (Accounts(city.database, fresh.people), Tokens(city.database, fresh.people))
            let failure = await #expect(throws: Failure.self) {
                try await others.signIn("factory", employer.password, device: "")
            }
            #expect(failure?.code == "account.access-altered")
            #expect(try await others.principal(session) == nil)
            #expect(try await bearers.tokenPrincipal(token) == nil)
            // A reset gives access again, with new credentials.
            let third = try await others.reset(account)
            #expect(second != third)
            let signed = try await others.signIn("factory", third, device: "").token
            #expect(try await others.principal(signed) != nil)
            let next = try await bearers.make("y", for: "factory", [.people], days: 1)
            #expect(try await bearers.tokenPrincipal(next) != nil)
            // A token that was ended alone.
            let before = try await rows(city)
            #expect(try await bearers.end(of: "factory") == 1)
            try await city.database.write { try $0.restore(before) }
            #expect(try await bearers.tokenPrincipal(next) == nil)
            #expect(try await others.principal(signed) != nil)
        }
    }

    /// A person's account gets an office: the first password from before is not valid again either.
    @Test(arguments: Engine.allCases) func aRestoredFirstPasswordIsRefusedAfterARoleIsGranted(
        _ engine: Engine
    ) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open(for: try await city.add("岳明远"))
            let kept = try await rows(city)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            let own = try await accounts.change(token, from: opened.password, to: "Tai-shan-2022")
            try await accounts.grant(AccountRole(.employer, at: city.mill.number), to: opened.number)
            #expect(try await accounts.principal(own) != nil)
            try await city.database.write { try $0.restore(kept) }
            let others = Accounts(city.database, city.fresh.people)
            let failure = await #expect(throws: Failure.self) {
                try await others.signIn(opened.login, opened.password, device: "")
            }
            #expect(failure?.code == "account.access-altered")
        }
    }

    private func rows(_ city: City) async throws -> [(name: String, rows: [[Value]])] {
        var kept: [(name: String, rows: [[Value]])] = []
        for table in ["account", "account_session", "api_token"] {
            kept.append((table, try await city.database.allRows(of: table)))
        }
        return kept
    }
}
