import Database
import Foundation
import Kernel
import Signing
import Testbed
import Testing
import Web

@testable import People
@testable import Registry

/// Logins opened together, and who might misuse their codes.
@Suite("Attack: login codes of a batch")
struct LoginBatchTests {
    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let failure as Failure { return failure.code } catch { return "\(error)" }
        return nil
    }

    private func people(_ city: City, minutes: Int) -> People {
        let system = city.people.system
        return People(
            keys: city.people.keys,
            system: SystemInputs(now: { system.now() + minutes * 60_000 }, random: system.random))
    }

    private func batches(_ city: City, minutes: Int = 0) -> LoginBatches {
        LoginBatches(city.database, people(city, minutes: minutes))
    }

    private func accounts(_ city: City, minutes: Int = 0) -> Accounts {
        Accounts(city.database, people(city, minutes: minutes))
    }

    private func order(_ number: Int, _ submitter: Submitter, dryRun: Bool = false) -> LoginBatches.Order {
        LoginBatches.Order(number, reason: "统一开通", isDryRun: dryRun) { _ in submitter }
    }

    private func login(_ name: String) throws -> String { try Cast.idNumber(of: name).text }

    /// The code of a person in the slips of a batch.
    private func slip(_ name: String, _ slips: [LoginSlip]) throws -> String {
        try required(slips.first { $0.name == name }).code
    }

    @Test func codesHave80BitsAndAreAcceptedAsTyped() throws {
        let keys = try withKeys()
        let letters = Set("3478abcdefhjkmnpqrtwxy")
        let codes = (0..<200).map { _ in LoginCode(.real).text }
        #expect(Set(codes).count == 200)
        for code in codes {
            let groups = code.split(separator: "-")
            #expect(groups.count == 3 && groups.allSatisfy { $0.count == 6 && $0.allSatisfy(letters.contains) })
        }
        #expect(18 * log2(Double(letters.count)) > 80)
        // Every letter is about equally likely: 3,600 letters, 164 of each.
        let counts = Dictionary(grouping: codes.joined().filter { $0 != "-" }) { $0 }.values.map(\.count)
        #expect(counts.count == 22 && counts.allSatisfy { 100...240 ~= $0 })
        let code = LoginCode("abc347-defhjk-mnpqrt")
        let stored = code.stored(keys)
        for typed in ["abc347-defhjk-mnpqrt", " ABC347 defhjk—MNPQRT ", "ａｂｃ347defhjkmnpqrt"] {
            #expect(LoginCode.matches(typed, stored, keys), "\(typed)")
        }
        for typed in ["", "abc347-defhjk-mnpqrw", "abc347-defhjk-mnpqr", "abc347-defhjk-mnpqrtt"] {
            #expect(!LoginCode.matches(typed, stored, keys), "\(typed)")
        }
        #expect(!LoginCode.matches("", Password.locked, keys))
    }

    private func withKeys() throws -> KeyRing {
        let folder = FileManager.default.temporaryDirectory.appending(path: "codes-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try KeyFile.create(at: folder.path + "/keys.json", system: .real)
    }

    /// A check changes nothing; opening gives a code that works until the person has an own password.
    @Test(arguments: Engine.allCases) func aCodeIsReplacedByAnOwnPassword(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, taishan) = (counties.city, try await counties.authority(counties.taishan))
            let persons = [
                try await city.add("岳明远", phone: "13800000001"), try await city.add("汶小溪"), try await city.add("徂松岩"),
            ]
            _ = try await accounts(city).open(for: persons[2])
            let checked = try await batches(city).open(persons, order(7, taishan, dryRun: true))
            #expect(checked.map(\.1) == [.opened, .opened, .held])
            #expect(try await batches(city).all(of: taishan).isEmpty)
            for _ in 0..<2 {
                let opened = try await batches(city).open(persons + persons, order(8, taishan))
                #expect(opened.map(\.1) == [.opened, .opened, .held, .opened, .opened, .held])
            }
            #expect(try await batches(city).all(of: taishan).map { [$0.batch.opened, $0.unused] } == [[2, 2]])
            // The same list again, and a colleague with it.
            #expect(
                try await batches(city).open(persons, order(9, taishan)).map(\.1) == [.waiting, .waiting, .held])
            let slips = try await batches(city).slips(of: 8, for: taishan).slips
            #expect(slips.map(\.name) == ["岳明远", "汶小溪"])
            #expect(slips[0].login == "身份证号 999999********\(try login("岳明远").suffix(4))")
            #expect(slips[0].unit == "泰安示例机械有限公司")
            let word = try slip("岳明远", slips)
            let first = try await accounts(city).signIn("13800000001", word.uppercased(), device: "").token
            #expect(try await accounts(city).principal(first)?.isNew == true)
            let own = try await accounts(city).change(first, from: word, to: "Tai-shan-2022")
            #expect(try await accounts(city).principal(own)?.isNew == false)
            #expect(
                await code { _ = try await accounts(city).signIn(login("岳明远"), word, device: "") } == "account.wrong")
            _ = try await accounts(city).signIn(login("岳明远"), "Tai-shan-2022", device: "")
            #expect(try await batches(city).find(8, of: taishan).unused == 1)
            #expect(try await accounts(city).resets(own).map(\.reason) == ["统一开通"])
            #expect(try await batches(city).open(persons, order(10, taishan)).map(\.1) == [.held, .waiting, .held])
        }
    }

    /// A person who moved away cannot use the code of the former authority, and the new one gives another after a week.
    @Test(arguments: Engine.allCases) func aCodeEndsWithTheScope(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let city = counties.city
            let (taishan, feicheng) = (
                try await counties.authority(counties.taishan), try await counties.authority(counties.feicheng)
            )
            let person = try await city.add("岳明远")
            #expect(try await batches(city).open([person], order(1, feicheng)).map(\.1) == [.outside])
            #expect(try await batches(city).open([ID(999)], order(1, feicheng)).map(\.1) == [.outside])
            #expect(try await batches(city).open([person], order(2, taishan)).map(\.1) == [.opened])
            let word = try slip("岳明远", try await batches(city).slips(of: 2, for: taishan).slips)
            let token = try await accounts(city).signIn(login("岳明远"), word, device: "").token
            try await city.move(person, to: counties.quarry, since: "2022-01-01")
            // A session that began before the move sets no password either.
            #expect(
                await code { _ = try await accounts(city).change(token, from: word, to: "Tai-shan-2022") }
                    == "account.code-over")
            #expect(
                await code { _ = try await accounts(city).signIn(login("岳明远"), word, device: "") }
                    == "account.code-over")
            #expect(
                await code { _ = try await batches(city).slips(of: 2, for: taishan) } == "account.codes-gone")
            #expect(try await batches(city).open([person], order(3, taishan)).map(\.1) == [.outside])
            #expect(try await batches(city).open([person], order(4, feicheng)).map(\.1) == [.waiting])
        }
    }

    @Test(arguments: Engine.allCases) func whoCameThisWeekIsLeftOut(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, feicheng) = (counties.city, try await counties.authority(counties.feicheng))
            let person = try await city.add("岳明远")
            try await city.move(person, to: counties.quarry, since: "2022-01-01")
            #expect(try await batches(city).open([person], order(1, feicheng)).map(\.1) == [.tooNew])
            let week = 8 * 1440
            #expect(try await batches(city, minutes: week).open([person], order(1, feicheng)).map(\.1) == [.opened])
        }
    }

    /// A code expires after thirty days and can be revoked by the office that gave it. Then another one is given.
    @Test(arguments: Engine.allCases) func codesExpireAndAreRevoked(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let city = counties.city
            let (taishan, feicheng) = (
                try await counties.authority(counties.taishan), try await counties.authority(counties.feicheng)
            )
            let person = try await city.add("岳明远")
            let login = try login("岳明远")
            _ = try await batches(city).open([person], order(1, taishan))
            let word = try slip("岳明远", try await batches(city).slips(of: 1, for: taishan).slips)
            #expect(await code { _ = try await batches(city).revoke(1, by: feicheng) } == "account.no-batch")
            #expect(await code { _ = try await batches(city).slips(of: 1, for: feicheng) } == "account.no-batch")
            #expect(await code { _ = try await batches(city).find(2, of: taishan) } == "account.no-batch")
            _ = try await accounts(city, minutes: 29 * 1440).signIn(login, word, device: "")
            let month = 30 * 1440
            #expect(
                await code { _ = try await accounts(city, minutes: month).signIn(login, word, device: "") }
                    == "account.code-over")
            let later = batches(city, minutes: month)
            #expect(try await later.open([person], order(2, taishan, dryRun: true)).map(\.1) == [.renewed])
            #expect(try await later.open([person], order(2, taishan)).map(\.1) == [.renewed])
            let second = try slip("岳明远", try await later.slips(of: 2, for: taishan).slips)
            let then = accounts(city, minutes: month)
            #expect(await code { _ = try await then.signIn(login, word, device: "") } == "account.wrong")
            _ = try await then.signIn(login, second, device: "")
            #expect(try await later.revoke(2, by: taishan) == 1)
            #expect(try await later.revoke(2, by: taishan) == 0)
            #expect(await code { _ = try await then.signIn(login, second, device: "") } == "account.code-over")
            #expect(await code { _ = try await later.slips(of: 2, for: taishan) } == "account.codes-gone")
            #expect(try await later.open([person], order(3, taishan)).map(\.1) == [.renewed])
        }
    }

    /// The codes are handed out for a short time, then deleted.
    @Test(arguments: Engine.allCases) func codesAreDeletedAfterTheDownload(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, taishan) = (counties.city, try await counties.authority(counties.taishan))
            _ = try await batches(city).open([city.add("岳明远")], order(1, taishan))
            _ = try await batches(city).open([city.add("汶小溪")], order(2, taishan))
            func slips() async throws -> Int {
                try await city.database.read { try $0.first("SELECT count(*) FROM login_slip") { try $0.int(0) } ?? 0 }
            }
            _ = try await batches(city).slips(of: 1, for: taishan)
            _ = try await batches(city, minutes: 14).slips(of: 1, for: taishan)
            try await batches(city, minutes: 14).sweep()
            #expect(try await slips() == 2)
            #expect(
                await code { _ = try await batches(city, minutes: 15).slips(of: 1, for: taishan) }
                    == "account.codes-gone")
            try await batches(city, minutes: 15).sweep()
            #expect(try await slips() == 1)
            _ = try await batches(city, minutes: 1439).find(2, of: taishan)
            try await batches(city, minutes: 1440).sweep()
            #expect(try await slips() == 0)
            #expect(
                await code { _ = try await batches(city, minutes: 1440).slips(of: 2, for: taishan) }
                    == "account.codes-gone")
        }
    }

    /// Two officers with the same people at the same moment: each person gets one code.
    @Test(arguments: Engine.allCases) func twoOfficersAtOnceGiveOneCode(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let city = counties.city
            let (taishan, bureau) = (
                try await counties.authority(counties.taishan), try await counties.authority(counties.bureau)
            )
            var persons: [ID<Person>] = []
            for name in Cast.names.prefix(6) { persons.append(try await city.add(name)) }
            async let one = batches(city).open(persons, order(1, taishan))
            async let two = batches(city).open(persons, order(2, bureau))
            let outcomes = zip(try await one, try await two).map { Set([$0.1, $1.1]) }
            #expect(outcomes == Array(repeating: [.opened, .waiting], count: 6))
            let unused =
                try await batches(city).all(of: taishan).map(\.unused) + batches(city).all(of: bureau).map(\.unused)
            #expect(unused.reduce(0, +) == 6)
        }
    }

    /// Guesses are limited like those of passwords, and an order without its role opens nothing.
    @Test(arguments: Engine.allCases) func guessesAndRevokedRolesGetNothing(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, taishan) = (counties.city, try await counties.authority(counties.taishan))
            let (one, other) = (try await city.add("岳明远"), try await city.add("汶小溪"))
            _ = try await batches(city).open([one], order(1, taishan))
            let word = try slip("岳明远", try await batches(city).slips(of: 1, for: taishan).slips)
            let login = try login("岳明远")
            for turn in 0..<5 {
                let guess = "abc347-defhjk-mnpqr\("3478a".map(String.init)[turn])"
                #expect(await code { _ = try await accounts(city).signIn(login, guess, device: "") } == "account.wrong")
            }
            #expect(await code { _ = try await accounts(city).signIn(login, word, device: "") } == "account.locked")
            try await accounts(city).revoke(
                AccountRole(.authority, at: taishan.organisation), from: required(taishan.account))
            for act: () async throws -> Void in [
                { _ = try await batches(city).open([other], order(2, taishan)) },
                { _ = try await batches(city).open([other], order(2, taishan, dryRun: true)) },
                { _ = try await batches(city).slips(of: 1, for: taishan) },
                { _ = try await batches(city).revoke(1, by: taishan) },
            ] {
                #expect(await code(act) == "account.no-role")
            }
        }
    }

    /// Who can write to the database cannot prolong a code: a restored row of a code does not fit the account.
    @Test(arguments: Engine.allCases) func aCodeWithoutItsRowIsRefused(_ engine: Engine) async throws {
        try await withCounties(engine) { counties in
            let (city, taishan) = (counties.city, try await counties.authority(counties.taishan))
            _ = try await batches(city).open([city.add("岳明远")], order(1, taishan))
            let word = try slip("岳明远", try await batches(city).slips(of: 1, for: taishan).slips)
            let login = try login("岳明远")
            _ = try await city.database.write { try $0.execute("UPDATE login_batch SET expires = expires + 1") }
            #expect(await code { _ = try await accounts(city).signIn(login, word, device: "") } == "database.forged")
            _ = try await city.database.write { try $0.execute("DELETE FROM login_code") }
            #expect(await code { _ = try await accounts(city).signIn(login, word, device: "") } == "account.code-over")
        }
    }
}
