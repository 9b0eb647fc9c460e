import Database
import Documents
import Foundation
import Kernel
import People
import Signing
import Testbed
import Testing

@testable import Certificates

@Suite struct FormTests {
    static func text() throws -> String {
        try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
    }

    @Test(arguments: [
        ("verify-at: http", "verify-at: ftp", "verify-at"), ("id-number: masked", "id-number: some", "id-number"),
        ("\"370900\"", "\"37\"", "region"), ("certificate: taian", "certificate: Tai An", "certificate"),
        ("{name}", "{nmae}", "{nmae}"), ("{name}", "\u{7B}name", "brace"),
        ("{unit}", "某单位", "{unit} is not printed"),
        ("code: [32, 216, 44]", "code: [32, 216, 30]", "40 mm"), ("lines: 2", "lnies: 2", "“lnies”"),
        ("[10, 10, 190, 277]", "[10, 10, 290, 277]", "edge"), ("\"#8c1d18\"", "red", "#a61e1e"),
        ("region:", "regoin:", "missing"), ("size: 20", "size: large", "type"),
        ("align: centre", "align: middle", "align"),
        ("[20, 34]", "[20]", "2 lengths"), ("**{result}**", "合格", "{result} is not printed"),
        ("spacing: 6", "spacing: .nan", "spacing"), ("spacing: 6", "spacing: 1e12", "spacing"),
        ("leading: 11", "leading: 0", "leading"), ("width: 0.9", "width: -5", "width"),
        ("lines: 2", "lines: 300", "lines"), ("[145, 232, 42]", "[145, 232, 0]", "diameter"),
        ("[145, 232, 42]", "[195, 232, 42]", "edge"), ("width: 170", "width: .inf", "edge"),
        ("title: 专业技术人员继续教育证书", "titel: x", "title"),
    ])
    func faultsInAFormAreNamed(_ old: String, _ new: String, _ said: String) throws {
        let text = try Self.text()
        try #require(text.contains(old))
        let failure = #expect(throws: Failure.self) { try CertificateForm(reading: text.replacing(old, with: new)) }
        #expect(failure?.code == "form.file")
        #expect(failure?.words.english.contains(said) == true, "\(failure?.words.english ?? "")")
    }

    /// Every fact is needed; another fact does not replace it.
    @Test func aFormMustPrintEverySignedFact() throws {
        let text = try Self.text()
        for field in ["name", "id", "unit", "number", "identifier", "authority", "issued", "item", "day"] {
            let without = text.replacing("{\(field)}", with: "某")
            let failure = #expect(throws: Failure.self) { try CertificateForm(reading: without) }
            #expect(failure?.words.english.contains("{\(field)}") == true, "\(field)")
        }
        let neither = text.replacing("{year}", with: "某").replacing("{period}", with: "某")
        let failure = #expect(throws: Failure.self) { try CertificateForm(reading: neither) }
        #expect(failure?.words.english.contains("{period} or {year}") == true)
    }

    /// Text printed outside the page or without a font is not read back, so the form is refused.
    @Test(arguments: [("hours: [40, 167]", "hours: [40, 285]"), ("年度\"", "\u{E000}\"")])
    func aFormWhoseTextIsNotReadBackIsRefused(_ old: String, _ new: String) async throws {
        try await withCity(.sqlite) { city in
            let text = try Self.text()
            try #require(text.contains(old))
            let form = try CertificateForm(reading: text.replacing(old, with: new))
            let failure = await #expect(throws: Failure.self) {
                try await city.certificates.publish(form, dryRun: false)
            }
            #expect(failure?.code == "form.print")
        }
    }

    /// A form published in a rolled-back transaction is not found under the number of the next one.
    @Test(arguments: Engine.allCases) func aRolledBackFormIsNotKept(_ engine: Engine) async throws {
        try await withCity(engine) { city in
            let (certificates, states) = (city.certificates, city.people.states)
            let text = try Self.text()
            let others = try ["甲", "乙", "丙"].map {
                try CertificateForm(reading: text.replacing("title: 专业技术人员", with: "title: \($0)"))
            }
            for (form, isDryRun) in zip(others, [true, false, true]) {
                let seen = try await city.database.write(dryRun: isDryRun) { transaction in
                    let number = try FormStore(transaction, states).add(form, at: 1).number
                    return try certificates.forms(transaction)[number]?.form.text
                }
                #expect(seen == form.text)
            }
            let kept = try await city.database.read { try certificates.forms($0).values.map(\.form.text) }
            #expect(kept == [others[1].text])
        }
    }

    @Test func unknownKeysAreReportedWithTheirLine() throws {
        let text = try Self.text() + "\nextra: 1\n"
        let failure = #expect(throws: Failure.self) { try CertificateForm(reading: text) }
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(of: "extra: 1") ?? 0
        #expect(failure?.words.english.contains("\(line + 1):1") == true, "\(failure?.words.english ?? "")")
    }

    /// A unit of 60 characters with a name of 8 fits version 15, and `fits` agrees with the encoder.
    @Test func theLongestUnitFitsVersion15() throws {
        let form = try CertificateForm(reading: Self.text())
        let keys = try KeyFile.temporary()
        for length in 40...110 {
            var facts = CodeTests.facts
            (facts.authority, facts.unit) = ("泰安市人力资源和社会保障局", String(repeating: "学", count: length))
            facts.lines.append(CertificateFacts.NamedHours("总学时", CreditHours(hundredths: 9566)))
            facts.name = "欧阳诸葛司马上官"
            let code = try CertificateCode(signing: facts, keys)
            let version = try QRCode(form.address(code)).version
            let fits = form.fits(code)
            #expect(fits ? version <= 15 : version >= 15, "\(length) characters: version \(version)")
            if length <= 60 { #expect(fits) }
        }
    }

    @Test func aTextTooLongForACodeIsRefused() {
        let failure = #expect(throws: Failure.self) { try QRCode(String(repeating: "学", count: 2000)) }
        #expect(failure?.code == "page.qr")
    }

    /// From a rendering at 150 dpi: upright, turned and with noise.
    @Test(arguments: ["upright", "quarter", "tilted", "noise"]) func aScannerReadsThePrintedCode(_ how: String) throws {
        let form = try CertificateForm(reading: Self.text())
        var facts = CodeTests.facts
        facts.unit = String(repeating: "学", count: 60)
        facts.authority = "泰安市人力资源和社会保障局"
        let code = try CertificateCode(signing: facts, KeyFile.temporary())
        let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-qr-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pdf = folder.path + "/c.pdf"
        try Data(CertificateRenderer().draw(form.page(code))).write(to: URL(filePath: pdf))
        _ = try output("pdftoppm", ["-r", "150", "-gray", "-singlefile", pdf, folder.path + "/c"])
        var picture = try GreyPicture(contentsOf: folder.path + "/c.pgm")
        switch how {
        case "quarter": picture = picture.turned(90)
        case "tilted": picture = picture.turned(7)
        case "noise": picture = picture.noisy()
        default: break
        }
        try picture.data.write(to: folder.appending(path: "d.pgm"))
        let read = try output("zbarimg", ["-q", "--raw", folder.path + "/d.pgm"])
        #expect(read.trimmingCharacters(in: .whitespacesAndNewlines) == form.address(code))
    }

    /// The longest facts, with rare characters, fit in 60 kB: no whole font is embedded.
    @Test func aFileIsSmall() throws {
        let form = try CertificateForm(reading: Self.text())
        var facts = CodeTests.facts
        facts.authority = "泰安市人力资源和社会保障局"
        facts.unit = "泰安市泰山区人民政府国有资产监督管理委员会示例机械制造有限公司"
        facts.name = "䶮欧阳诸葛司马"
        let file = try CertificateRenderer().draw(form.page(CertificateCode(signing: facts, KeyFile.temporary())))
        #expect(file.count < 60_000, "\(file.count) bytes")
    }

    private func output(_ program: String, _ words: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

/// A greyscale picture, as a scanner produces it.
private struct GreyPicture {
    var (width, height): (Int, Int)
    var pixels: [UInt8]

    init(contentsOf path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let head = bytes.prefix(64).split(maxSplits: 4, whereSeparator: { $0 == 10 || $0 == 32 })
        let numbers = try head.prefix(4).map { try required(String(validating: $0, as: UTF8.self)) }
        (width, height) = (try required(Int(numbers[1])), try required(Int(numbers[2])))
        pixels = Array(bytes.suffix(width * height))
    }

    init(_ width: Int, _ height: Int, _ pixels: [UInt8]) {
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    var data: Data { Data("P5\n\(width) \(height)\n255\n".utf8) + Data(pixels) }

    /// Rotated about its centre, with the nearest pixel for each.
    func turned(_ degrees: Double) -> GreyPicture {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        let side = max(width, height) + 300
        var turned = [UInt8](repeating: 255, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = (Double(x - side / 2), Double(y - side / 2))
                let sourceX = Int((dx * cosine + dy * sine).rounded()) + width / 2
                let sourceY = Int((dy * cosine - dx * sine).rounded()) + height / 2
                if 0..<width ~= sourceX, 0..<height ~= sourceY {
                    turned[y * side + x] = pixels[sourceY * width + sourceX]
                }
            }
        }
        return GreyPicture(side, side, turned)
    }

    /// Each pixel up to 60 lighter or darker, and one in fifty black or white.
    func noisy() -> GreyPicture {
        var generator = SeededNumbers(3)
        return GreyPicture(
            width, height,
            pixels.map { pixel in
                if Int.random(in: 0..<50, using: &generator) == 0 { return Bool.random(using: &generator) ? 0 : 255 }
                return UInt8(clamping: Int(pixel) + Int.random(in: -60...60, using: &generator))
            })
    }
}

enum KeyFileOfAnother {
    static func keys() throws -> KeyRing { try KeyFile.temporary() }
}
