import Foundation
import Testing

/// The picture of modules at the top of `docs/ARCHITECTURE.md` matches `Package.swift`.
struct ModulePictureTests {
    @Test func theModuleDiagramMatchesThePackage() throws {
        let document = ProjectFiles.folder.appending(path: "docs/ARCHITECTURE.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let parts = text.split(separator: "<!-- modules -->\n", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        let picture = Modules(ofPackageIn: try package()).picture
        if ProcessInfo.processInfo.environment["XUESHI_WRITE_PICTURE"] != nil {
            try [parts[0], Substring(picture), parts[2]].joined(separator: "<!-- modules -->\n")
                .write(to: document, atomically: true, encoding: .utf8)
        }
        #expect(String(parts[1]) == picture, "run bin/test ModulePicture with XUESHI_WRITE_PICTURE=1")
    }

    @Test func everyModuleHasALevel() throws {
        let modules = Modules(ofPackageIn: try package())
        #expect(modules.imports.count > 12)
        #expect(Set(modules.levels.joined()) == Set(modules.imports.keys))
        #expect(modules.levels.last == ["Kernel"])
    }

    @Test func redundantArrowsAreOmitted() {
        let modules = Modules(
            ofPackageIn: """
                module("A"),
                module("B", ["A"]),
                module(
                    "C", ["A", "B", external], resources: [.copy("A.views")]),
                """)
        #expect(modules.imports == ["A": [], "B": ["A"], "C": ["A", "B"]])
        #expect(modules.arrows.map { [$0, $1] } == [["C", "B"], ["B", "A"]])
    }

    private func package() throws -> String {
        try #require(ProjectFiles.swift.first { $0.path == "Package.swift" }).text
    }
}

/// The modules of a package and their imports of other modules.
private struct Modules {
    let imports: [String: Set<String>]

    init(ofPackageIn text: String) {
        let declared = text.matches(of: #/module\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?/#).map { match in
            (String(match.1), Set((match.2 ?? "").matches(of: #/"(\w+)"/#).map { String($0.1) }))
        }
        let program = text.matches(of: #/name: "xueshi", dependencies: \[([^\]]*)\]/#).map { match in
            ("xueshi", Set(match.1.matches(of: #/"(\w+)"/#).map { String($0.1) }))
        }
        let all = Dictionary(uniqueKeysWithValues: declared + program).filter { $0.key != "Testbed" }
        imports = all.mapValues { $0.intersection(all.keys) }
    }

    /// From modules that no other imports down to modules without imports; each is as low as its imports allow.
    var levels: [[String]] {
        var levels: [[String]] = []
        var placed: Set<String> = []
        while placed.count < imports.count {
            let next = imports.keys.filter { !placed.contains($0) && imports[$0, default: []].isSubset(of: placed) }
            if next.isEmpty { return [] }
            levels.insert(next.sorted(), at: 0)
            placed.formUnion(next)
        }
        return levels
    }

    /// The imports that do not follow from others.
    var arrows: [(from: String, to: String)] {
        levels.joined().flatMap { module in
            let direct = imports[module, default: []]
            let further = direct.reduce(into: Set<String>()) { $0.formUnion(reachable(from: $1)) }
            return direct.subtracting(further).sorted().map { (module, $0) }
        }
    }

    private func reachable(from module: String) -> Set<String> {
        imports[module, default: []].reduce(into: imports[module, default: []]) { $0.formUnion(reachable(from: $1)) }
    }

    /// The picture in Mermaid, which GitHub and others draw.
    var picture: String {
        let lines = arrows.map { "    \($0.from) --> \($0.to)" }
        return "```mermaid\nflowchart TD\n" + lines.joined(separator: "\n") + "\n```\n"
    }
}
