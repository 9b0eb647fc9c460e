import Foundation
import Kernel
import Policy
import Testing

/// The policies in the repository.
enum Published {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Policies").path

    static let paths: [String] = {
        let below = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return below.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    static func policy(_ path: String) throws -> Policy {
        try #require(try readPolicy(at: "\(folder)/\(path)").policy)
    }
}

@Suite("The policies in the repository")
struct PublishedPoliciesTests {
    @Test(arguments: Published.paths)
    func hasNoFindings(path: String) throws {
        let reading = try readPolicy(at: "\(Published.folder)/\(path)")
        #expect(reading.findings.map(\.description) == [])
        #expect(reading.examples > 0 && reading.failedExamples == 0)
    }

    @Test(arguments: Published.paths)
    func theFlatTextReadsBackToTheSamePolicy(path: String) throws {
        let reading = try readPolicy(at: "\(Published.folder)/\(path)")
        let again = readPolicy(reading.flat, file: path)
        #expect(again.findings.map(\.description) == [])
        #expect(again.flat == reading.flat && again.examples == reading.examples)
    }

    /// The policy's text shows every assumption of its author and every open question of the notice.
    @Test(arguments: Published.paths)
    func everyAssumptionIsShown(path: String) throws {
        let reading = try readPolicy(at: "\(Published.folder)/\(path)")
        let shown = PolicyText(try #require(reading.policy)).lines.joined(separator: "\n")
        for line in reading.flat.split(separator: "\n") {
            let parts = line.split(separator: ": \"", maxSplits: 1)
            guard parts.count == 2, ["assumed", "question", "answer"].contains(where: parts[0].hasSuffix) else {
                continue
            }
            #expect(shown.contains(parts[1].dropLast()), "\(parts[1])")
        }
    }

    @Test func thereAreAtLeastAHundredAndTwentyExamples() throws {
        let examples = try Published.paths.reduce(0) { try $0 + readPolicy(at: "\(Published.folder)/\($1)").examples }
        #expect(examples >= 120)
    }
}
