import Certificates
import Foundation
import Kernel
import Processes
import Testbed
import Testing

@testable import Documents

/// A page as a picture shows what its PDF shows, and its QR code is readable.
@Suite struct PictureTests {
    private static func sample(_ kind: CertificateFacts.Kind) throws -> PDFPage {
        let text = try String(contentsOfFile: repository.path + "/Certificates/taian.yaml", encoding: .utf8)
        return try CertificateForm(reading: text).sample(kind)
    }

    /// In squares of this size the two ways of smoothing edges differ by less than 12 of 255.
    private static let side = 32

    /// The darkness of each square, 0 to 255, by rows.
    private static func squares(_ width: Int, _ height: Int, _ grey: (Int) -> Int) -> [Int] {
        let columns = width / side
        var sums = [Int](repeating: 0, count: columns * (height / side))
        for row in 0..<height / side * side {
            for column in 0..<columns * side {
                sums[row / side * columns + column / side] += 255 - grey(row * width + column)
            }
        }
        return sums.map { $0 / (side * side) }
    }

    /// Seal, frames, texts in both weights, and the code are where the PDF has them: no square differs
    /// much from poppler's drawing of the file.
    @Test(arguments: [CertificateFacts.Kind.annual, .hours])
    func aPictureShowsThePageOfThePDF(_ kind: CertificateFacts.Kind) async throws {
        let (page, drawer) = (try Self.sample(kind), try PDFRenderer())
        let (drawn, expected) = (try Self.squares(drawer.picture(page)), try await Self.squares(pdf: drawer.draw(page)))
        #expect(Self.greatestDifference(drawn, expected) < 12)
        #expect(expected.contains { $0 > 100 })
    }

    /// An element that is left out is noticed by the comparison.
    @Test func aMissingElementIsNoticed() async throws {
        let (page, drawer) = (try Self.sample(.annual), try PDFRenderer())
        let expected = try await Self.squares(pdf: drawer.draw(page))
        var seen: Set<String> = []
        for (place, element) in page.elements.enumerated() where seen.insert(Self.kind(element)).inserted {
            var less = page
            less.elements.remove(at: place)
            let drawn = try Self.squares(drawer.picture(less))
            #expect(Self.greatestDifference(drawn, expected) >= 12, "\(element)")
        }
        #expect(seen.count == 5)
    }

    private static func kind(_ element: PDFElement) -> String {
        switch element {
        case .text: "text"
        case .line: "line"
        case .frame: "frame"
        case .code: "code"
        case .seal: "seal"
        }
    }

    private static func greatestDifference(_ a: [Int], _ b: [Int]) -> Int {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 255 : 255
    }

    @Test(arguments: [CertificateFacts.Kind.annual, .hours])
    func theCodeOfAPictureIsReadable(_ kind: CertificateFacts.Kind) throws {
        let page = try Self.sample(kind)
        let file = try PDFRenderer().picture(page).png()
        #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(file.count < 600_000, "\(file.count)")
        let path = FileManager.default.temporaryDirectory.appending(path: "xueshi-picture-\(UUID().uuidString).png")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(file).write(to: path)
        #expect(try Self.code(in: path) == page.keywords)
    }

    /// The text of the only QR code in a picture.
    private static func code(in picture: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static func squares(_ picture: PagePicture) -> [Int] {
        picture.pixels.withUnsafeBufferPointer { pixels in
            squares(picture.width, picture.height) { place in
                let start = place / picture.width * picture.stride + place % picture.width * 4
                // Blue, green and red.
                let (blue, green, red) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
                return (red * 299 + green * 587 + blue * 114) / 1000
            }
        }
    }

    private static func squares(pdf: [UInt8]) async throws -> [Int] {
        let words = ["-gray", "-r", "\(Int(PagePicture.dotsPerInch))", LimitedProcess.inputPath]
        let bytes = try await output("pdftoppm", words, pdf)
        // P5, width and height, 255, then the values.
        let head = bytes.prefix(30).split(separator: 10, maxSplits: 3)
        let size = String(decoding: head[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        try #require(size.count == 2)
        let start = bytes.count - size[0] * size[1]
        return bytes.withUnsafeBufferPointer { bytes in squares(size[0], size[1]) { Int(bytes[start + $0]) } }
    }

    private static func output(_ program: String, _ words: [String], _ file: [UInt8]) async throws -> [UInt8] {
        let limits = ProcessLimits(memory: 800 << 20, processor: 20, time: 60, output: 64 << 20)
        return try await LimitedProcess(program, words, limits).output(to: OpenFile.scratch(file))
    }
}
