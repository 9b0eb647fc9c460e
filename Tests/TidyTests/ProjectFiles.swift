import Foundation

/// A file of the project, for the house rules.
struct File: Sendable {
    /// The path from the project's folder: `Sources/Kernel/Day.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// `Kernel` for `Sources/Kernel/Day.swift`.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    /// The lines without comments, with the contents of string literals blanked out, except for interpolations.
    var code: [String] { lines.map { Self.code(of: $0) } }

    private static func code(of line: Substring) -> String {
        var kept = ""
        /// The number of open parentheses in each interpolation around this place.
        var interpolations: [Int] = []
        var isQuoted = false
        var previous: Character = " "
        for character in line {
            switch character {
            case "\"" where previous != "\\": isQuoted.toggle()
            case "(" where isQuoted && previous == "\\": (interpolations, isQuoted) = (interpolations + [0], false)
            case "(" where !isQuoted && !interpolations.isEmpty: interpolations[interpolations.count - 1] += 1
            case ")" where !isQuoted && interpolations.last == 0:
                interpolations.removeLast()
                isQuoted = true
            case ")" where !isQuoted && !interpolations.isEmpty: interpolations[interpolations.count - 1] -= 1
            case "/" where !isQuoted && previous == "/": return String(kept.dropLast())
            default: break
            }
            kept.append(isQuoted && character != "\"" ? "_" : character)
            previous = character
        }
        return kept
    }
}

/// The project's files.
enum ProjectFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let swift: [File] = files(in: ["Sources", "Tests", "Package.swift"], ending: ".swift")
    static let sources = swift.filter { $0.path.hasPrefix("Sources/") }
    /// The paths of the source files that declare a top-level type, by its name.
    static let filesOfTypes: [String: [String]] = sources.reduce(into: [:]) { files, file in
        for type in file.topLevelTypes { files[type.name, default: []].append(file.path) }
    }
    static let docs: [File] = files(in: ["docs", "README.md", "README.zh-CN.md", "CONTRIBUTING.md"], ending: ".md")

    static func files(in places: [String], ending: String) -> [File] {
        places.flatMap { place -> [File] in
            let start = folder.appending(path: place)
            let below = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
            let paths = place.hasSuffix(ending) ? [place] : below.sorted().map { "\(place)/\($0)" }
            return paths.filter { $0.hasSuffix(ending) }.compactMap { path in
                (try? String(contentsOf: folder.appending(path: path), encoding: .utf8)).map {
                    File(path: path, text: $0)
                }
            }
        }
    }
}
