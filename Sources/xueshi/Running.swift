import App
import ArgumentParser
import Foundation
import Kernel
import People
import Portal

/// The options of every command that opens an installation.
struct InstallationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .words(
            "数据目录，存放数据库、密钥和文件（环境变量 XUESHI_DATA；默认 ./data）",
            "The data folder: database, keys, files (environment XUESHI_DATA; default ./data)."))
    var data: String?

    @Option(
        name: .long,
        help: .words(
            "数据库：sqlite:路径 或 postgres://…（环境变量 XUESHI_DATABASE；默认在数据目录中）",
            "sqlite:PATH or postgres://… (environment XUESHI_DATABASE; default: in the data folder)."))
    var database: String?

    @Option(
        name: .long,
        help: .words(
            "大文件的目录（环境变量 XUESHI_FILES；默认为数据目录中的 files）",
            "The folder of large files (environment XUESHI_FILES; default: files in the data folder)."))
    var files: String?

    @Flag(name: .long, help: .words("输出一个 JSON 文档", "Print one JSON document."))
    var json = false

    /// Opens the installation, runs the body and closes it; turns a failure into its text and exit code. A missing
    /// installation is created only with `creating`, so that a mistyped folder creates no keys.
    ///
    /// `rootMayBeLost`: the ledger's root outside the database is lost permanently and will be created anew.
    func run(
        creating: Bool = false, rootMayBeLost: Bool = false, features: [Feature] = App.features,
        _ body: @Sendable (Installation) async throws -> CommandOutput
    ) async throws {
        try await answering(json) { try await open(creating, rootMayBeLost, features, body) }
    }

    /// The same for a command that prints one document without figures.
    func document(_ body: @Sendable (Installation) async throws -> String) async throws {
        try await reporting(json) { say(try await open(false, false, App.features, body)) }
    }

    private func open<T>(
        _ creating: Bool, _ rootMayBeLost: Bool, _ features: [Feature],
        _ body: @Sendable (Installation) async throws -> T
    ) async throws -> T {
        let environment = ProcessInfo.processInfo.environment
        let installation = try await Installation.open(
            folder: data ?? environment["XUESHI_DATA"] ?? "./data",
            database: database ?? environment["XUESHI_DATABASE"], creating: creating,
            rootMayBeLost: rootMayBeLost, actor: .system(systemUser()), features: features,
            files: files ?? environment["XUESHI_FILES"])
        defer { installation.close() }
        return try await body(installation)
    }
}

/// The operating system's user of this process.
private func systemUser() -> String {
    let number = geteuid()
    return getpwuid(number).map { String(cString: $0.pointee.pw_name) } ?? "\(number)"
}

/// The output of a command: lines for people, and the figures of the last line.
struct CommandOutput: Sendable {
    let name: String
    var lines: [String] = []
    var figures: [(String, String)] = []
    /// The command ran and its result is negative: exit code 1.
    var isBad = false

    init(_ name: String, lines: [String] = [], _ figures: KeyValuePairs<String, Any> = [:], isBad: Bool = false) {
        (self.name, self.lines, self.isBad) = (name, lines, isBad)
        self.figures = figures.map { ($0.key, "\($0.value)") }
    }

    var lastLine: String {
        figures.isEmpty ? "" : "\(name): " + figures.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    private static func number(_ text: String) -> Any? {
        guard text.wholeMatch(of: #/-?[0-9]{1,15}(\.[0-9]+)?/#) != nil else { return nil }
        return NSDecimalNumber(string: text)
    }

    var jsonText: String {
        var document: [String: Any] = ["command": name, "ok": !isBad]
        for (key, value) in figures { document[key] = Self.number(value) ?? value }
        if !lines.isEmpty { document["lines"] = lines }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let data = (try? JSONSerialization.data(withJSONObject: document, options: options)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Runs a command, prints its output or failure, and exits: 0 success, 1 negative result, 2 not done, 3 the environment
/// fails.
func answering(_ json: Bool, _ body: () async throws -> CommandOutput) async throws {
    try await reporting(json) {
        let output = try await body()
        say(json ? output.jsonText : (output.lines + [output.lastLine]).joined(separator: "\n"))
        if output.isBad { throw ExitCode(1) }
    }
}

/// Turns a failure into its text and exit code.
private func reporting(_ json: Bool, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let failure as Failure {
        let sentence = words(failure.words)
        writeToStderr("\(sentence) [\(failure.code)]" + (failure.detail.map { "\n  \($0)" } ?? ""))
        if json { say(CommandOutput("failure", lines: [sentence], ["code": failure.code], isBad: true).jsonText) }
        throw ExitCode(failure.exitCode)
    }
}

extension Failure {
    fileprivate var exitCode: Int32 {
        switch kind {
        case .badInput, .tooLarge, .notFound, .refused, .conflict, .notSignedIn, .denied, .otherMethod, .otherType,
            .tooMany:
            2
        case .unavailable, .damaged: 3
        }
    }
}

/// Writes to standard output without buffering, because buffered output is lost when the program is killed.
func say(_ text: String) {
    guard !text.isEmpty else { return }
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// Writes to standard error: progress and errors.
func writeToStderr(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// Reports the progress of long work, one line every `step`.
func progress(_ name: String, every step: Int = 10_000) -> @Sendable (Int) -> Void {
    { done in if done > 0, done % step == 0 { writeToStderr("\(name): \(done)") } }
}

/// Checks that a reason has content, because it is recorded.
func stated(_ reason: String?) throws {
    let scalars = (reason ?? "").unicodeScalars
    guard scalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil }) else {
        throw ValidationError(words("--reason 要写明原因。", "--reason must say why."))
    }
    let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator, .surrogate]
    guard scalars.allSatisfy({ !hidden.contains($0.properties.generalCategory) }), scalars.count <= 200 else {
        throw ValidationError(
            words(
                "--reason 写一行，不超过 200 个字，不含不可见字符。",
                "--reason is one line of at most 200 characters, without hidden ones."))
    }
}

/// Checks that the number of an option is in its range.
func bounded(_ option: String, _ number: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(number) else {
        throw ValidationError(
            words(
                "\(option) 应为 \(range.lowerBound) 至 \(range.upperBound) 的整数。",
                "\(option) is a number from \(range.lowerBound) to \(range.upperBound)."))
    }
}

/// Checks that the output file is named as a workbook.
func workbook(_ path: String) throws {
    guard path.hasSuffix(".xlsx") else {
        throw ValidationError(
            words("输出的文件是工作簿，文件名应以 .xlsx 结尾。", "The file to write is a workbook: name it ….xlsx."))
    }
}

/// Checks that the output file is named as a workbook or as a list.
func workbookOrList(_ path: String) throws {
    guard [".xlsx", ".csv"].contains(where: path.hasSuffix) else {
        throw ValidationError(
            words(
                "输出的文件是工作簿或 CSV，文件名应以 .xlsx 或 .csv 结尾。",
                "The file to write is a workbook or a list: name it ….xlsx or ….csv."))
    }
}

/// Reads `2022`.
func readYear(_ text: String) throws -> Year {
    guard let year = Year(text) else {
        throw ValidationError(words("年度写四位数字，如 2022。", "A year has four digits: 2022."))
    }
    return year
}

/// Reads `2022-06-01`.
func readDay(_ text: String) throws -> Day {
    guard let day = Day(text) else {
        throw ValidationError(words("日期写作 2022-06-01。", "A day is written as 2022-06-01."))
    }
    return day
}

/// Asks for confirmation of an irreversible action if a person is at the terminal; a script is not asked.
///
/// Failure: `command.declined`.
func confirmed(_ question: LocalizedText) throws {
    guard isatty(STDIN_FILENO) == 1 else { return }
    FileHandle.standardError.write(Data((words(question) + words(" 输入 y 继续：", " Type y to continue: ")).utf8))
    guard ["y", "yes", "是"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased()) else {
        throw Failure(.refused, "command.declined", "没有执行，没有任何改动。", en: "Nothing was done.")
    }
}
