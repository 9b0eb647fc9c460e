import Certificates
import Database
import Documents
import Kernel
import People
import Registry
import Testbed
import Testing
import Web

@testable import App
@testable import Portal

/// The QR code of a certificate on the screen, and five years on one page.
@Suite struct CertificateCodeTests {
    private func reader(_ city: City) throws -> YearReader {
        try YearReader(city.registry, city.certificates, Views(siteViews, Assets(siteAssets)))
    }

    /// A city in which a person of 2022 has a certificate.
    private func withCertificate(
        _ engine: Engine, _ body: (City, ID<Person>, Certificate) async throws -> Void
    ) async throws {
        try await withCity(engine) { city in
            let person = try await city.full("岳明远")
            try await city.publishForm()
            _ = try await city.registry.settle(Year(2022))
            _ = try await city.certificates.issue(Year(2022))
            let held = try await city.certificates.all(of: person)
            try await body(city, person, required(held.first).certificate)
        }
    }

    /// The code holds the same address as the printed form, and the page states number, state and address.
    @Test(arguments: Engine.allCases) func theCodeIsTheOneOnPaper(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, certificate in
            let page = try await reader(city).drawCode(certificate, of: person).text
            let forms = try await city.database.read { try city.certificates.forms($0) }
            let form = try required(forms[certificate.facts.form]).form
            let printed = try form.page(certificate.code)
            let code = try QRCode(printed.keywords).svg.text
            #expect(page.contains(code))
            for words in [certificate.number.grouped, "有效", "\(form.verifyAt)/v/\(certificate.number.text)"] {
                #expect(page.contains(words), "\(words)")
            }
        }
    }

    /// Every dark module is drawn once, inside a margin of four modules.
    @Test func theDrawingHasAllDarkModules() throws {
        let code = try QRCode("https://xueshi.example/v/MCMT2GJ4Y74DCKO4")
        let drawn = code.svg.text.matches(of: #/M(\d+) (\d+)h(\d+)v1h-(\d+)z/#)
        var modules: Set<[Int]> = []
        for match in drawn {
            let (column, row) = (try #require(Int(match.1)), try #require(Int(match.2)))
            let length = try #require(Int(match.3))
            for place in 0..<length {
                let isNew = modules.insert([row - 4, column - 4 + place]).inserted
                #expect(isNew)
            }
        }
        let dark = (0..<code.side).flatMap { row in
            (0..<code.side).filter { code.isDark(row: row, column: $0) }.map { [row, $0] }
        }
        #expect(modules == Set(dark) && !dark.isEmpty)
        #expect(code.svg.text.contains("viewBox=\"0 0 \(code.side + 8) \(code.side + 8)\""))
    }

    @Test(arguments: Engine.allCases) func othersHaveNoCode(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, _, certificate in
            let other = try await city.add("汶小溪")
            for number in [certificate.number, try required(CertificateNumber("AAAABBBBCCCCDDDD"))] {
                let failure = await #expect(throws: Failure.self) {
                    try await reader(city).certificate(number, of: other)
                }
                #expect(failure?.code == "desk.no-certificate", "\(number)")
            }
            let failure = await #expect(throws: Failure.self) {
                try await reader(city).drawCode(certificate, of: other)
            }
            #expect(failure?.code == "desk.no-certificate")
        }
    }

    /// The picture is one of a page at 200 dots per inch, and is shown by the browser, not saved.
    @Test(arguments: Engine.allCases) func theCertificateIsAPictureToo(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, certificate in
            let reader = try reader(city)
            guard case .bytes(let bytes, let type, let file) = try await reader.picture(certificate) else {
                Issue.record("no bytes")
                return
            }
            #expect(type == .png && file == "继续教育证书-2022-岳明远.png")
            let sides = [16, 20].map { start in bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
            #expect(sides == [1654, 2339])
            let list = try await reader.drawCertificates(of: person).text
            let own = "/me/certificates/\(certificate.number.text)"
            for link in ["", "/code", "/picture"] { #expect(list.contains("href=\"\(own)\(link)\"")) }
            #expect(list.contains("在浏览器打开"))
            let unknown = try required(CertificateNumber("AAAABBBBCCCCDDDD"))
            let failure = await #expect(throws: Failure.self) { try await city.certificates.picture(of: unknown) }
            #expect(failure?.code == "certificate.unknown")
            let none = try await reader.drawCertificates(of: city.add("汶小溪")).text
            #expect(none.contains("还没有证书"))
        }
    }

    /// The answer comes first: the certificate, that nothing is enforced, or what is missing.
    @Test(arguments: Engine.allCases) func theAnswerOfAYear(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, certificate in
            let page = try await reader(city).draw(Year(2022), of: person, .own, isOwn: true).text
            #expect(page.contains(#"<h1 id="answer">合格 · 证书已颁发</h1>"#))
            #expect(page.contains("/me/certificates/\(certificate.number.text)/code"))
        }
        try await withCity(engine) { city in
            // People of enterprises are not held to it; the page says so in grey before anything is missing.
            let waived = try await city.add("汶小溪")
            let other = try await reader(city).draw(Year(2022), of: waived, .own, isOwn: true).text
            #expect(other.contains(#"<h1 id="answer">不作硬性要求</h1>"#))
            #expect(!other.contains("is-short") && !other.contains("不合格"))
            let school = try await city.unit("泰安示例学校", "370902", nature: "institution")
            let short = try await city.add("徂松岩", at: school)
            _ = try await city.recognise(short, SampleEvidence.course("公需", 30, "public"), reference: "1")
            let third = try await reader(city).draw(Year(2022), of: short, .own, isOwn: true).text
            #expect(third.contains(#"<h1 id="answer">还差 60 学时</h1>"#) && third.contains("专业科目还差 60 学时"))
            // The next step, each bar and each option open the notice.
            let next = #/下一步：[^<]* <a class="xs-clause" href="\/policies\/taian-2022\/notice#/#
            let option = #/<li>[^<]* <a class="xs-clause" href="\/policies\/taian-2022\/notice#/#
            #expect(third.contains(next) && third.contains(option) && third.contains("依据：通知二（一）"))
        }
    }

    @Test(arguments: Engine.allCases) func fiveYearsAreOnOnePage(_ engine: Engine) async throws {
        try await withCertificate(engine) { city, person, certificate in
            let page = try await reader(city).drawFiveYears(of: person, .own).text
            #expect(page.contains("2018—2022年度"))
            let rows = page.matches(of: #/rowheader"><a href="\/me\/(\d+)">/#).map { String($0.1) }
            #expect(rows == ["2022", "2021", "2020", "2019", "2018"])
            let forms = try await city.database.read { try city.certificates.forms($0) }
            let form = try required(forms[certificate.facts.form]).form
            let code = try QRCode(form.shortAddress(certificate.number)).svg.text
            #expect(page.contains(code) && page.contains(certificate.number.grouped))
            for words in ["30 / 30", "60 / 60", "90 / 90", "差 90", "未达标", "没有适用的政策", "单位（盖章）"] {
                #expect(page.contains(words), "\(words)")
            }
        }
    }
}
