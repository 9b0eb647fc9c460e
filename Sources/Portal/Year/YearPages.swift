import Certificates
import Foundation
import Kernel
import People
import Registry
import Web

/// A person's own year: requirements, counted hours with reasons, uncounted hours, and certificates.
package struct YearPages: Sendable {
    private let registry: Registry
    private let reader: YearReader
    /// A picture is drawn at each request.
    private let pictures = RateLimit(perMinute: 20)

    package static let path: Path<> = Path("/me")
    static let yearPath = Path<Year>("/me/{}")
    package static let certificatesPath: Path<> = Path("/me/certificates")
    static let certificatePath = Path<CertificateNumber>("/me/certificates/{}")
    static let picturePath = Path<CertificateNumber>("/me/certificates/{}/picture")
    static let codePath = Path<CertificateNumber>("/me/certificates/{}/code")
    static let fiveYearsPath: Path<> = Path("/me/years")

    package init(_ registry: Registry, _ certificates: Certificates, _ views: Views) throws {
        self.registry = registry
        reader = try YearReader(registry, certificates, views)
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Year.views") }

    package var routes: [Route] {
        [
            .get(Self.path, .anybodySignedIn) { request in try await newest(request) },
            .get(Self.yearPath, .role(.professional)) { request, year in .page(try await page(request, year)) }.atOnce,
            .get(Self.certificatePath, ownCertificate) { _, certificate in try await reader.file(certificate) },
            .get(Self.certificatesPath, .role(.professional)) { request in
                let html = try await reader.drawCertificates(of: try person(request.signedIn()))
                return .page(Page("我的证书", breadcrumbs: [.home, Self.own], html))
            },
            .get(Self.picturePath, ownCertificate) { request, certificate in
                let account = try request.accountNumber()
                try pictures.count("\(account)", at: registry.people.system.now())
                return try await reader.picture(certificate)
            },
            .get(Self.codePath, ownCertificate) { request, certificate in
                let html = try await reader.drawCode(certificate, of: try person(request.signedIn()))
                return .page(Page("证书二维码", breadcrumbs: [.home, Self.own], html))
            },
            .get(Self.fiveYearsPath, .role(.professional)) { request in
                let html = try await reader.drawFiveYears(of: try person(request.signedIn()), .own)
                return .page(Page("五年一览", breadcrumbs: [.home, Self.own], html))
            },
        ]
    }

    private static let own = Breadcrumb("我的学时", path.link())

    package var navigation: [NavigationItem] {
        [NavigationItem("我的学时", Self.path.link(), .role(.professional))]
    }

    /// Access to certificates of the account's own person. Failure: `desk.no-certificate`.
    private var ownCertificate: ObjectAccess<CertificateNumber, Certificate> {
        ObjectAccess(.role(.professional)) { request, number in
            try await reader.certificate(number, of: person(request.signedIn()))
        }
    }

    /// The person of the signed-in account. Failure: `desk.no-person`.
    func person(_ principal: Principal) throws -> ID<Person> {
        guard let person = principal.person else { throw Failure.noOwnPerson }
        return person
    }

    /// Redirects to the newest own year; officers go to their list of people.
    private func newest(_ request: WebRequest) async throws -> WebResponse {
        let principal = try request.signedIn()
        guard principal.role == .professional else {
            return .moved(AccessPolicy.officers.isOpen(to: principal) ? RosterPages.path.link() : Link.home)
        }
        let today = registry.people.system.today.year
        let reading = try await registry.year(today, of: try person(principal))
        return .moved(Self.yearPath.link(reading.years(through: today).first ?? today))
    }

    private func page(_ request: WebRequest, _ year: Year) async throws -> Page {
        let html = try await reader.draw(year, of: try person(request.signedIn()), .own, isOwn: true)
        return Page("\(year)年度我的学时", breadcrumbs: [.home], html)
    }
}

extension Failure {
    static let noOwnPerson = Failure(
        .refused, "desk.no-person", "这个账号没有关联到人员，没有自己的学时。请联系您单位的主管部门。",
        en: "This account belongs to no person, so it has no hours. Ask the authority that supervises your unit.")

    static let noOwnCertificate = Failure(
        .notFound, "desk.no-certificate", "此人没有这张证书。请从年度页面里下载。",
        en: "This person has no such certificate. Take it from the year's page.")
}

extension Feature {
    /// 我的学时
    package static let year = Feature("year", views: [YearPages.views]) { context in
        let pages = try YearPages(context.registry, context.certificates, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }
}
