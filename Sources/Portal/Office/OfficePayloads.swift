import Jobs
import Kernel
import People
import Registry
import Web

/// The role, unit and address from which a job was ordered.
struct JobOrigin: Codable, Sendable {
    let role: String
    let unit: Int?
    let address: String

    init(_ actor: Actor) { (role, unit, address) = (actor.role?.rawValue ?? "", actor.organisation, actor.address) }

    init(older values: [String: String]) {
        (role, unit) = (values["by-role"] ?? "", values["by-unit"].flatMap { Int($0) })
        address = values["by-address"] ?? ""
    }

    /// Whether the actor has the role and unit of the order.
    func isOf(_ actor: Actor) -> Bool { role == actor.role?.rawValue && unit == actor.organisation }

    func actor(of job: Job) -> Actor {
        .account(job.account, role: Role(rawValue: role), organisation: unit, from: address)
    }
}

/// The common part of the payloads of officers' jobs.
protocol OfficePayload: JobPayload {
    var origin: JobOrigin { get }
    /// The scope as ``Scope/text``; `nil` for everybody.
    var scope: String? { get }
}

/// A list to be imported.
struct ListPayload: OfficePayload {
    /// What the list contains, as ``ListContent/text``; empty if its headers are to tell it.
    var list: String
    var isDryRun: Bool
    var mayReduceHours: Bool
    let scope: String?
    var origin: JobOrigin

    /// `nil` if the headers of the list are to tell it.
    var content: ListContent? { ListContent(text: list) }

    init(_ list: String = "", isDryRun: Bool, mayReduceHours: Bool = false, scope: String, _ origin: JobOrigin) {
        (self.list, self.isDryRun, self.mayReduceHours) = (list, isDryRun, mayReduceHours)
        (self.scope, self.origin) = (scope, origin)
    }

    init?(older values: [String: String]) {
        guard let list = values["list"], let scope = values["scope"] else { return nil }
        self.init(
            list, isDryRun: values["rehearsing"] == "1", mayReduceHours: values["replace"] == "1", scope: scope,
            JobOrigin(older: values))
    }
}

/// A list of people to be written.
struct RosterPayload: OfficePayload {
    let query: String
    let scope: String?
    let origin: JobOrigin

    init(_ query: String, scope: String, _ origin: JobOrigin) {
        (self.query, self.scope, self.origin) = (query, scope, origin)
    }

    init?(older values: [String: String]) {
        guard let query = values["query"], let scope = values["scope"] else { return nil }
        self.init(query, scope: scope, JobOrigin(older: values))
    }
}

/// A year to be settled, or whose certificates are to be issued.
struct YearPayload: OfficePayload {
    private let number: Int
    let isDryRun: Bool
    let origin: JobOrigin

    var year: Year { Year(number) }
    var scope: String? { nil }

    init(_ year: Year, isDryRun: Bool, _ origin: JobOrigin) {
        (number, self.isDryRun, self.origin) = (year.number, isDryRun, origin)
    }

    init?(older values: [String: String]) {
        guard let year = values["year"].flatMap({ Year($0) }) else { return nil }
        self.init(year, isDryRun: values["rehearsing"] == "1", JobOrigin(older: values))
    }
}

/// A unit and year whose certificates are to be collected.
struct UnitPayload: OfficePayload {
    private let number: Int
    private let yearNumber: Int
    let scope: String?
    let origin: JobOrigin

    var unit: ID<Organisation> { ID(number) }
    var year: Year { Year(yearNumber) }

    init(_ unit: ID<Organisation>, _ year: Year, scope: String, _ origin: JobOrigin) {
        (number, yearNumber, self.scope, self.origin) = (unit.number, year.number, scope, origin)
    }

    init?(older values: [String: String]) {
        guard let unit = values["unit"].flatMap({ ID<Organisation>($0) }), let scope = values["scope"],
            let year = values["year"].flatMap({ Year($0) })
        else { return nil }
        self.init(unit, year, scope: scope, JobOrigin(older: values))
    }
}

/// Audit records to be exported.
struct AuditPayload: JobPayload {
    let query: String
    let isCSV: Bool
    let origin: JobOrigin

    init(_ query: String, isCSV: Bool, _ origin: JobOrigin) {
        (self.query, self.isCSV, self.origin) = (query, isCSV, origin)
    }

    init?(older values: [String: String]) {
        self.init(values["query"] ?? "", isCSV: values["format"] == "csv", JobOrigin(older: values))
    }
}
