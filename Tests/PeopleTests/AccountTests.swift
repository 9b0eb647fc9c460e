import Database
import Kernel
import Registry
import Signing
import Testbed
import Testing
import Web

@testable import People

@Suite struct AccountTests {
    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let failure as Failure { return failure.code } catch { return "\(error)" }
        return nil
    }

    /// The same accounts with a clock that is `minutes` ahead.
    private func later(_ minutes: Int, _ city: City) -> Accounts {
        let system = city.people.system
        let ahead = SystemInputs(now: { system.now() + minutes * 60_000 }, random: system.random)
        return Accounts(city.database, People(keys: city.people.keys, system: ahead))
    }

    /// A passport and a permit may have the same number. Each login is kind and number; the first one also has the
    /// number.
    @Test(arguments: Engine.allCases) func everyKindOfDocumentIsALogin(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let people = [
                try await city.add("Anna Lee", IDNumber("H12345678", .passport)),
                try await city.add("陈大文", IDNumber("H12345678", .permitOfHongKongAndMacao)),
            ]
            let opened = [try await accounts.open(for: people[0]), try await accounts.open(for: people[1])]
            #expect(opened.map(\.login) == ["护照H12345678", "港澳居民来往内地通行证H12345678"])
            for (login, turn, who) in [
                ("护照 h12345678", 0, 0), ("港澳居民来往内地通行证H12345678", 1, 1), ("h12345678", 0, 0),
            ] {
                let signed = try await accounts.signIn(login, opened[turn].password, device: "")
                #expect(try await accounts.principal(signed.token)?.person == people[who], "\(login)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func aPersonSignsInAndOut(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远")
            let opened = try await accounts.open(for: person)
            let signed = try await accounts.signIn(" \(opened.login.lowercased()) ", opened.password, device: "")
            #expect(signed.account.isFirst)
            let principal = try required(try await accounts.principal(signed.token))
            #expect(principal.name == "岳明远" && principal.role == .professional && principal.person == person)
            #expect(try await accounts.principal("another") == nil)
            try await accounts.signOut(signed.token)
            #expect(try await accounts.principal(signed.token) == nil)
            #expect(await code { _ = try await accounts.open(for: person) } == "account.taken")
            #expect(await code { _ = try await accounts.open(for: ID(999)) } == "person.unknown")
        }
    }

    @Test(arguments: Engine.allCases) func anOfficersScopeIsTheRegionOfTheAuthority(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let office = try await city.office()
            let role = AccountRole(.authority, at: office.number)
            let opened = try await accounts.open("taishan", name: "泰山区", role)
            let signed = try await accounts.signIn("Taishan", opened.password, device: "")
            let principal = try required(try await accounts.principal(signed.token))
            #expect(principal.role == .authority && principal.jurisdiction == office.region)
            #expect(principal.organisation == office.number && principal.person == nil)
            #expect(await code { _ = try await accounts.open("taishan", name: "x", role) } == "account.taken")
            for login in ["Tai", "1abc", "a b c d", "泰山区人社局"] {
                #expect(await code { _ = try await accounts.open(login, name: "x", role) } == "account.login")
            }
            let nowhere = AccountRole(.employer, at: nil)
            #expect(await code { _ = try await accounts.open("unit1", name: "x", nowhere) } == "account.no-unit")
        }
    }

    /// A role needs an organisation of the matching kind.
    @Test(arguments: Engine.allCases) func aRoleNeedsAnOrganisationOfItsKind(_ engine: Engine) async throws {
        try await withCity(engine, policies: []) { city in
            let accounts = Accounts(city.database, city.people)
            let (office, unit) = (try await city.office().number, city.mill.number)
            let wrong: [(Role, ID<Organisation>, String)] = [
                (.employer, ID(999), "account.unit-unknown"), (.employer, office, "account.unit-kind"),
                (.authority, unit, "account.unit-kind"), (.bureau, unit, "account.unit-kind"),
                (.auditor, unit, "account.unit-kind"), (.administrator, office, "account.unit-kind"),
            ]
            for (role, place, expected) in wrong {
                let found = await code { _ = try await accounts.open("some", name: "x", AccountRole(role, at: place)) }
                #expect(found == expected, "\(role)")
            }
            for (role, place) in [(Role.employer, unit), (.authority, office), (.bureau, office), (.base, unit)] {
                _ = try await accounts.open("x\(role.rawValue)", name: "x", AccountRole(role, at: place))
            }
        }
    }

    /// One person with two logins and two roles, one of which is active.
    @Test(arguments: Engine.allCases) func aPersonChangesTheActiveRole(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远", phone: "13800000001")
            let opened = try await accounts.open(for: person)
            let first = try await accounts.signIn("138 0000 0001", opened.password, device: "").token
            let before = try await accounts.change(first, from: opened.password, to: "Tai-shan-2022")
            #expect(try await accounts.roles(before).map(\.role.role) == [.professional])
            let role = AccountRole(.employer, at: city.mill.number)
            #expect(await code { _ = try await accounts.choose(role, before) } == "account.no-role")
            try await accounts.grant(role, to: opened.number)
            #expect(
                await code { try await accounts.grant(AccountRole(.base, at: nil), to: opened.number) }
                    == "account.no-unit")
            #expect(await code { try await accounts.grant(role, to: ID(999)) } == "account.unknown")
            let token = try await accounts.choose(role, before)
            #expect(try await accounts.principal(token)?.role == .employer)
            let held = try await accounts.roles(token)
            // A revoked role ends the sessions that use it.
            let other = try await accounts.signIn(opened.login, "Tai-shan-2022", device: "").token
            try await accounts.revoke(role, from: opened.number)
            #expect(try await accounts.principal(token) == nil)
            #expect(try await accounts.roles(other).map(\.role.role) == [.professional])
            #expect(await code { try await accounts.revoke(role, from: opened.number) } == "account.role-not-held")
            #expect(held.map(\.isChosen) == [false, true] && held.last?.unit == "泰安示例机械有限公司")
            #expect(held.map { $0.granted?.who } == ["系统", "系统"])
            #expect(try await accounts.roles("another").isEmpty)
        }
    }

    /// A new mobile number becomes a login and the old one stops; a number that is another's login stays theirs.
    @Test(arguments: Engine.allCases) func aMobileNumberIsALoginWhileItIsCurrent(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let (one, other) = (
                try await city.add("岳明远", phone: "13800000001"), try await city.add("王二", phone: "13800000001")
            )
            let opened = try await accounts.open(for: one)
            let second = try await accounts.open(for: other)
            let people = city.people
            try await city.database.write {
                _ = try PersonStore($0, people).correct(one, name: "岳明远", phone: "13800000002")
            }
            #expect(
                await code { _ = try await accounts.signIn("13800000001", opened.password, device: "") }
                    == "account.wrong")
            #expect(try await accounts.signIn("13800000002", opened.password, device: "").account.person == one)
            #expect(try await accounts.signIn(second.login, second.password, device: "").account.person == other)
        }
    }

    @Test(arguments: Engine.allCases) func aForgottenPasswordIsReset(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远")
            let opened = try await accounts.open(for: person)
            let token = try await accounts.signIn(opened.login, opened.password, device: "").token
            for _ in 0..<5 { _ = await code { _ = try await accounts.signIn(opened.login, "wrong", device: "") } }
            let password = try await accounts.reset(accounts.account(of: person))
            #expect(try await accounts.principal(token) == nil)
            #expect(
                await code { _ = try await accounts.signIn(opened.login, opened.password, device: "") }
                    == "account.wrong")
            #expect(try await accounts.signIn(opened.login, password, device: "").account.isFirst)
            #expect(try await accounts.account(opened.login) == opened.number)
            #expect(await code { _ = try await accounts.account("nobody") } == "account.unknown")
            #expect(await code { _ = try await accounts.account(of: ID(999)) } == "account.unknown")
        }
    }

    /// An officer opens a person's account or gives a first password, but not to an account with other roles.
    @Test(arguments: Engine.allCases)
    func aFirstPasswordIsGivenOnlyToAccountsWithoutOtherRoles(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远")
            #expect(try await accounts.login(of: person).state == .none)
            let resetter = PasswordResetter(.operating, reason: "本人到窗口办理")
            let first = try await accounts.resetPassword(to: person, mark: "", by: resetter)
            let shown = try await accounts.login(of: person)
            #expect(shown.state == .first)
            #expect(
                await code { try await accounts.grant(AccountRole(.employer, at: city.mill.number), to: first.number) }
                    == "account.still-first")
            let second = try await accounts.resetPassword(to: person, mark: shown.mark, by: resetter)
            for mark in ["", shown.mark] {
                #expect(
                    await code { _ = try await accounts.resetPassword(to: person, mark: mark, by: resetter) }
                        == "account.changed")
            }
            #expect(second.number == first.number)
            let login = try Cast.idNumber(of: "岳明远").text
            #expect(await code { _ = try await accounts.signIn(login, first.password, device: "") } == "account.wrong")
            let token = try await accounts.signIn(login, second.password, device: "").token
            _ = try await accounts.change(token, from: second.password, to: "Tai-shan-2022")
            let own = try await accounts.login(of: person)
            #expect(own.state == .own)
            try await accounts.grant(AccountRole(.employer, at: city.mill.number), to: first.number)
            #expect(try await accounts.login(of: person).state == .ofOthersToo)
            #expect(
                await code { _ = try await accounts.resetPassword(to: person, mark: own.mark, by: resetter) }
                    == "account.other-roles")
            // A merged person keeps the account, and the target counts as having it.
            let root = try await city.add("石敢当")
            try await city.registry.merge(person, into: root, reason: "同一人")
            #expect(try await accounts.login(of: root).state == .ofOthersToo)
            #expect(try await accounts.signIn(login, "Tai-shan-2022", device: "").account.person == person)
        }
    }

    /// Guessing locks the guesser's network, not the person's known browser.
    @Test(arguments: Engine.allCases) func guessingDoesNotLockTheOwnersBrowser(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let known = try await accounts.signIn("admin", opened.password, device: "").device
            for _ in 0..<5 {
                #expect(await code { _ = try await accounts.signIn("admin", "wrong", device: "") } == "account.wrong")
            }
            // The right password is refused on an unknown device and accepted on the known one.
            #expect(
                await code { _ = try await accounts.signIn("admin", opened.password, device: "") } == "account.locked")
            #expect(
                await code { _ = try await accounts.signIn("admin", opened.password, device: "x") } == "account.locked")
            let signed = try await accounts.signIn("admin", opened.password, device: known)
            #expect(signed.device == known)
            let after = later(16, city)
            #expect(await code { _ = try await after.signIn("admin", opened.password, device: "") } == nil)
        }
    }

    /// A password that was not checked does not count as a guess.
    @Test(arguments: Engine.allCases) func uncheckedPasswordsDoNotCountAsGuesses(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let full = PasswordQueue.Limits(inLane: 0, inShare: 0, ofLogin: 0, ofLoginInShare: 0)
            let crowded = Accounts(city.database, city.people, line: PasswordQueue(width: 0, full))
            for _ in 0..<6 {
                #expect(await code { _ = try await crowded.signIn("admin", "x", device: "") } == "password.busy")
            }
            #expect(await code { _ = try await accounts.signIn("admin", opened.password, device: "") } == nil)
        }
    }

    /// A reset forgets all known devices.
    @Test(arguments: Engine.allCases) func aResetForgetsDevices(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let known = try await accounts.signIn("admin", opened.password, device: "").device
            let password = try await accounts.reset(opened.number)
            #expect(try await accounts.signIn("admin", password, device: known).device != known)
        }
    }

    /// An unknown login gets the same answers and locks as a wrong password.
    @Test func anUnknownLoginIsTreatedLikeAWrongPassword() async throws {
        try await withCity(.sqlite) { city in
            let accounts = Accounts(city.database, city.people)
            for _ in 0..<5 {
                #expect(await code { _ = try await accounts.signIn("nobody", "x", device: "") } == "account.wrong")
            }
            #expect(await code { _ = try await accounts.signIn("nobody", "x", device: "") } == "account.locked")
        }
    }

    @Test func aSessionEndsAfterIdlenessAndByAge() async throws {
        try await withCity(.sqlite) { city in
            let accounts = Accounts(city.database, city.people)
            let opened = try await accounts.open("admin", name: "x", AccountRole(.administrator, at: nil))
            let token = try await accounts.signIn("admin", opened.password, device: "").token
            #expect(try await later(61, city).principal(token) == nil)
            for minutes in stride(from: 50, through: 700, by: 50) {
                #expect(try await later(minutes, city).principal(token) != nil, "\(minutes)")
            }
            #expect(try await later(725, city).principal(token) == nil)
        }
    }

    /// The password of a demo account is public, so a site that others can reach refuses it.
    @Test(arguments: Engine.allCases) func aDemoAccountWorksOnTheOwnMachineOnly(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let own = Accounts(city.database, city.people, allowsDemo: true)
            let open = Accounts(city.database, city.people)
            let admin = AccountRole(.administrator, at: nil)
            let password = try await own.open("demo-admin", name: "演示", admin, isDemo: true).password
            let token = try await own.signIn("demo-admin", password, device: "").token
            #expect(try await own.principal(token)?.isNew == false)
            #expect(try await open.principal(token) == nil)
            #expect(await code { _ = try await open.signIn("demo-admin", password, device: "") } == "account.demo")
        }
    }

    @Test(arguments: Engine.allCases) func aChangedPasswordEndsOtherSessions(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let accounts = Accounts(city.database, city.people)
            let person = try await city.add("岳明远")
            let opened = try await accounts.open(for: person)
            let one = try await accounts.signIn(opened.login, opened.password, device: "").token
            let two = try await accounts.signIn(opened.login, opened.password, device: "").token
            func change(_ old: String, _ new: String) async -> String? {
                await code { _ = try await accounts.change(one, from: old, to: new) }
            }
            #expect(await change("wrong", "Tai-shan-2022") == "account.old")
            #expect(await change(opened.password, opened.password) == "account.same")
            #expect(await change(opened.password, "simple") == "account.password")
            #expect(await change(opened.password, "Ts-\(opened.login)") == "account.password")
            let next = try await accounts.change(one, from: opened.password, to: "Tai-shan-2022")
            #expect(try await accounts.principal(one) == nil)
            #expect(try await accounts.principal(two) == nil)
            #expect(try await accounts.principal(next)?.isNew == false)
            #expect(await code { _ = try await accounts.signIn(opened.login, opened.password, device: "") } != nil)
            #expect(await code { _ = try await accounts.signIn(opened.login, "Tai-shan-2022", device: "") } == nil)
        }
    }

    @Test(arguments: [
        ("Taishan2022", false), ("tai-shan-22", true), ("abcdefgh", false), ("Ab1!", false), ("12345678", false),
        ("aaaaaaaaaaaaaaaa", false), ("correct horse battery", true), ("Admin2022!", false), ("泰山日出abc1", true),
    ])
    func simplePasswordsAreRefused(_ password: String, _ isGood: Bool) async {
        let found = await code { try PasswordRule.check(password, own: ["admin", "13800000001"]) }
        #expect(found == (isGood ? nil : "account.password"))
    }

    /// The failure lists only what is wrong with this password.
    @Test(
        arguments: [
            ("Ab1!xyzw", nil), ("long enough without", nil),
            ("Ab1!", "密码只有 4 位，至少要 8 位；重复太多，至少要有 5 个不同的字符。请换一个密码。"),
            ("taishan-x", "没有大写字母、数字，四种里至少要有三种（或者至少 16 位）。请换一个密码。"),
            ("Aa1Aa1Aa1", "重复太多，至少要有 5 个不同的字符。请换一个密码。"),
        ] as [(String, String?)])
    func aRefusedPasswordStatesTheReason(_ password: String, _ words: String?) {
        var said: String?
        do { try PasswordRule.check(password, own: []) } catch { said = (error as? Failure)?.words.chinese }
        #expect(said == words)
    }
}
