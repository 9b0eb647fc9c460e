import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import People
import Testbed

@testable import App
@testable import Certificates
@testable import Jobs
@testable import People
@testable import Registry
@testable import Web

/// An actor: a browser with its cookie or a program with its token.
struct AccessActor: Sendable {
    let name: String
    var headers: HTTPFields = [:]
    var isProgram = false
    /// `nil` for strangers and for actors with false credentials.
    var role: Role?
    var isNew = false
    /// Has a region as scope, and so sees its figures.
    var isOfRegion = false
    /// The actor's own person.
    var own: Int?
    /// The people in the actor's scope.
    var people: Set<Int> = []
    /// People at no unit, about whom the bureau may submit lists.
    var unplaced: Set<Int> = []
    /// The units and authorities in it.
    var units: Set<ID<Organisation>> = []
    /// The account's role with its unit.
    var held: AccountRole?
    /// A job that the actor ordered.
    var job: Int?
    /// The waiting requests that the actor may answer.
    var requests: Set<Int> = []

    /// The people about whom the actor may submit lists.
    var writable: Set<Int> { people.union(unplaced) }

    /// The people about whom the actor may read everything.
    var knows: Set<Int> { own.map { people.union([$0]) } ?? people }
}

/// A person about whom others may want to read.
struct Subject: Sendable {
    let number: Int
    let name: String
    let id: String
    let phone: String
    var certificate = ""

    /// Whether the policies of the city apply.
    var hasPolicy: Bool { !certificate.isEmpty }

    /// Texts that show that a page is about this person. The audit log names certificates, but no people.
    func marks(isAudit: Bool) -> [String] {
        [name, id, phone, "/people/\(number)/", isAudit ? "" : certificate].filter { !$0.isEmpty }
    }
}

/// Two units in one county, one in another county, one in another city, with people at each and their officers.
/// Every role has an account.
struct AccessCity: Sendable {
    var subjects: [Subject] = []
    var actors: [AccessActor] = []
    var units: [String: ID<Organisation>] = [:]
    var notice = 0
    /// The version of a policy with an older version.
    var version = 0
    /// A request of a county for a person of another one.
    var request = 0

    private static let places = [
        ("370900", "泰安市"), ("370902", "泰山区"), ("370983", "肥城市"), ("370100", "济南市"), ("370102", "历下区"),
    ]

    private static let organisations: [(key: String, role: Organisation.Role, region: String, upstream: String?)] = [
        ("市人社局", .authority, "370900", nil), ("泰山区人社局", .authority, "370902", nil),
        ("泰山区工信局", .authority, "370902", nil), ("肥城市人社局", .authority, "370983", nil),
        ("示例机械", .employer, "370902", nil), ("示例电力", .employer, "370902", "泰山区工信局"),
        ("示例化工", .employer, "370983", nil), ("济南市人社局", .authority, "370100", nil),
        ("示例软件", .employer, "370102", nil),
    ]

    /// People who do not appear in the samples of pages.
    private static let people = [
        ("桑落洲", "示例机械"), ("卫星辰", "示例机械"), ("巫山云", "示例机械"), ("贺兰雪", "示例电力"), ("敖汉风", "示例化工"),
        ("祁连月", "示例软件"), ("阴山石", "示例机械"),
    ]

    /// The last day of a person's employment; 阴山石 has left.
    private static func end(_ name: String) -> Day { name == "阴山石" ? Day(2023, 12, 31) ?? .last : .last }

    static func make(_ installation: Installation, _ client: any TestClientProtocol) async throws -> AccessCity {
        var city = AccessCity()
        try await city.addPlaces(installation)
        for file in ["taian/2021", "taian/2022"] { _ = try await installation.registry.publishForTests(file) }
        // Pages with samples link to person 1.
        _ = try await installation.database.write {
            try PersonStore($0, installation.people).add("林中路", Cast.number(99), phone: nil)
        }
        for (index, person) in people.enumerated() {
            try await city.add(person.0, at: person.1, index, installation)
        }
        _ = try await installation.settle(Year(2022)) { _ in }
        let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
        _ = try await installation.certificates.publish(CertificateForm(reading: form), dryRun: false)
        _ = try await installation.certificates.issue(Year(2022))
        for index in city.subjects.indices {
            let held = try await installation.certificates.all(of: ID(city.subjects[index].number))
            city.subjects[index].certificate = held.first?.certificate.facts.number.text ?? ""
        }
        city.version = try await addVersion(installation)
        try await city.addActors(installation)
        let bureau = try await Accounts(installation.database, installation.people).account("bureau").number
        let notices = Notices(installation.database, installation.people)
        city.notice = try await notices.publish("报名", "即日起报名。", by: bureau).number
        try await city.orderLists(client, installation)
        try await city.askForOthers(client, installation)
        return city
    }

    private static func addVersion(_ installation: Installation) async throws -> Int {
        try await installation.registry.publishForTests("taian/2022") {
            $0.replacing("泰安市 2022", with: "泰安 2022")
        }.number.number
    }

    private mutating func addPlaces(_ installation: Installation) async throws {
        units = try await installation.database.write { transaction in
            for (code, name) in Self.places {
                _ = try RegionStore(transaction).put(Region(code: required(RegionCode(code)), name: name))
            }
            var units: [String: ID<Organisation>] = [:]
            for unit in Self.organisations {
                units[unit.key] = try OrganisationStore(transaction).add(
                    unit.key, unit.role, uscc: nil, nature: unit.role == .employer ? "enterprise" : "institution",
                    region: required(RegionCode(unit.region)), upstream: unit.upstream.flatMap { units[$0] }
                ).number
            }
            return units
        }
    }

    private mutating func add(
        _ name: String, at unit: String, _ index: Int, _ installation: Installation
    ) async throws {
        let (people, unit, phone) = (installation.people, try required(units[unit]), "1390099000\(index)")
        let id = try Cast.number(100 + index)
        let person = try await installation.database.write { transaction in
            let person = try PersonStore(transaction, people).add(name, id, phone: phone)
            let during = Period(from: .first, to: Self.end(name))
            _ = try EmploymentStore(transaction, people).put(
                Employment(organisation: unit, relation: "labour", during: during), of: person)
            return person
        }
        subjects.append(Subject(number: person.number, name: name, id: id.text, phone: phone))
        for evidence in [SampleEvidence.course("公需", 30, "public"), SampleEvidence.course("专业", 60)] {
            _ = try await installation.registry.recognise(
                Submission(person: person, source: .platform("test"), evidence: evidence))
        }
    }

    func number(_ name: String) -> Int { subjects.first { $0.name == name }?.number ?? 0 }
}

// MARK: - Actors

extension AccessCity {
    /// Each officer orders a list of people; then the jobs run.
    mutating func orderLists(_ client: any TestClientProtocol, _ installation: Installation) async throws {
        for index in actors.indices where !actors[index].isProgram && !actors[index].people.isEmpty {
            let place = try await post(client, "/people/export", "query=", by: actors[index])
            actors[index].job = try required(place.split(separator: "/").last.flatMap { Int($0) })
        }
        try await run(installation)
    }

    /// A county lists a person of another county as its own, under an invented name. The row is pending for the bureau,
    /// which has both counties in its scope. The county later sees the name it typed, not the person's real name.
    private mutating func askForOthers(_ client: any TestClientProtocol, _ installation: Installation) async throws {
        let county = try required(actors.first { $0.name == "county" })
        let place = try await post(client, "/import", list(of: "敖汉风", as: "某人", at: "示例机械"), by: county)
        try await run(installation)
        let confirmation = place.replacing("/jobs/", with: "/import/") + "/confirmation"
        _ = try await post(client, confirmation, "", by: county)
        try await run(installation)
        let index = try required(actors.firstIndex { $0.name == "bureau" })
        let page = try await client.execute(uri: "/requests", method: .get, headers: actors[index].headers) {
            String(buffer: $0.body)
        }
        request = try required(page.firstMatch(of: #/\/requests\/([0-9]+)/#).flatMap { Int($0.1) })
        actors[index].requests = [request]
    }

    private func list(of name: String, as typed: String, at unit: String) -> String {
        let id = subjects.first { $0.name == name }?.id ?? ""
        return "--b\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\npeople\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
            + "姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n"
            + "\(typed),\(id),\(unit),企业,泰山区,劳动关系,2024-01-01\r\n--b--\r\n"
    }

    /// Sends a form and returns the path of the redirect.
    private func post(
        _ client: any TestClientProtocol, _ uri: String, _ form: String, by actor: AccessActor
    ) async throws -> String {
        var headers = actor.headers
        headers[.contentType] =
            form.hasPrefix("--b") ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded"
        return try await client.execute(
            uri: uri, method: .post, headers: headers, body: ByteBuffer(string: form)
        ) { $0.headers[.location] ?? "" }
    }

    private func run(_ installation: Installation) async throws {
        let jobs = installation.jobs
        let work = Task { await jobs.work() }
        while try await jobs.counts().open > 0 { try await nextTurn() }
        work.cancel()
        await work.value
    }

    private mutating func addActors(_ installation: Installation) async throws {
        let mill = Set(["桑落洲", "卫星辰", "巫山云"].map(number)), power = Set([number("贺兰雪")])
        let county = mill.union(power), other = Set([number("敖汉风")]), city = county.union(other)
        actors = [
            AccessActor(name: "stranger"),
            AccessActor(name: "guessed session", headers: [.cookie: "session=" + String(repeating: "ab", count: 32)]),
            AccessActor(
                name: "guessed token", headers: bearer("xt_" + String(repeating: "ab", count: 32)), isProgram: true),
        ]
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        let first = try await accounts.open(for: ID(number("巫山云")))
        let token = try await accounts.signIn(first.login, first.password, device: "").token
        actors.append(
            AccessActor(
                name: "newcomer", headers: [.cookie: "session=\(token)"], role: .professional, isNew: true,
                own: number("巫山云")))
        _ = try await accounts.open(for: ID(number("桑落洲")), isDemo: true)
        let professional = AccessActor(
            name: "professional", own: number("桑落洲"), held: AccountRole(.professional, at: nil))
        try await add(professional, try Cast.number(100).text, installation)
        try await add("employer", .employer, at: "示例机械", mill, ["示例机械"], installation)
        try await add("neighbour", .employer, at: "示例电力", power, ["示例电力"], installation)
        let inCounty = ["泰山区人社局", "泰山区工信局", "示例机械", "示例电力"], inOther = ["肥城市人社局", "示例化工"]
        try await add("county", .authority, at: "泰山区人社局", county, inCounty, isOfRegion: true, installation)
        try await add("other-county", .authority, at: "肥城市人社局", other, inOther, isOfRegion: true, installation)
        try await add("department", .authority, at: "泰山区工信局", power, ["示例电力"], installation)
        let inCity = inCounty + inOther + ["市人社局"]
        try await add("bureau", .bureau, at: "市人社局", city, inCity, isOfRegion: true, installation)
        try await add(
            "other-city", .authority, at: "济南市人社局", [number("祁连月")], ["济南市人社局", "示例软件"], isOfRegion: true,
            installation)
        try await add("administrator", .administrator, at: nil, [], [], installation)
        try await add("auditor", .auditor, at: nil, [], [], installation)
        for role in [Role.board, .base, .platform] {
            try await add(role.rawValue, role, at: "示例机械", [], [], installation)
        }
        try await addFormer(installation)
    }

    /// Adds an account with this role, with a session and a token.
    private mutating func add(
        _ name: String, _ role: Role, at unit: String?, _ people: Set<Int>, _ scope: [String],
        isOfRegion: Bool = false, _ installation: Installation
    ) async throws {
        let held = AccountRole(role, at: unit.flatMap { units[$0] })
        _ = try await Accounts(installation.database, installation.people).open(name, name: name, held, isDemo: true)
        var actor = AccessActor(name: name, isOfRegion: isOfRegion, people: people, held: held)
        if role == .bureau { actor.unplaced = [number("阴山石")] }
        actor.units = Set(scope.compactMap { units[$0] })
        try await add(actor, name, installation)
    }

    /// Adds a browser and two programs of an account.
    private mutating func add(_ kind: AccessActor, _ login: String, _ installation: Installation) async throws {
        let name = kind.name
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        let session = try await accounts.signIn(login, Accounts.demoPassword, device: "")
        let tokens = Tokens(installation.database, installation.people)
        let token = try await tokens.make("x", for: login, Set(Tokens.Permission.allCases), days: 1)
        let bare = try await tokens.make("x", for: login, [], days: 1)
        var browser = kind
        (browser.headers, browser.role) = ([.cookie: "session=\(session.token)"], kind.held?.role)
        var program = AccessActor(name: name + "’s token", headers: bearer(token), isProgram: true)
        (program.role, program.isOfRegion) = (kind.held?.role, kind.isOfRegion)
        (program.people, program.unplaced, program.units) = (kind.people, kind.unplaced, kind.units)
        actors += [browser, program, AccessActor(name: name + "’s bare token", headers: bearer(bare), isProgram: true)]
    }

    /// Adds an account whose role was revoked after its session and token began.
    private mutating func addFormer(_ installation: Installation) async throws {
        try await add("former", .bureau, at: "市人社局", [], [], installation)
        let accounts = Accounts(installation.database, installation.people)
        let account = try await accounts.account("former")
        try await accounts.revoke(AccountRole(.bureau, at: units["市人社局"]), from: account)
        for index in actors.indices where actors[index].name.hasPrefix("former") {
            (actors[index].role, actors[index].job) = (nil, nil)
        }
    }

    private func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }
}
