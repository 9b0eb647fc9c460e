import Foundation
import Kernel
import Testing

@testable import Documents

@Suite struct SlipPagesTests {
    private func pages(_ count: Int) throws -> [UInt8] {
        let slips = (0..<count).map { turn in
            [SlipPages.Line("岳明远\(turn)", .name), SlipPages.Line("k7cr3x-hmwp48-dfa3ye", .code)]
        }
        return try SlipPages("登录码", made: required(Day("2026-11-27")), slips).draw()
    }

    private func required<T>(_ value: T?) throws -> T { try #require(value) }

    /// The number of page objects of a file.
    private func count(_ file: [UInt8]) -> Int {
        String(decoding: file, as: UTF8.self).matches(of: #/\/Type \/Page[^s]/#).count
    }

    @Test(arguments: [(1, 1), (10, 1), (11, 2), (30, 3)])
    func tenSlipsAreOnAPage(_ slips: Int, _ expected: Int) throws {
        #expect(count(try pages(slips)) == expected)
    }

    /// All pages share one subset of each font, so a page more costs little.
    @Test func manyPagesShareTheirFonts() throws {
        let (one, many) = (try pages(10).count, try pages(200).count)
        #expect(many < 4 * one, "\(one) \(many)")
    }
}
