import Database
import Documents
import Foundation
import Kernel
import Testbed
import Web

@testable import People
@testable import Registry

/// A city of two counties with an authority each, and officers who send lists.
struct Counties: Sendable {
    let city: City
    let bureau: Organisation
    let taishan: Organisation
    let feicheng: Organisation
    /// In 泰山区, below its authority.
    let school: Organisation
    /// In 肥城市, below its authority.
    let quarry: Organisation

    func submitter(_ scope: Scope, of organisation: Organisation) async throws -> Submitter {
        let accounts = Accounts(city.database, city.people)
        let login = "officer\(organisation.number)"
        let office = organisation.number == bureau.number ? Role.bureau : .authority
        let role = AccountRole(scope.isOneUnit ? .employer : office, at: organisation.number)
        var account = try? await accounts.account(login)
        if account == nil { account = try await accounts.open(login, name: login, role, isDemo: true).number }
        return Submitter(
            scope: scope, account: account, organisation: organisation.number,
            isBureau: organisation.number == bureau.number)
    }

    func employer(_ unit: Organisation) async throws -> Submitter { try await submitter(.unit(unit.number), of: unit) }
    func authority(_ office: Organisation) async throws -> Submitter {
        try await submitter(.region(office.region), of: office)
    }

    /// Imports a list of people or of hours, and returns the report.
    func send(
        _ text: String, _ submitter: Submitter, hours: Bool = false, dryRun: Bool = false
    ) async throws -> ImportReport {
        let path = city.folder.appending(path: "list-\(UInt64.random(in: 1...UInt64.max)).csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        let lists = SheetImport(city.registry, submitter: { _ in submitter })
        if hours { return try await lists.hours(path, dryRun: dryRun) }
        return try await lists.people(path, dryRun: dryRun)
    }

    /// The requests that wait for this officer.
    func waiting(_ submitter: Submitter) async throws -> [UpstreamRequest] {
        let people = city.people
        return try await city.database.read { transaction in
            try UpstreamStore(transaction, people).waiting(
                WriteScope(transaction, people, submitter), before: .max, limit: 500)
        }
    }

    func carryOut(_ request: UpstreamRequest, _ submitter: Submitter) async throws {
        try await city.registry.carryOut(request.number, by: submitter)
    }
}

func withCounties(_ engine: Engine, _ body: (Counties) async throws -> Void) async throws {
    try await withCity(engine) { city in
        let counties = try await city.database.write { transaction in
            let store = OrganisationStore(transaction)
            func add(_ name: String, _ role: Organisation.Role, _ region: String, below: Organisation? = nil) throws
                -> Organisation
            {
                try store.add(
                    name, role, uscc: nil, nature: role == .authority ? "government" : "enterprise",
                    region: required(RegionCode(region)), upstream: below?.number)
            }
            let bureau = try add("泰安市人力资源和社会保障局", .authority, "370900")
            let taishan = try add("泰山区人力资源和社会保障局", .authority, "370902", below: bureau)
            let feicheng = try add("肥城市人力资源和社会保障局", .authority, "370983", below: bureau)
            return Counties(
                city: city, bureau: bureau, taishan: taishan, feicheng: feicheng,
                school: try add("泰山示例中学", .employer, "370902", below: taishan),
                quarry: try add("肥城示例石材有限公司", .employer, "370983", below: feicheng))
        }
        try await body(counties)
    }
}

extension ImportReport {
    /// All contents of the report as one text.
    var said: String {
        "\(rows) \(created) \(changed) \(unchanged) \(notes) \(failures.map { "\($0.place) \($0.words)" })"
    }
}
