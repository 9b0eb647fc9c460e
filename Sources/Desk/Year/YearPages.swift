import Database
import Foundation
import Kernel
import People
import Policy
import Proof
import Registry
import Web

/// A person's own year: what was wanted, what counts and why, what did not, and the certificates.
package struct YearPages: Sendable {
    private let registry: Registry
    private let proof: Proof
    private let view: View<YearPage>

    package static let path: Path<> = Path("/me")
    static let yearPath = Path<Year>("/me/{}")
    static let certificatePath = Path<String>("/me/certificates/{}")

    package init(_ registry: Registry, _ proof: Proof, _ views: Views) throws {
        (self.registry, self.proof) = (registry, proof)
        view = try views.view("year")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Year.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .role(.professional)) { visit in try await newest(visit) },
            .get(Self.yearPath, .role(.professional)) { visit, year in .page(try await page(visit, year)) },
            .get(Self.certificatePath, .role(.professional)) { visit, number in try await file(visit, number) },
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

    private func newest(_ visit: Visit) async throws -> Answer {
        let today = registry.people.outside.today.year
        let reading = try await registry.year(today, of: try person(visit.signedIn()))
        return .moved(Self.yearPath.link(reading.years(through: today).first ?? today))
    }

    private func page(_ visit: Visit, _ year: Year) async throws -> Page {
        let person = try person(visit.signedIn())
        let reading = try await registry.year(year, of: person)
        let held = try await proof.certificates(of: person).filter { $0.certificate.facts.period.contains(year) }
        let others = reading.years(through: registry.people.outside.today.year)
        let value = YearPage(
            year: year, reading: reading, certificates: held.map(OwnCertificate.init),
            years: others.map { OtherYear(year: $0, isCurrent: $0 == year) })
        return Page("\(year) 年度我的学时", trail: [Crumb.home], view.draw(value))
    }

    /// The PDF of a certificate of one's own; another's is not there.
    private func file(_ visit: Visit, _ text: String) async throws -> Answer {
        guard let number = CertificateNumber(text) else { throw Failure.noOwnCertificate }
        let held = try await proof.certificates(of: try person(visit.signedIn()))
        guard let own = held.first(where: { $0.certificate.number == number })?.certificate else {
            throw Failure.noOwnCertificate
        }
        let facts = own.facts
        let name = facts.kind == .annual ? "继续教育证书" : "学时证明"
        return .bytes(
            try await proof.pdf(of: number), type: .pdf, file: "\(name)-\(facts.period.from.year)-\(facts.name).pdf")
    }
}

extension Failure {
    fileprivate static let noOwnPerson = Failure(
        .refused, "desk.no-person", "这个账号没有关联到人员，没有自己的学时。请联系单位管理员。",
        en: "This account is no person's, so it has no hours. Ask your unit's administrator.")

    fileprivate static let noOwnCertificate = Failure(
        .notFound, "desk.no-certificate", "您没有这张证书。请从“我的学时”里下载。",
        en: "You have no such certificate. Take it from your year's page.")
}
