import Foundation
import Testing

@testable import Web

/// The colours of the theme in both modes have the contrast that WCAG 2.1 AA asks for.
@Suite struct ContrastTests {
    /// The values of a mode: those of light, replaced by those of dark.
    private static func colours(isDark: Bool) throws -> [String: [Double]] {
        let text = try String(contentsOf: WebResources.theme, encoding: .utf8)
        let parts = text.components(separatedBy: "@media screen and (prefers-color-scheme: dark)")
        try #require(parts.count > 2)
        let blocks = isDark ? [parts[0], parts[1].components(separatedBy: "/* Bootstrap")[0]] : [parts[0]]
        var found: [String: [Double]] = [:]
        for match in blocks.joined().matches(of: #/(--xs-[a-z-]+): (#[0-9a-f]{3,6});/#) {
            let digits = match.2.dropFirst()
            let whole = digits.count == 3 ? digits.map { "\($0)\($0)" }.joined() : String(digits)
            let number = try #require(Int(whole, radix: 16))
            found[String(match.1)] = [number >> 16, number >> 8 & 255, number & 255].map { Double($0) / 255 }
        }
        return found
    }

    private static func luminance(_ colour: [Double]) -> Double {
        let parts = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ a: [Double], _ b: [Double]) -> Double {
        let (one, other) = (luminance(a), luminance(b))
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    /// Text 4.5; marks, lines of fields and the focus ring 3.
    private static let pairs: [(String, [String], Double)] = [
        ("ink", ["paper", "surface", "sunken", "info-bg", "ok-bg", "warn-bg", "bad-bg"], 4.5),
        ("muted", ["paper", "surface", "sunken"], 4.5), ("link", ["paper", "surface", "sunken", "info-bg"], 4.5),
        ("on-accent", ["accent", "accent-deep"], 4.5), ("ok", ["paper", "surface", "ok-bg"], 4.5),
        ("warn", ["paper", "surface", "warn-bg"], 4.5), ("bad", ["paper", "surface", "bad-bg"], 4.5),
        ("line-strong", ["paper", "surface"], 3), ("focus", ["paper", "surface"], 3), ("public", ["track"], 3),
    ]

    @Test(arguments: [false, true]) func textsAndMarksAreToBeSeen(_ isDark: Bool) throws {
        let colours = try Self.colours(isDark: isDark)
        for (front, backs, least) in Self.pairs {
            for back in backs {
                let (a, b) = (try #require(colours["--xs-" + front]), try #require(colours["--xs-" + back]))
                let found = Self.contrast(a, b)
                #expect(found >= least, "\(front) on \(back): \(found)")
            }
        }
        #expect(Self.contrast([1, 1, 1], [0, 0, 0]) == 21)
    }
}
