import Foundation
import Kernel
import People
import Web

/// What anybody may ask of a certificate, without login.
package struct VerificationPages: Sendable {
    private let proof: Proof
    private let queryView: View<QueryPage>
    private let numberView: View<NumberPage>

    package static let queryPath: Path<> = Path("/verify")
    /// Where the QR leads; what follows `#` in it stays in the browser.
    package static let numberPath = Path<String>("/v/{}")

    package init(_ proof: Proof, _ views: Views) throws {
        self.proof = proof
        queryView = try views.view("verify")
        numberView = try views.view("verify-number")
    }

    package static var views: URL { Bundle.module.bundleURL.appending(path: "Verification.views") }

    package var routes: [Route] {
        [
            .get(Self.queryPath, .everyone) { visit in query(visit.query["number"]) },
            .get(Self.numberPath, .everyone) { _, text in try await page(text) },
        ]
    }

    package var navigation: [NavigationItem] { [NavigationItem("证书核验", Self.queryPath.link(), .everyone)] }

    private static let trail = [Crumb.home]

    /// The query, or the way to what was asked for. What is no number stays in its field, with what is wrong.
    private func query(_ text: String) -> Answer {
        if let number = CertificateNumber(text) { return .moved(Self.numberPath.link(number.text)) }
        let page = QueryPage(number: text, action: Self.queryPath.link())
        return .page(Page("证书核验", trail: Self.trail, status: text.isEmpty ? .ok : .notFound, queryView.draw(page)))
    }

    private func page(_ text: String) async throws -> Answer {
        guard let number = CertificateNumber(text) else { return query(text) }
        let found = try await proof.verify(.number(number))
        let value = NumberPage(found, at: proof.people.outside.now(), again: Self.queryPath.link())
        let trail = Self.trail + [Crumb("证书核验", Self.queryPath.link())]
        return .page(
            Page("核验结果", trail: trail, status: found.state == .unknown ? .notFound : .ok, numberView.draw(value)))
    }
}

/// The ways to verify, and what the seven answers mean.
struct QueryPage: PageValue {
    let number: String
    let action: Link

    private var field: FormField {
        var field = FormField.certificateNumber(number)
        if !number.isEmpty { field.error = "这不是证书编号：编号有 16 位，由字母和数字 2 至 7 组成。请对照证书核对" }
        return field
    }

    static var fields: [String: Field<QueryPage>] {
        ["action": .text { $0.action.text }, "number": .item { $0.field }]
    }

    static var sample: QueryPage { QueryPage(number: "MCMT-2GJ4", action: VerificationPages.queryPath.link()) }
}

/// What a number alone shows: the state, and masked facts.
struct NumberPage: PageValue {
    let verdict: Verdict
    let facts: [TitledText]
    /// When it was asked, as China's clocks show it.
    let time: String
    let again: Link

    init(_ found: Verification, at now: Int, again: Link) {
        verdict = Verdict(found)
        facts = (found.facts?.printed ?? []).map { TitledText($0.field.title, $0.text) }
        time = ClockTime(now).text
        self.again = again
    }

    static var fields: [String: Field<NumberPage>] {
        [
            "verdict": .item { $0.verdict }, "hasFacts": .flag { !$0.facts.isEmpty }, "facts": .list { $0.facts },
            "time": .text { $0.time }, "again": .text { $0.again.text },
        ]
    }

    static var sample: NumberPage { NumberPage(.unreadable, at: 0, again: VerificationPages.queryPath.link()) }
}

extension FormField {
    /// Where a certificate's number is typed.
    package static func certificateNumber(_ value: String = "") -> FormField {
        var field = FormField("number", "证书编号")
        (field.hint, field.value) = ("16 位，在证书右下角，例如 MCMT-2GJ4-Y74D-CKO4", value)
        return field
    }
}
