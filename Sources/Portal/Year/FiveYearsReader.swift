import Certificates
import Database
import Documents
import Kernel
import People
import Registry
import Web

extension YearReader {
    /// Draws five years of a person, the newest first: the newest year with requirements or hours, and those before.
    func drawFiveYears(of person: ID<Person>, _ links: YearLinks) async throws -> HTML {
        let today = registry.people.system.today
        let (years, who) = try await registry.database.read { transaction in
            let newest = try registry.year(today.year, of: person, transaction)
            let last = newest.years(through: today.year).first ?? today.year
            let forms = try certificates.forms(transaction)
            let years = try (0..<FiveYearsPage.count).map { back in
                try fiveYearsItem(last.adding(-back), of: person, forms, links, transaction)
            }
            return (years, try self.who(newest.person, links, transaction))
        }
        return fiveYearsView.draw(FiveYearsPage(years, who: who, printed: today, links))
    }

    private func fiveYearsItem(
        _ year: Year, of person: ID<Person>, _ forms: [Int: PublishedForm], _ links: YearLinks,
        _ transaction: Transaction
    ) throws -> FiveYearsItem {
        let reading = try registry.year(year, of: person, transaction)
        let held = try certificates.all(of: person, in: year, transaction).filter {
            $0.state == .valid && $0.certificate.facts.kind == .annual
        }
        let codes = try held.map { item in
            let facts = item.certificate.facts
            guard let form = forms[facts.form]?.form else { return HTML() }
            return try QRCode(form.shortAddress(facts.number)).svg
        }
        return FiveYearsItem(
            year: year, reading: reading, certificates: held.map { OwnCertificate($0, links) }, codes: codes)
    }
}
