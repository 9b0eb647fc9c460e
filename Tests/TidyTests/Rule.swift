import Testing

/// A house rule: what it finds in a file, a bad example that it must find, and the alternative.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// The alternative.
    let instead: String
    let bad: File
    /// The lines (from 1) that break the rule.
    let breaches: @Sendable (File) -> [Int]

    var testDescription: String { name }

    /// A rule that bans a pattern outside the files that `excepted` names. `\b` is between a letter and anything else:
    /// Swift's own word boundary is not between the words of `database.read`.
    static func ban(
        _ pattern: String, instead: String, bad: String, in path: String = "Sources/Kernel/Bad.swift",
        except excepted: @escaping @Sendable (File) -> Bool = { _ in false }
    ) -> Rule {
        Rule(name: pattern, instead: instead, bad: File(path: path, text: bad)) { file in
            guard !excepted(file), let regex = try? Regex(pattern).wordBoundaryKind(.simple) else { return [] }
            return file.code.enumerated().filter { $0.element.contains(regex) }.map { $0.offset + 1 }
        }
    }
}

extension Rule {
    static let all: [Rule] = [
        Rule(
            name: "line ≤ 120", instead: "break the line",
            bad: File(path: "Sources/Kernel/Bad.swift", text: String(repeating: "x", count: 121))
        ) { file in file.lines.enumerated().filter { $0.element.count > 120 }.map { $0.offset + 1 } },
        Rule(
            name: "file ≤ 400", instead: "split by aspect",
            bad: File(path: "Sources/Kernel/Bad.swift", text: String(repeating: "\n", count: 401))
        ) { file in file.lines.count > 401 ? [401] : [] },
        Rule(
            name: "function ≤ 60", instead: "give its parts names",
            bad: File(
                path: "Sources/Kernel/Bad.swift",
                text: "func f() {\n" + String(repeating: "    x()\n", count: 61) + "}\n")
        ) { file in file.longFunctions },
        ban(#"\bfatalError\("#, instead: "throw a Failure", bad: "Swift.fatalError(\"no\")"),
        ban(#"\btry!"#, instead: "throw", bad: "let x = try! f()"),
        ban(#"\bas!"#, instead: "as?", bad: "let x = y as! Int"),
        ban(#"\b(preconditionFailure|assertionFailure)\("#, instead: "throw a Failure", bad: "preconditionFailure(x)"),
        ban(
            #"\bDate\(\)"#, instead: "SystemInputs.now", bad: "let now = Foundation.Date()",
            except: { $0.path == "Sources/Kernel/SystemInputs.swift" }),
        ban(
            #"\bDate\.(now|init)\b"#, instead: "SystemInputs.now", bad: "let now = Date.now",
            except: { $0.path == "Sources/Kernel/SystemInputs.swift" }),
        ban(
            #"\bUUID\(\)"#, instead: "SystemInputs.random", bad: #"let id = "a-\(UUID())""#, except: \.isTest),
        ban(
            #"\bUUID\.init\b"#, instead: "SystemInputs.random", bad: "let ids = (0..<3).map { _ in UUID.init() }",
            except: \.isTest),
        ban(
            #"\.random\(in:(?!.*using:)"#, instead: "SystemInputs.random", bad: "let id = UInt64.random(in: 0...9)",
            except: \.mayDraw),
        ban(
            #"\b(SystemRandomNumberGenerator|shuffled|randomElement)\(\)"#, instead: "SystemInputs.random",
            bad: "let some = all.shuffled().first", except: \.mayDraw),
        ban(#"\bDouble\b"#, instead: "CreditHours", bad: "let hours = Swift.Double.pi", except: { $0.mayMeasure }),
        ban(
            #"\bprint\("#, instead: "the logger, or the command's Output", bad: "Swift.print(1)",
            except: { $0.module == "xueshi" || $0.path.hasPrefix("Tests/") }),
        ban(
            #"ProcessInfo\.processInfo\.environment|\bgetenv\("#, instead: "a configuration value, read in main",
            bad: "let x = ProcessInfo.processInfo.environment", except: { $0.module == "xueshi" || $0.isTest }),
        ban(
            #"\bNSTemporaryDirectory\("#, instead: "OpenFile.scratch, which has no name",
            bad: "let path = NSTemporaryDirectory()",
            except: { ["OpenFile.swift", "LimitedProcess.swift"].contains($0.name) || $0.isTest }),
        ban(#"^import (GRDB|CLibpq)\b"#, instead: "Database", bad: "import GRDB", except: { $0.module == "Database" }),
        ban(
            #"^import (Hummingbird|HTTPTypes|NIO\w*)\b"#, instead: "Web", bad: "import Hummingbird",
            except: { file in
                ["Web", "App"].contains(file.module) || file.isTest || file.path.hasSuffix("Pages.swift")
                    || file.path.hasSuffix("API.swift")
            }),
        ban(
            #"\b(sleep\(|Thread\.sleep|Task\.sleep)"#, instead: "wait for a condition", bad: "Thread.sleep(1)",
            in: "Tests/KernelTests/Bad.swift", except: { !$0.isTest }),
        ban(
            #"([fF]ailure|[fF]ault)\)?\??\.code (==|!=)|contains\(.*[fF]ailure\??\.code"#,
            instead: "the failure's kind, == or isSame(as:)", bad: "if failure.code == other.code {}",
            except: \.isTest),
        ban(
            #"\bFailure\.\w+(\(.*\))?\.code\b"#, instead: "the code of a failure that the test provokes",
            bad: "#expect(Failure.none(\"x\").code == \"x.none\")", in: "Tests/KernelTests/Bad.swift",
            except: { !$0.isTest }),
        Rule(
            name: "what people read decides nothing", instead: "a typed value",
            bad: File(path: "Sources/Kernel/Bad.swift", text: "if words.contains(\"尚未结算\") {}")
        ) { file in file.textDecisions },
        ban(#"\b(TODO|FIXME|XXX)\b"#, instead: "an issue", bad: "func TODO() {}"),
        ban(
            #"Store\("#, instead: "a method of the feature's reader",
            bad: "let store = PersonStore(transaction, people)", in: "Sources/Portal/Roster/BadPages.swift",
            except: { !$0.mustAskReader }),
        ban(
            #"\.database(?!\w)"#, instead: "a method of the feature's reader, or of a service",
            bad: "let found = try await registry.database.read { try registry.years($0) }",
            in: "Sources/Portal/Office/BadJobs.swift", except: { !$0.mustAskReader }),
        Rule(
            name: "SQL only in *Store, *Schema and +Dialect", instead: "a store method",
            bad: File(path: "Sources/Registry/Bad.swift", text: "let x = \"SELECT a FROM b\"")
        ) { file in file.strayQueries },
        Rule(
            name: "a top-level type with the name of another", instead: "a name of its own",
            bad: File(path: "Sources/Kernel/Bad.swift", text: "private final class Year {}")
        ) { file in file.repeatedTypes },
    ]
}

extension File {
    var isTest: Bool { path.hasPrefix("Tests/") || module == "Testbed" }
    /// Pages, jobs and places of the API read the database by readers, and write by services.
    var mustAskReader: Bool { module == "Portal" && !name.hasSuffix("Reader.swift") }
    /// Whether randomness without `SystemInputs` is allowed: for the number of a request, which protects nothing, the
    /// pause between two attempts, and benchmarks.
    var mayDraw: Bool {
        isTest || path.hasPrefix("Sources/xueshi/Bench/")
            || ["SystemInputs.swift", "WebRequest.swift", "PostgresEngine.swift"].contains(name)
    }
    /// Whether measurements are allowed: seconds and ratios, which are not credit hours, and PostgreSQL's waiting time.
    var mayMeasure: Bool {
        isTest || ["Bench", "Database", "xueshi", "Documents"].contains(module)
            || path.hasPrefix("Sources/Certificates/Form/")
    }

    /// The first lines of functions with more than 60 lines.
    var longFunctions: [Int] {
        let code = code
        return code.indices.filter { start in
            guard code[start].contains(#/(^|\s)(func\s|init[?(<]).*[({]/#), !code[start].contains("}") else {
                return false
            }
            let indent = code[start].prefix { $0 == " " }.count
            let end = code[(start + 1)...].firstIndex { $0.hasPrefix(String(repeating: " ", count: indent) + "}") }
            return (end ?? start) - start > 61
        }.map { $0 + 1 }
    }

    /// The lines that search for Chinese words in a text. Punctuation such as 《 or ， is allowed.
    var textDecisions: [Int] {
        guard path.hasPrefix("Sources/"), module != "Testbed", name != "OldImportResult.swift" else { return [] }
        let look = #/\.(contains|hasPrefix|hasSuffix)\("[^"]*[\u{4E00}-\u{9FFF}]/#
        return lines.enumerated().filter { $0.element.contains(look) }.map { $0.offset + 1 }
    }

    /// The names of the top-level types, with their lines.
    var topLevelTypes: [(name: String, line: Int)] {
        let declaration = #/^(?!import )(?:[a-z]+ )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/#
        return lines.enumerated().compactMap { place, line in
            line.prefixMatch(of: declaration).map { (String($0.1), place + 1) }
        }
    }

    /// The lines of top-level types whose names another file of the sources declares too.
    var repeatedTypes: [Int] {
        guard path.hasPrefix("Sources/") else { return [] }
        return topLevelTypes.filter { type in
            ProjectFiles.filesOfTypes[type.name]?.contains { $0 != path } == true
        }.map(\.line)
    }

    var strayQueries: [Int] {
        let allowed = ["Store.swift", "Schema.swift", "Dialect.swift"].contains { name.hasSuffix($0) }
        guard path.hasPrefix("Sources/"), module != "Database", !allowed else { return [] }
        let sql = #/"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE)\s/#
        return lines.enumerated().filter { $0.element.contains(sql) }.map { $0.offset + 1 }
    }
}
