import Foundation
import Testing

/// The built program, run like a user runs it.
struct Program {
    let folder: URL
    var database: String?
    /// Replaces the search path for programs.
    var path: String?
    var language = "zh_CN.UTF-8"
    /// Further variables of the environment.
    var variables: [String: String] = [:]

    /// Whether `bin/test --long` runs: large sizes and many kills.
    static let isLong = ProcessInfo.processInfo.environment["XUESHI_TEST_LONG"]?.isEmpty == false
    /// The number of people in a demo city.
    static let size = isLong ? 5000 : 60

    struct Run {
        let code: Int32
        /// The lines of both outputs, standard output first.
        let lines: [String]
        /// The last line of standard output.
        let last: String
        /// A figure of the last line.
        func figure(_ name: String) -> String? {
            last.split(separator: " ").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program that was built with these tests, beside their bundle.
    static var path: URL {
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return bundle.appending(path: "xueshi")
    }

    func process(_ words: [String]) -> Process {
        let process = Process()
        process.executableURL = Self.path
        process.arguments = words
        process.currentDirectoryURL = Self.root
        var environment = ProcessInfo.processInfo.environment
        environment["XUESHI_DATA"] = folder.path
        environment["XUESHI_DATABASE"] = database
        if let path { environment["PATH"] = path }
        // An empty LC_ALL counts as not set.
        environment["LC_ALL"] = ""
        environment["LC_MESSAGES"] = nil
        environment["LANG"] = language
        environment.merge(variables) { $1 }
        process.environment = environment
        return process
    }

    @discardableResult
    func run(_ words: String...) throws -> Run { try run(words) }

    @discardableResult
    func run(_ words: [String], typing text: String? = nil) throws -> Run {
        let process = process(words)
        let (out, err) = (Pipe(), Pipe())
        if let text {
            let typed = Pipe()
            try typed.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try typed.fileHandleForWriting.close()
            process.standardInput = typed
        }
        process.standardOutput = out
        process.standardError = err
        try process.run()
        let response = Self.lines(out)
        let told = Self.lines(err)
        process.waitUntilExit()
        return Run(code: process.terminationStatus, lines: response + told, last: response.last ?? "")
    }

    private static func lines(_ pipe: Pipe) -> [String] {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    /// A city with regions and the policies of 2021 and 2022.
    func prepare() throws {
        try #require(run("import", "places", "Samples/places.csv").code == 0)
        for year in [2021, 2022] { try #require(run("policy", "publish", "Policies/taian/\(year).yaml").code == 0) }
    }
}
