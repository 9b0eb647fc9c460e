import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing

@testable import People

/// What strangers can learn and block by guessing.
@Suite("Attack: guessing passwords")
struct SignInTests {
    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let failure as Failure { return failure.code } catch { return "\(error)" }
        return nil
    }

    private func withAccount(
        _ engine: Engine = .sqlite, _ body: (City, Accounts, Accounts.NewAccount) async throws -> Void
    ) async throws {
        try await withCity(engine, policies: [], tick: 1) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远", phone: "13800000001")
            try await body(city, accounts, try await accounts.open(for: person))
        }
    }

    @Test(arguments: Engine.allCases) func aLockRevealsNoOtherLogins(_ engine: Engine) async throws {
        try await withAccount(engine) { _, accounts, opened in
            func guess(_ login: String) async -> String? {
                await code { _ = try await accounts.signIn(login, "wrong", device: "", from: "192.0.2.1") }
            }
            for _ in 0..<5 { #expect(await guess("13800000001") == "account.wrong") }
            #expect(await guess("13800000001") == "account.locked")
            // The ID number of the same account and an unknown number get the same answers.
            let stranger = try Cast.idNumber(of: "石敢当").text
            for login in [opened.login, stranger] {
                for _ in 0..<5 { #expect(await guess(login) == "account.wrong", "\(login)") }
                #expect(await guess(login) == "account.locked", "\(login)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func guessesOfOneNetworkDoNotLockOutANewDevice(_ engine: Engine) async throws {
        try await withAccount(engine) { city, accounts, opened in
            // The most guesses of one network: with both logins during a whole day.
            var told: [String: Int] = [:]
            for quarter in 0..<96 {
                let system = city.people.system
                let later = SystemInputs(now: { system.now() + quarter * 900_000 }, random: system.random)
                let then = Accounts(city.database, People(keys: city.people.keys, system: later))
                for login in [opened.login, "13800000001"] where quarter < 4 || quarter.isMultiple(of: 16) {
                    for _ in 0..<6 {
                        let said = await code {
                            _ = try await then.signIn(login, "wrong", device: "", from: "192.0.2.1")
                        }
                        told[said ?? "in", default: 0] += 1
                    }
                }
            }
            #expect(told["in"] == nil && told["account.locked", default: 0] > 0, "\(told)")
            let signed = try await accounts.signIn(opened.login, opened.password, device: "", from: "198.51.100.7")
            #expect(signed.account.number == opened.number)
        }
    }

    /// Many networks together get a hundred guesses a day with any login; further passwords are not checked.
    @Test func manyNetworksTogetherHaveAHundredGuessesADay() async throws {
        try await withAccount { city, accounts, opened in
            let people = city.people
            let looked = try await city.database.write { transaction in
                let store = AccountStore(transaction, people)
                return try (0..<400).count { turn in
                    let login = turn.isMultiple(of: 2) ? opened.login : "13800000001"
                    let attempt = LoginAttempt(people, login: login, device: "", network: "203.0.113.\(turn)")
                    return try LoginThrottle(store).count(attempt).password != nil
                }
            }
            #expect(looked == 100)
            // The answer is that of a wrong password, with both logins and even with the right password.
            for login in [opened.login, "13800000001"] {
                #expect(
                    await code {
                        _ = try await accounts.signIn(login, opened.password, device: "", from: "198.51.100.9")
                    } == "account.wrong")
            }
            // A reset of the password gives the owner access again.
            let password = try await accounts.reset(opened.number)
            #expect(
                await code { _ = try await accounts.signIn(opened.login, password, device: "", from: "198.51.100.9") }
                    == nil)
        }
    }

    /// Networks that guess often get half of the guesses; new networks and the owner's networks keep theirs.
    @Test func halfOfTheGuessesAreKeptForNewNetworks() async throws {
        try await withAccount { city, accounts, opened in
            let home = "198.51.100.1"
            _ = try await accounts.signIn(opened.login, opened.password, device: "", from: home)
            let people = city.people
            let counts = try await city.database.write { transaction in
                let store = AccountStore(transaction, people)
                func looked(_ network: String, _ times: Int) throws -> Int {
                    try (0..<times).count { turn in
                        // The lock of a login is tested elsewhere, so it is taken back after each attempt.
                        let attempt = LoginAttempt(people, login: opened.login, device: "", network: network)
                        let found = try LoginThrottle(store).count(attempt)
                        try store.forgive(attempt.lookup, attempt.network)
                        return found.password != nil
                    }
                }
                let few = try (0..<4).map { try looked("203.0.113.\($0)", 40) }
                let newcomer = try looked("192.0.2.77", 3)
                let all = try (100..<160).map { try looked("203.0.113.\($0)", 3) }.reduce(0, +)
                return (few.reduce(0, +), newcomer, all, try looked(home, 40))
            }
            // Two of the four networks used half; the other two got three more each.
            #expect(counts.0 == 56 && counts.1 == 3 && counts.0 + counts.1 + counts.2 == 100, "\(counts)")
            #expect(counts.3 == LoginThrottle.mostOfFamiliar)
        }
    }

    /// A stolen session does not allow guessing the password.
    @Test func aStolenSessionCannotGuessThePassword() async throws {
        try await withAccount { _, accounts, opened in
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            func change(_ old: String) async -> String? {
                await code { _ = try await accounts.change(token, from: old, to: "Ts-kx-83-vw") }
            }
            for _ in 0..<5 { #expect(await change("wrong") == "account.old") }
            #expect(await change(opened.password) == "account.locked")
        }
    }

    @Test(arguments: [
        "Aa123456", "Abc123456", "Qwer1234!", "Taian2022", "Taishan@2022", "Password1!", "P@ssw0rd", "Pa$$w0rd2023",
        "Woaini1314", "a123456789!", "Qq123456", "Admin@123", "Admin123!@#", "1qaz@WSX", "!QAZ2wsx", "Zhang123!",
        "Xueshi2024!", "Asdf1234", "QWERqwer1", "Iloveyou520", "Ａａ１２３４５６", "Passw0rd20230101", "Aa5201314",
        "passwordpassword",
    ])
    func commonPasswordsAreRefused(_ password: String) async {
        #expect(await code { try PasswordRule.check(password, own: []) } == "account.password")
    }

    @Test(arguments: [
        "Ts-kx-83-vw", "correct horse battery", "泰山日出abc1", "mubiao4Lianhe!ri", "Tai-shan-2022", "k7#Vbq2w",
    ])
    func otherPasswordsAreAccepted(_ password: String) async {
        #expect(await code { try PasswordRule.check(password, own: []) } == nil)
    }

    @Test func aPasswordMustNotContainPersonalData() async throws {
        try await withAccount { _, accounts, opened in
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            for new in ["Kx-\(opened.login.suffix(6))-vq", "岳明远-Kx83", "Kx13800000001"] {
                #expect(
                    await code { _ = try await accounts.change(token, from: opened.password, to: new) }
                        == "account.password", "\(new)")
            }
        }
    }

    @Test func withoutTheListOfCommonPasswordsNoneIsAccepted() async {
        #expect(
            await code { _ = try CommonPasswords(URL(filePath: "/nowhere/common.txt")) } == "account.common-list")
    }
}
