import Documents
import Foundation
import Kernel
import Signing

extension CertificateForm {
    /// The form's page with invented facts and an unsigned code, as a preview.
    package func sample(_ kind: CertificateFacts.Kind) throws(Failure) -> PDFPage { try page(sampleCode(kind)) }

    private func sampleCode(_ kind: CertificateFacts.Kind) -> CertificateCode {
        let isAnnual = kind == .annual
        let lines: [CertificateFacts.NamedHours] =
            isAnnual
            ? [
                .init("公需科目", CreditHours(30)), .init("专业科目", CreditHours(hundredths: 6166)),
                .init("总学时", CreditHours(hundredths: 9166)),
            ] : [.init("专业科目", CreditHours(hundredths: 4166))]
        let facts = CertificateFacts(
            kind: kind, number: CertificateNumber(bytes: Array(0..<10)), form: 1,
            issued: Day(2023, 1, 31) ?? .first, period: Year(2022).period, name: "岳明远",
            id: masksID ? "999999********0011" : "999999198001010011", unit: "泰安示例机械有限公司", authority: authority,
            type: type, issuer: issuer, result: isAnnual ? "合格" : "", lines: lines, item: isAnnual ? "" : "论文",
            day: isAnnual ? nil : Day(2022, 3, 1))
        let nobody = Signature(
            key: 1, suite: 1, bytes: Array(repeating: 0, count: CertificateCode.signatureLength))
        return CertificateCode(facts: facts, signature: nobody)
    }

    /// Prints a page of each kind and reads its text back.
    ///
    /// Failure: `form.print` if the text differs: words outside the page, or without glyphs.
    func tryOut(_ renderer: CertificateRenderer) async throws {
        for kind in [CertificateFacts.Kind.annual, .hours] {
            let code = sampleCode(kind)
            let file = try OpenFile.scratch(renderer.draw(page(code)))
            let faults = try await PrintedFile.read(file).faults(printed(code.facts))
            if let fault = faults.first { throw Failure.notReadBack(fault) }
        }
    }
}

extension Failure {
    fileprivate static func notReadBack(_ fault: LocalizedText) -> Failure {
        Failure(
            .badInput, "form.print", "按这个版式印出的样张读不回来，没有发布：\(fault.chinese)请用 certificate sample 查看样张，核对位置、行距和字体。",
            en:
                "The code on its page cannot be read, so the form was not published: \(fault.english) See its sample."
        )
    }
}
