import App
import ArgumentParser
import Documents
import Kernel
import People
import Registry
import Synchronization

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Update the database to this program's schema, or create it.",
        discussion: "Example: xueshi migrate --data ./data")
    @OptionGroup var place: InstallationOptions

    func run() async throws {
        try await place.run(creating: true) { installation in
            CommandOutput(
                "migrate", ["applied": installation.migrations.applied, "version": installation.migrations.all])
        }
    }
}

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Fill an empty database with an invented city.",
        discussion: "Run it in the folder of Samples and Policies. Example: xueshi demo --people 2000 --seed 1")
    @OptionGroup var place: InstallationOptions
    @Option(help: "Number of people.") var people = 2000
    @Option(help: "The same seed gives the same city.") var seed = 1
    @Option(help: "The folder of the sample lists with the named people.") var samples = "Samples"
    @Option(help: "The folder of the policies of 2018 to 2022.") var policies = "Policies/taian"

    func validate() throws { try bounded("--people", people, 1...5_000_000) }

    func run() async throws {
        try await place.run(creating: true) { installation in
            let made = try await Demo(installation, seed: seed).fill(
                people: people, samples: samples, policies: policies, progress: progress("demo", every: 1000))
            return CommandOutput(
                "demo", ["people": made.people, "organisations": made.organisations, "entries": made.entries])
        }
    }
}

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a list: .xlsx or .csv (UTF-8 or GB18030), headers in Chinese.",
        subcommands: [PeopleList.self, HoursList.self, PlacesList.self])

    struct Options: ParsableArguments {
        @OptionGroup var place: InstallationOptions
        @Argument(help: "The list, .xlsx or .csv.") var file: String
        @Flag(help: "Show what would happen; write nothing.") var dryRun = false
        @Option(help: "Write the failed rows with their reasons to this .xlsx.") var failures: String?

        func validate() throws {
            guard let failures else { return }
            try workbook(failures)
            if failures == file { throw ValidationError("--failures would write over the list itself.") }
        }

        func run(
            _ body: @Sendable (SheetImport, @escaping @Sendable (Int) -> Void) async throws -> ImportReport
        ) async throws {
            try await place.run(creating: !dryRun) { installation in
                let reached = Mutex(0)
                let writeToStderr = progress("import")
                let report = try await brokenOff(after: { dryRun ? 0 : reached.withLock { $0 } }) {
                    try await body(SheetImport(installation.registry)) { done in
                        reached.withLock { $0 = done }
                        writeToStderr(done)
                    }
                }
                if let failures, !report.failures.isEmpty { try report.writeFailures(to: failures) }
                var lines = report.failures.prefix(20).map { failure in
                    "\(failure.place)：\(failure.words)"
                }
                if report.failures.count > 20 {
                    lines.append("……共 \(report.failures.count) 行未导入，用 --failures OUT.xlsx 取得全部")
                }
                lines += report.notes.prefix(20)
                if report.notes.count > 20 { lines.append("……提示共 \(report.notes.count) 条") }
                if report.takingAway > 0 {
                    lines.append(
                        words(
                            "\(report.takingAway) 行会减少已登记的学时，没有登记。核对编号以后确需更正的，加 --replace 再运行。",
                            "Not imported, since they reduce hours: \(report.takingAway). To import: --replace."
                        ))
                }
                if dryRun { lines.append(words("试运行，没有写入。", "Dry run: nothing was written.")) }
                return CommandOutput(report, lines: lines)
            }
        }

        /// Reports the progress before passing the failure on.
        private func brokenOff<T>(after rows: @Sendable () -> Int, _ body: () async throws -> T) async throws -> T {
            do {
                return try await body()
            } catch let failure as Failure where rows() > 0 {
                writeToStderr(
                    words(
                        "中断前已导入 \(rows()) 行，已登记的保留。排除故障后再运行同一条命令，会接着办完，不会重复。",
                        "Rows done before the failure: \(rows()); they stay. Run the same command again to continue."))
                throw failure
            }
        }
    }

    struct PeopleList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "people", abstract: "Import a list of people.",
            discussion: "Example: xueshi import people Samples/people.csv --dry-run")
        @OptionGroup var options: Options

        func run() async throws {
            let (file, dryRun) = (options.file, options.dryRun)
            try await options.run { sheets, progress in
                try await sheets.people(file, dryRun: dryRun, progress: progress)
            }
        }
    }

    struct HoursList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hours", abstract: "Import a list of hours.",
            discussion: "Example: xueshi import hours Samples/hours.csv --failures failed.xlsx")
        @OptionGroup var options: Options
        @Option(help: "The learning platform of the list; its numbers (编号) are unique within the platform.")
        var platform: String?
        @Flag(help: "Accept many rows that reduce hours that were credited before.") var replace = false

        func run() async throws {
            let (file, dryRun, platform, replace) = (options.file, options.dryRun, platform, replace)
            try await options.run { sheets, progress in
                try await sheets.hours(
                    file, platform: platform, dryRun: dryRun, mayReduceHours: replace, progress: progress)
            }
        }
    }

    struct PlacesList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "places", abstract: "Import regions and their authorities.",
            discussion: "Example: xueshi import places Samples/places.csv")
        @OptionGroup var place: InstallationOptions
        @Argument(help: "The list: 代码, 名称, 主管部门, 综合管理 (是 for the authority of a whole region).") var file: String

        func run() async throws {
            try await place.run(creating: true) { installation in
                let report = try await PlacesImport(installation).run(file)
                return CommandOutput(report, lines: report.failures.map { "\($0.place)：\($0.words)" } + report.notes)
            }
        }
    }
}

extension CommandOutput {
    /// The output for an import's report.
    fileprivate init(_ report: ImportReport, lines: [String]) {
        self.init(
            "import", lines: lines,
            [
                "rows": report.rows, "created": report.created, "changed": report.changed,
                "unchanged": report.unchanged, "failed": report.failures.count,
            ], isBad: !report.failures.isEmpty)
    }
}

struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Write the workbook to fill: people or hours.",
        discussion: "Example: xueshi template people people.xlsx")
    @OptionGroup var place: InstallationOptions
    @Argument(help: "people or hours") var list: List
    @Argument(help: "The .xlsx to write.") var output: String

    enum List: String, ExpressibleByArgument, CaseIterable { case people, hours }

    func run() async throws {
        try await place.run { installation in
            let registry = installation.registry
            let template = try await list == .people ? registry.peopleTemplate() : registry.hoursTemplate()
            try template.write(to: output)
            return CommandOutput("template", ["columns": template.columns])
        }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a list to a file.", subcommands: [Standings.self, Ledger.self])

    struct Standings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "standings", abstract: "Everybody's standing in a year.",
            discussion: "Example: xueshi export standings --year 2022 standings.xlsx, or … standings.csv")
        @OptionGroup var place: InstallationOptions
        @Option(help: "The year.", transform: readYear) var year: Year
        @Argument(help: "The .xlsx or .csv to write.") var output: String

        func validate() throws {
            guard [".xlsx", ".csv"].contains(where: output.hasSuffix) else {
                throw ValidationError("The file to write is a workbook or a list: name it ….xlsx or ….csv.")
            }
        }

        func run() async throws {
            try await place.run { installation in
                try await installation.audit.record(.exportList, .list("standings"), ["year": "\(year)"])
                let rows = try await Exports(installation).standings(year, to: output, progress: progress("export"))
                return CommandOutput("export", ["rows": rows])
            }
        }
    }

    struct Ledger: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ledger", abstract: "Every entry of a person, including reversals.",
            discussion: "Example: xueshi export ledger --person 1 ledger.xlsx")
        @OptionGroup var place: InstallationOptions
        @Option(help: "The person's number, or - to read an ID number from standard input.") var person: String
        @Argument(help: "The .xlsx to write.") var output: String

        func validate() throws { try workbook(output) }

        func run() async throws {
            try await place.run { installation in
                let person = try await PersonArgument(person).find(installation)
                try await installation.audit.record(.exportList, .list("ledger"), about: person)
                return CommandOutput("export", ["rows": try await Exports(installation).ledger(of: person, to: output)])
            }
        }
    }
}

struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "Merge two numbers of one person.", subcommands: [Merge.self, Unmerge.self])

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge", abstract: "Make one person number an alias of another; nothing is rewritten.",
            discussion: "Example: xueshi people merge 7 3 --reason 身份证号更正前后两次登记")
        @OptionGroup var place: InstallationOptions
        @Argument(help: "The number that becomes an alias.") var person: String
        @Argument(help: "The number that stays.") var target: String
        @Option(help: "Why, for the record.") var reason: String

        func validate() throws { try stated(reason) }

        func run() async throws {
            try await place.run { installation in
                let (one, other) = (
                    try await PersonArgument(person).find(installation),
                    try await PersonArgument(target).find(installation)
                )
                let lost = try await installation.registry.merge(one, into: other, reason: reason)
                return CommandOutput("people", lines: lost.map(\.words), ["merged": one, "into": other])
            }
        }
    }

    struct Unmerge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unmerge", abstract: "Undo a merge exactly.",
            discussion: "Example: xueshi people unmerge 7 --reason 经核实为两人")
        @OptionGroup var place: InstallationOptions
        @Argument(help: "The number that was merged.") var person: String
        @Option(help: "Why, for the record.") var reason: String

        func validate() throws { try stated(reason) }

        func run() async throws {
            try await place.run { installation in
                let one = try await PersonArgument(person).find(installation)
                let (from, lost) = try await installation.registry.unmerge(one, reason: reason)
                return CommandOutput("people", lines: lost.map(\.words), ["unmerged": one, "from": from])
            }
        }
    }
}

/// A person as an argument: a number, or `-` for an ID number on standard input.
struct PersonArgument {
    let text: String

    init(_ text: String) { self.text = text }

    func find(_ installation: Installation) async throws -> ID<Person> {
        if text == "-" {
            return try await find(try Self.papers(readLine() ?? ""), installation)
        }
        guard let number = ID<Person>(text) else {
            throw Failure(
                .badInput, "person.word", "“\(text)”不是人员编号。请写编号，或写 - 并从标准输入给出证件号码。",
                en: "\(text) is no person number. Write a number, or - and give the ID number on standard input.")
        }
        guard let found = try await installation.registry.person(number) else { throw Failure.noPerson(number) }
        return found
    }

    /// The documents that the number may belong to.
    private static func papers(_ typed: String) throws -> [IDNumber] {
        let papers = IDNumber.all(typed)
        if papers.isEmpty, let failure = IDNumber.objection(to: typed) { throw failure }
        return papers
    }

    private func find(_ papers: [IDNumber], _ installation: Installation) async throws -> ID<Person> {
        let found = try await installation.registry.holders(of: papers)
        guard let first = found.first else { throw Failure.noPerson(nil) }
        guard found.count == 1 else {
            throw Failure(
                .badInput, "person.papers",
                "有 \(found.count) 人的证件是这个号码，证件类型不同：人员 \(found.map(\.description).joined(separator: "、"))。请改写人员编号。",
                en: "\(found.count) people have this number on different documents. Write the person's number.")
        }
        return first
    }
}
