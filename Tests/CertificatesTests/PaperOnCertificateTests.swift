import Database
import Foundation
import Kernel
import People
import Processes
import Registry
import Testbed
import Testing

@testable import Certificates

@Suite struct PaperOnCertificateTests {
    /// Another document than the resident identity card is named on the page and in the verification.
    @Test(arguments: Engine.allCases) func anotherIdentityDocumentIsNamed(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            try await city.publishForm()
            let person = try await city.add("Anna Lee", IDNumber("E12345678", .passport))
            _ = try await city.recognise(person, SampleEvidence.course("公需", 30, "public"), reference: "p")
            _ = try await city.recognise(person, SampleEvidence.course("专业", 60), reference: "q")
            _ = try await city.registry.settle(Year(2022))
            let number = try required(try await city.certificates.issue(Year(2022)).last)
            let found = try await city.certificates.verify(.number(number))
            #expect(found.state == .valid && found.facts?.id == "护照 E1*****78")
            let printed = try required(found.facts?.printed.first { $0.field == .id })
            #expect(printed.title == "护照号码" && printed.text == "E1*****78")
            let path = city.folder.path + "/passport.pdf"
            try Data(try await city.certificates.pdf(of: number)).write(to: URL(filePath: path))
            let file = try await city.certificates.verify(file: path)
            #expect(file.state == .valid)
            let text = try required(OpenFile(reading: path))
            let read = try await LimitedProcess(
                "pdftotext", ["-raw", LimitedProcess.inputPath, "-"],
                ProcessLimits(memory: 400 << 20, processor: 5, time: 15, output: 1 << 20)
            ).output(to: text)
            let words = String(decoding: read, as: UTF8.self)
            #expect(words.contains("护照号码") && words.contains("E1*****78") && !words.contains("身份证号"))
            // An older form has no place for the title of the number.
            let form = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
            let older = try CertificateForm(reading: form.replacing("\"{id-title}\"", with: "身份证号"))
            #expect(older.printed(try required(found.facts)).contains { $0.text == "护照 E1*****78" })
        }
    }
}
