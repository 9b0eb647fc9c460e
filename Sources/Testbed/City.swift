import Certificates
import Database
import Foundation
import Integrity
import Kernel
import People
import Policy
import Registry
import Signing
import Synchronization

import enum Registry.EvidenceSource

/// A city with regions, a unit in some of them, and Tai'an's policies. Its clock advances a second at each reading.
package struct City: Sendable {
    package let database: Database
    package let registry: Registry
    package let people: People
    package let certificates: Certificates
    package let folder: URL
    package let mill: Organisation

    /// Adds a person of the cast, by default at the mill in 泰山区.
    package func add(
        _ name: String, _ id: IDNumber? = nil, at unit: Organisation? = nil, since: Day = .first, phone: String? = nil
    ) async throws -> ID<Person> {
        let (people, unit) = (people, unit ?? mill)
        let id = try id ?? Cast.idNumber(of: name)
        return try await database.write { transaction in
            let person = try PersonStore(transaction, people).add(name, id, phone: phone)
            _ = try EmploymentStore(transaction, people).put(
                Employment(organisation: unit.number, relation: "labour", during: Period(from: since, to: .last)),
                of: person)
            return person
        }
    }

    /// Adds a person of the cast with all hours of 2022.
    package func full(_ name: String) async throws -> ID<Person> {
        let person = try await add(name)
        _ = try await recognise(person, SampleEvidence.course("公需", 30, "public"), reference: "p")
        _ = try await recognise(person, SampleEvidence.course("专业", 60), reference: "q")
        return person
    }

    /// The same city with the clock moved by `count` days.
    package func days(_ count: Int) -> City {
        let system = people.system
        let shifted = SystemInputs(now: { system.now() + count * 86_400_000 }, random: system.random)
        let people = People(keys: people.keys, system: shifted, headFolder: folder.path + "/ledger")
        let registry = Registry(database, people)
        return City(
            database: database, registry: registry, people: people, certificates: Certificates(database, registry),
            folder: folder,
            mill: mill)
    }

    /// Moves a person to a unit from a day on, and updates the registry.
    package func move(_ person: ID<Person>, to unit: Organisation, since day: String) async throws {
        let (people, registry, since) = (people, registry, try required(Day(day)))
        try await database.write { transaction in
            _ = try EmploymentStore(transaction, people).put(
                Employment(organisation: unit.number, relation: "labour", during: Period(from: since, to: .last)),
                of: person)
            try registry.learn([person], transaction)
        }
    }

    package func unit(_ name: String, _ region: String, nature: String = "enterprise") async throws -> Organisation {
        let code = try required(RegionCode(region))
        return try await database.write { transaction in
            try OrganisationStore(transaction).add(
                name, .employer, uscc: nil, nature: nature, region: code, upstream: nil)
        }
    }

    /// Adds the authority of 泰山区.
    package func office() async throws -> Organisation {
        let code = try required(RegionCode("370902"))
        return try await database.write { transaction in
            try OrganisationStore(transaction).add(
                "泰山区示例人社局", .authority, uscc: nil, nature: "institution", region: code, upstream: nil)
        }
    }

    package func publish(_ file: String) async throws -> Publication { try await registry.publishForTests(file) }

    /// Publishes the sample form of certificates after changing its text.
    package func publishForm(_ change: (String) -> String = { $0 }) async throws {
        let path = repository.path + "/Certificates/taian.yaml"
        let text = change(try String(contentsOfFile: path, encoding: .utf8))
        _ = try await certificates.publish(CertificateForm(reading: text), dryRun: false)
    }

    /// The text of the stored standing of 2022 under the first policy, without entries and version.
    package func figures(_ person: ID<Person>, _ year: Int = 2022) async throws -> String {
        let item = try required(try await registry.year(Year(year), of: person).standings.first)
        return item.body.split(separator: "\n").filter { !$0.hasPrefix("policy") && !$0.hasPrefix("entries") }
            .joined(separator: "\n")
    }

    /// The counted hours of a year in all subjects.
    package func counted(_ person: ID<Person>, _ year: Int = 2022) async throws -> CreditHours {
        let reading = try await registry.year(Year(year), of: person)
        return reading.standings.first?.standing.lines.last?.counted ?? .zero
    }
}

/// Provides a fresh city on an engine. `tick`: the milliseconds by which its clock advances at each reading.
package func withCity<T: Sendable>(
    _ engine: Engine, policies: [String] = ["taian/2021", "taian/2022"], tick: Int = 1000,
    _ body: (City) async throws -> T
) async throws -> T {
    try await withFolder { folder in
        try await withDatabase(engine, People.migrations + Registry.migrations + Certificates.migrations) { database in
            let clock = Mutex(1_780_000_000_000)
            let drawn = Mutex(0)
            let system = SystemInputs(
                now: {
                    clock.withLock { now in
                        now += tick
                        return now
                    }
                }, random: { count in drawn.withLock { scattered(&$0, count) } })
            let keys = try KeyFile.create(at: folder.path + "/keys.json", system: system)
            database.authenticate(with: keys)
            let people = People(keys: keys, system: system, headFolder: folder.path + "/ledger")
            try await people.checkKeys(database)
            try await people.states.acceptHead(database)
            let registry = Registry(database, people)
            let mill = try await database.write { transaction in
                for (code, name) in [("370900", "泰安市"), ("370902", "泰山区"), ("370983", "肥城市"), ("110000", "北京市")] {
                    _ = try RegionStore(transaction).put(Region(code: required(RegionCode(code)), name: name))
                }
                return try OrganisationStore(transaction).add(
                    "泰安示例机械有限公司", .employer, uscc: nil, nature: "enterprise", region: required(RegionCode("370902")),
                    upstream: nil)
            }
            let city = City(
                database: database, registry: registry, people: people, certificates: Certificates(database, registry),
                folder: folder, mill: mill)
            for file in policies { _ = try await city.publish(file) }
            return try await body(city)
        }
    }
}

/// Bytes that differ in each call and are the same in each run.
private func scattered(_ state: inout Int, _ count: Int) -> [UInt8] {
    state += 1
    return Array(sha256(withUnsafeBytes(of: state) { Array($0) }).prefix(count))
}

/// The named cast: invented people, with ID numbers of an unassigned area.
package enum Cast {
    package static let names = ["岳明远", "汶小溪", "徂松岩", "梁父石", "傅云亭", "云步桥", "石敢当", "柏长青", "安澜", "王二平"]

    package static func idNumber(of name: String) throws -> IDNumber {
        let index = names.firstIndex(of: name) ?? name.unicodeScalars.reduce(0) { ($0 * 31 + Int($1.value)) % 900 } + 50
        let body = "99999919800101" + String(String(1000 + index).suffix(3))
        return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first)
    }
}

extension Registry {
    /// Publishes one of the project's own policies, such as `taian/2022`.
    package func publishForTests(
        _ file: String, changing change: (String) -> String = { $0 }
    ) async throws -> Publication {
        let flat = try FlatPolicies.flat(file)
        return try await publish(flat.key, change(flat.text), dryRun: false)
    }
}

/// Evidence of the notice's kinds with default facts.
package enum SampleEvidence {
    package static func course(
        _ course: String, _ hours: Int, _ subject: String = "professional", on day: String = "2022-06-01",
        year: Int = 2022,
        exam: String = "passed"
    ) -> Evidence {
        Evidence(
            "online-course",
            [
                "course": .text(course), "provider": .text("泰安示例学习平台"), "subject": .text(subject),
                "year": .integer(year), "credit": .hours(CreditHours(hours)), "exam": .text(exam),
                "passed-on": .day(Day(day) ?? .first),
            ])
    }

    package static func paper(
        _ title: String, authors: Int, on day: String = "2022-06-01", number: String = "CN 37-0001/T",
        journal: String = "national"
    ) -> Evidence {
        Evidence(
            "paper",
            [
                "title": .text(title), "number": .text(number), "journal": .text(journal),
                "authors": .integer(authors), "publication-date": .day(Day(day) ?? .first),
            ])
    }

    package static func graduateCourses(_ certificate: String, on day: String) -> Evidence {
        Evidence(
            "graduate-courses",
            [
                "school": .text("泰安示例学院"), "certificate": .text(certificate),
                "completed-on": .day(Day(day) ?? .first),
            ])
    }

    package static func award(_ project: String, _ level: String, on day: String = "2022-05-10") -> Evidence {
        Evidence(
            "award",
            [
                "prize": .text("progress"), "level": .text(level), "project": .text(project),
                "certificate": .text("KJ-\(level)-\(project)"), "awarded-on": .day(Day(day) ?? .first),
            ])
    }
}

extension City {
    package func recognise(
        _ person: ID<Person>, _ evidence: Evidence, reference: String? = nil, reason: String = "",
        from source: EvidenceSource = .platform("test")
    ) async throws -> Recognition {
        try await registry.recognise(
            Submission(person: person, source: source, reference: reference, evidence: evidence, reason: reason))
    }
}

extension Recognition {
    package var entries: [LedgerEntry] {
        switch self {
        case .credited(let entries), .corrected(let entries, _): entries
        default: []
        }
    }
}

/// The root folder of the project's files.
package let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

/// The flat texts of the published policies, read once.
private enum FlatPolicies {
    static let known = Mutex<[String: (key: String, text: String)]>([:])

    static func flat(_ file: String) throws -> (key: String, text: String) {
        if let flat = known.withLock({ $0[file] }) { return flat }
        let reading = try readPolicy(at: repository.path + "/Policies/\(file).yaml")
        let flat = (try required(reading.policy).key, reading.flat)
        known.withLock { $0[file] = flat }
        return flat
    }
}

package func required<T>(_ value: T?) throws -> T {
    guard let value else {
        throw Failure(.damaged, "tests.missing", "测试所需的值不存在。", en: "A value that the test needs is missing.")
    }
    return value
}

extension Cast {
    /// One of a thousand further numbers of the unassigned area.
    package static func number(_ index: Int) throws -> IDNumber {
        let body = "99999919900101" + String(String(1000 + index).suffix(3))
        return try required("0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first)
    }
}

/// Several numbers, for one comparison.
package func figures(_ numbers: Int...) -> [Int] { numbers }
