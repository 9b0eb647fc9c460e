import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing
import Web

@testable import People
@testable import Registry

@Suite("Attack: an organisation signs in as a person it has just added")
struct PasswordResetterTests {
    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Failure)?.code
        }
    }

    private func later(_ days: Int, _ city: City) -> Accounts {
        let system = city.people.system
        let then = SystemInputs(now: { system.now() + days * 86_400_000 }, random: system.random)
        return Accounts(city.database, People(keys: city.people.keys, system: then))
    }

    /// Gives a first password with the mark that the page shows at that moment.
    private func resetPassword(_ accounts: Accounts, _ person: ID<Person>, _ submitter: Submitter) async -> String? {
        await code {
            let mark = try await accounts.login(of: person).mark
            _ = try await accounts.resetPassword(
                to: person, mark: mark, by: PasswordResetter(submitter, reason: "本人到窗口办理"))
        }
    }

    @Test(arguments: Engine.allCases) func passwordsCannotBeResetSoonAfterAMove(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, accounts) = (counties.city, Accounts(counties.city.database, counties.city.people))
            let (taishan, feicheng) = (
                try await counties.authority(counties.taishan), try await counties.authority(counties.feicheng)
            )
            let (one, other) = (
                try await city.add("汶小溪", at: counties.quarry), try await city.add("岳明远", at: counties.quarry)
            )
            // One person has their own password; the other has no account yet.
            let opened = try await accounts.open(for: one)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            _ = try await accounts.change(token, from: opened.password, to: "Tai-shan-2022")
            for person in [one, other] {
                #expect(await resetPassword(accounts, person, taishan) == "account.not-in-scope")
                try await city.move(person, to: city.mill, since: "2022-01-01")
                #expect(await resetPassword(accounts, person, taishan) == "account.too-new")
                #expect(await resetPassword(accounts, person, feicheng) == "account.not-in-scope")
                #expect(await resetPassword(later(6, city), person, taishan) == "account.too-new")
            }
            _ = try await accounts.signIn(opened.login, "Tai-shan-2022", device: "")
            for person in [one, other] { #expect(await resetPassword(later(8, city), person, taishan) == nil) }
        }
    }

    /// A merged number of the same person may be employed elsewhere; then no password can be given.
    @Test(arguments: Engine.allCases) func aMergedNumberElsewhereBlocksAFirstPassword(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, accounts) = (counties.city, Accounts(counties.city.database, counties.city.people))
            let taishan = try await counties.authority(counties.taishan)
            let (mine, theirs) = (try await city.add("岳明远"), try await city.add("汶小溪", at: counties.quarry))
            let opened = try await accounts.open(for: theirs)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            _ = try await accounts.change(token, from: opened.password, to: "Tai-shan-2022")
            try await city.registry.merge(theirs, into: mine, reason: "两次登记")
            #expect(await resetPassword(later(30, city), mine, taishan) == "account.too-new")
            _ = try await accounts.signIn(opened.login, "Tai-shan-2022", device: "")
        }
    }

    /// The resetter's role is checked again when the password is given.
    @Test(arguments: Engine.allCases) func aRevokedRoleCannotGivePasswords(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, accounts) = (counties.city, Accounts(counties.city.database, counties.city.people))
            let (taishan, bureau) = (
                try await counties.authority(counties.taishan), try await counties.authority(counties.bureau)
            )
            let person = try await city.add("岳明远")
            _ = try await city.add("汶小溪", at: counties.quarry)
            let id = try Cast.idNumber(of: "汶小溪").text
            let list = "姓名,身份证号,单位名称,行政区划\n汶小溪,\(id),泰山示例中学,370902\n"
            _ = try await counties.send(list, taishan)
            let request = try required(try await counties.waiting(bureau).first)
            for (submitter, role) in [(taishan, Role.authority), (bureau, .bureau)] {
                try await accounts.revoke(
                    AccountRole(role, at: submitter.organisation), from: required(submitter.account))
            }
            #expect(await resetPassword(accounts, person, taishan) == "account.no-role")
            #expect(await code { try await counties.carryOut(request, bureau) } == "account.no-role")
        }
    }

    /// A new person gets a first password at once; the person's own password is replaced only after the wait.
    @Test(arguments: Engine.allCases) func aNewPersonGetsAFirstPasswordAtOnce(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, accounts) = (counties.city, Accounts(counties.city.database, counties.city.people))
            let taishan = try await counties.authority(counties.taishan)
            let person = try await city.add("岳明远")
            let first = try await accounts.resetPassword(
                to: person, mark: "", by: PasswordResetter(taishan, reason: "新进人员开通"))
            #expect(await resetPassword(accounts, person, taishan) == nil)
            let mark = try await accounts.login(of: person).mark
            let second = try await accounts.resetPassword(
                to: person, mark: mark, by: PasswordResetter(taishan, reason: "初始密码丢失"))
            #expect(first.number == second.number)
            let login = try Cast.idNumber(of: "岳明远").text
            let token = try await accounts.signIn(login, second.password, device: "").token
            let own = try await accounts.change(token, from: second.password, to: "Tai-shan-2022")
            #expect(await resetPassword(accounts, person, taishan) == "account.too-new")
            // The owner sees who gave which password, and why.
            let resets = try await accounts.resets(own)
            #expect(resets.map(\.reason) == ["初始密码丢失", "本人到窗口办理", "新进人员开通"])
            #expect(resets.allSatisfy { $0.office == "泰山区人力资源和社会保障局" })
        }
    }
}
