import Database
import Kernel
import Policy
import Testbed
import Testing

@testable import Registry

/// The text of a source is published with its version.
@Suite struct PublishedTextTests {
    /// The beginning of 二(一) in each version of the notice's policy; empty without a text.
    private func texts(_ city: City) async throws -> [String] {
        let registry = city.registry
        let all = try await registry.database.read { try registry.book($0).all }
        let versions = all.values.filter { $0.key == "taian-2022" }.sorted { $0.version < $1.version }
        return versions.map { version in
            version.policy.sources.first?.text?.passage(at: "二(一)")?.paragraphs.last.map { String($0.prefix(27)) } ?? ""
        }
    }

    @Test(arguments: Engine.allCases) func eachVersionHasItsOwn(_ engine: Engine) async throws {
        try await withCity(engine, policies: ["taian/2022"]) { city in
            let first = "专业技术人员应按规定参加继续教育，每年累计应不少于90"
            #expect(try await texts(city) == [first])
            let changed = try await city.registry.publishForTests("taian/2022") {
                $0.replacing("每年累计应不少于90学时", with: "每年累计应不少于九十学时")
            }
            #expect(figures(changed.version, changed.changed) == figures(2, 0))
            #expect(try await texts(city) == [first, "专业技术人员应按规定参加继续教育，每年累计应不少于九十"])
            // A policy without a text, as published before texts existed.
            let bare = try await city.registry.publishForTests("taian/2022") { flat in
                flat.split(separator: "\n", omittingEmptySubsequences: false)
                    .filter { !$0.hasPrefix("    text: \"关于做好") }.joined(separator: "\n")
            }
            #expect(bare.version == 3)
            #expect(try await texts(city).last == "")
        }
    }
}
