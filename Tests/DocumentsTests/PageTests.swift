import Certificates
import Foundation
import Kernel
import Processes
import Testbed
import Testing

@testable import Documents

/// Pages drawn with font subsets and insertions look the same as those that Pango and Cairo draw with whole fonts.
@Suite struct PageTests {
    private static let family = "Noto Serif CJK SC,HanaMinA,HanaMinB"

    private static func page(_ elements: [PDFElement]) -> PDFPage {
        PDFPage(title: "证书", author: "甲", keywords: "k", created: .first, elements: elements)
    }

    private static func text(_ runs: [PDFText.Run], _ y: Double, size: Double = 14, lines: Int = 1) -> PDFText {
        PDFText(runs, at: PDFPoint(20, y), width: 100, size: size, lines: lines, family: family)
    }

    /// A name with other texts, in both weights.
    private static func page(_ name: String) -> PDFPage {
        var spaced = text([.init(name)], 60, size: 30, lines: 3)
        (spaced.spacing, spaced.alignment, spaced.colour) = (6, .centre, PDFColour(red: 0.5, green: 0, blue: 0))
        var small = text([.init("编号 AAAQ-EAYE 1.2.156.3005.2 \(name)")], 120, size: 7)
        small.alignment = .right
        let mixed = text([.init("姓名 "), .init(name, isBold: true), .init("。")], 20, lines: 2)
        return page([mixed, spaced, text([.init(name)], 100, lines: 2), small].map(PDFElement.text))
    }

    @Test(arguments: [
        "岳明远", "欧阳诸葛司马上官", "䶮𬭎", "𠮷野𪚥", "㐂", "阿依古丽·买买提·吐尔逊江", "Anna Lee-O’Neill", "护照 E1*****78",
        "1/2 ½ ﬁ Ⅷ ㎡", "שלום 岳", "a\u{301}é 岳\u{E0100}", "学　时", "",
    ])
    func aFontSubsetDrawsTheSamePixels(_ name: String) async throws {
        let (page, drawer) = (Self.page(name), try PDFRenderer())
        let (drawn, whole) = (try drawer.draw(page), try PlainPage(page, drawer).file())
        #expect(try await Self.pixels(drawn) == Self.pixels(whole))
        #expect(try await Self.words(drawn) == Self.words(whole))
        #expect(drawn.count * 2 < whole.count)
    }

    /// A missing glyph is drawn as a box with the number of its character.
    @Test func aMissingGlyphIsDrawnAsABox() async throws {
        let (page, drawer) = (Self.page("岳\u{E000}远"), try PDFRenderer())
        #expect(try await Self.pixels(drawer.draw(page)) == Self.pixels(PlainPage(page, drawer).file()))
    }

    /// A file contains only the glyphs of its page, whatever was drawn before, and differs only in the names of its
    /// fonts.
    @Test(arguments: [8000, 40, 0]) func aFileContainsOnlyItsOwnGlyphs(_ most: Int) throws {
        let one = try PDFRenderer(mostGlyphs: most)
        #expect(one.unprintable("欧阳诸葛司马上官", family: Self.family).isEmpty)
        for name in ["岳明远", "汶小溪", "安澜", "岳明远", "䶮𬭎"] {
            let page = Self.page(name)
            #expect(try Self.unnamed(one.draw(page)) == Self.unnamed(PDFRenderer().draw(page)), "\(name)")
        }
    }

    /// QR codes keep their place in the drawing order, and are not raster images.
    @Test func qrCodesAreOutlinesInTheDrawingOrder() async throws {
        let under = PDFElement.text(Self.text([.init("其下其下其下")], 40, size: 40))
        let over = PDFElement.frame(
            PDFBox(x: 30, y: 45, width: 60, height: 30), width: 2, colour: PDFColour(red: 1, green: 0, blue: 0))
        let codes = try [("HTTP://A.CN/V/1", 33.0, 30.0), (String(repeating: "学", count: 90), 71.3, 44.4)].map {
            PDFElement.code(try QRCode($0), PDFBox(x: $1, y: 41.7, width: $2, height: $2), link: "http://a.cn")
        }
        let (page, drawer) = (Self.page([under] + codes + [over]), try PDFRenderer())
        let drawn = try drawer.draw(page)
        #expect(try await Self.pixels(drawn) == Self.pixels(PlainPage(page, drawer).file()))
        #expect(try await Self.output("pdfimages", ["-list", LimitedProcess.inputPath], drawn).count { $0 == 10 } == 2)
    }

    /// The text of a seal is not text in the PDF, and a cached seal equals a new one.
    @Test func theTextOfASealIsAnOutline() async throws {
        let red = PDFColour(red: 0.8, green: 0, blue: 0.2)
        func page(_ authority: String) -> PDFPage {
            Self.page([
                .seal(
                    RoundSeal(
                        centre: PDFPoint(100, 100), diameter: 40, authority: authority, purpose: "专用章",
                        family: Self.family, colour: red))
            ])
        }
        let drawer = try PDFRenderer()
        let (first, other, again) = try (drawer.draw(page("泰安市")), drawer.draw(page("济南市")), drawer.draw(page("泰安市")))
        #expect(first == again && first != other)
        #expect(try await Self.words(first).trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
        let pixels = try await Self.pixels(first)
        #expect(try await Self.pixels(drawer.draw(page(""))) != pixels)
        #expect(try await Self.pixels(other) != pixels)
    }

    /// Lines are above or below a seal in the order of drawing, and the outlines of a seal's text are those of Cairo.
    @Test(arguments: [
        ("泰安市人力资源和社会保障局", "继续教育专用章"), ("局", ""), ("", "专用章"), ("Tai'an 䶮𠮷野", "A1 䶮"),
        (String(repeating: "泰安", count: 20), "专业技术人员继续教育学时证明专用章"),
    ])
    func aSealHasThePixelsOfCairo(_ authority: String, _ purpose: String) async throws {
        let (red, blue) = (PDFColour(red: 0.8, green: 0.06, blue: 0.18), PDFColour(red: 0, green: 0.3, blue: 0.5))
        let seals = [(71.3, 60.2, 42.0), (150, 200, 17.7)].map {
            PDFElement.seal(
                RoundSeal(
                    centre: PDFPoint($0, $1), diameter: $2, authority: authority, purpose: purpose, family: Self.family,
                    colour: red))
        }
        let lines = [(0.1, 62.0, 51.7), (3, 48, 81)].map { width, from, to in
            PDFElement.line(from: PDFPoint(20, from), to: PDFPoint(130.5, to), width: width, colour: blue)
        }
        let under = PDFElement.text(Self.text([.init("其下其下其下")], 55, size: 40))
        let (page, drawer) = (Self.page([under, lines[0], seals[0], lines[1], seals[1]]), try PDFRenderer())
        for dpi in Self.resolutions {
            let pixels = try await Self.pixels(drawer.draw(page), dpi: dpi)
            #expect(try await pixels == Self.pixels(PlainPage(page, drawer).file(), dpi: dpi), "\(dpi)")
        }
    }

    /// Both kinds of the city's certificates.
    @Test(arguments: [CertificateFacts.Kind.annual, .hours])
    func aCertificateHasThePixelsOfCairo(_ kind: CertificateFacts.Kind) async throws {
        let text = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
        let (page, drawer) = (try CertificateForm(reading: text).sample(kind), try PDFRenderer())
        let (drawn, plain) = (try drawer.draw(page), try PlainPage(page, drawer).file())
        for dpi in Self.resolutions {
            let pixels = try await Self.pixels(drawn, dpi: dpi)
            #expect(try await pixels == Self.pixels(plain, dpi: dpi), "\(dpi)")
        }
        #expect(try await Self.words(drawn) == Self.words(plain))
    }

    @Test func anUnexpectedFileIsNotFilled() throws {
        let insertion = Insertion([], level: 1)
        #expect(Insertion.fill(Array("%PDF-1.4\n".utf8), with: [insertion]) == nil)
        #expect(Insertion.fill(try PDFRenderer().draw(Self.page("岳")), with: [insertion]) == nil)
    }

    /// The file with the same six letters before each font's name.
    private static func unnamed(_ file: [UInt8]) -> [UInt8] {
        var file = file
        for index in file.indices.dropFirst(7) where file[index] == UInt8(ascii: "+") && file[index - 7] == 47 {
            file.replaceSubrange(index - 6..<index, with: Array("AAAAAA".utf8))
        }
        return file
    }

    /// Prime numbers: then hardly any thousandth of a point is on a quarter of a pixel, where Poppler's smoothing
    /// depends on the last bit. Insertions have one matrix more than what Cairo writes, and so may differ in this bit.
    private static let resolutions = [71, 151, 307]

    private static func pixels(_ file: [UInt8], dpi: Int = 151) async throws -> [UInt8] {
        try await output("pdftoppm", ["-r", "\(dpi)", LimitedProcess.inputPath], file)
    }

    private static func words(_ file: [UInt8]) async throws -> String {
        String(decoding: try await output("pdftotext", ["-raw", LimitedProcess.inputPath, "-"], file), as: UTF8.self)
    }

    private static func output(_ program: String, _ words: [String], _ file: [UInt8]) async throws -> [UInt8] {
        let limits = ProcessLimits(memory: 800 << 20, processor: 10, time: 60, output: 64 << 20)
        return try await LimitedProcess(program, words, limits).output(to: OpenFile.scratch(file))
    }
}
