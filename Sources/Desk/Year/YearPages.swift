import Foundation
import Kernel
import People
import Proof
import Registry
import Web

/// A person's own year: what was wanted, what counts and why, what did not, and the certificates.
package struct YearPages: Sendable {
    private let registry: Registry
    private let reader: YearReader

    package static let path: Path<> = Path("/me")
    static let yearPath = Path<Year>("/me/{}")
    static let certificatePath = Path<String>("/me/certificates/{}")

    package init(_ registry: Registry, _ proof: Proof, _ views: Views) throws {
        self.registry = registry
        reader = try YearReader(registry, proof, views)
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Year.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .anybodySignedIn) { visit in try await newest(visit) },
            .get(Self.yearPath, .role(.professional)) { visit, year in .page(try await page(visit, year)) }.atOnce,
            .get(Self.certificatePath, .role(.professional)) { visit, number in
                try await reader.file(number, of: try person(visit.signedIn()))
            },
        ]
    }

    package var navigation: [NavigationItem] {
        [NavigationItem("我的学时", Self.path.link(), .role(.professional))]
    }

    /// The person that the visitor is. Failure: `desk.no-person`.
    func person(_ visitor: Visitor) throws -> ID<Person> {
        guard let number = visitor.person else { throw Failure.noOwnPerson }
        return ID(number)
    }

    /// To the newest year of one's own. Whoever looks after others is led to them.
    private func newest(_ visit: Visit) async throws -> Answer {
        let visitor = try visit.signedIn()
        guard visitor.role == .professional else {
            return .moved(Door.officers.isOpen(to: visitor) ? RosterPages.path.link() : Link.home)
        }
        let today = registry.people.outside.today.year
        let reading = try await registry.year(today, of: try person(visitor))
        return .moved(Self.yearPath.link(reading.years(through: today).first ?? today))
    }

    private func page(_ visit: Visit, _ year: Year) async throws -> Page {
        let html = try await reader.draw(year, of: try person(visit.signedIn()), .own, isOwn: true)
        return Page("\(year) 年度我的学时", trail: [.home], html)
    }
}

extension Failure {
    static let noOwnPerson = Failure(
        .refused, "desk.no-person", "这个账号没有关联到人员，没有自己的学时。请联系您单位的主管部门。",
        en: "This account is no person's, so it has no hours. Ask the authority that supervises your unit.")

    static let noOwnCertificate = Failure(
        .notFound, "desk.no-certificate", "此人没有这张证书。请从年度页面里下载。",
        en: "This person has no such certificate. Take it from the year's page.")
}
