import App
import ArgumentParser
import Documents
import Kernel
import People
import Registry
import Synchronization

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: words("把数据库升级到本程序的结构；没有数据库时新建", "Update the database to this program's schema, or create it."),
        discussion: words("示例：xueshi migrate --data ./data", "Example: xueshi migrate --data ./data"))
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
        commandName: "demo", abstract: words("在空库中建立虚构的示例城市", "Fill an empty database with an invented city."),
        discussion: words(
            "在 Samples 和 Policies 所在的目录运行。示例：xueshi demo --people 2000 --seed 1",
            "Run it in the folder of Samples and Policies. Example: xueshi demo --people 2000 --seed 1"))
    @OptionGroup var place: InstallationOptions
    @Option(help: .words("人数", "Number of people.")) var people = 2000
    @Option(help: .words("种子；种子相同，城市相同", "The same seed gives the same city.")) var seed = 1
    @Option(help: .words("示例名单所在的目录", "The folder of the sample lists with the named people.")) var samples = "Samples"
    @Option(help: .words("2018 至 2022 年政策所在的目录", "The folder of the policies of 2018 to 2022."))
    var policies = "Policies/taian"

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
        commandName: "import",
        abstract: words(
            "导入名单：.xlsx 或 .csv（UTF-8 或 GB18030），表头用中文",
            "Import a list: .xlsx or .csv (UTF-8 or GB18030), headers in Chinese."),
        subcommands: [PeopleList.self, HoursList.self, PlacesList.self])

    struct Options: ParsableArguments {
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("名单，.xlsx 或 .csv", "The list, .xlsx or .csv.")) var file: String
        @Flag(help: .words("试运行：只看结果，不写入", "Show what would happen; write nothing.")) var dryRun = false
        @Option(help: .words("把未导入的行连同原因另存为这个 .xlsx", "Write the failed rows with their reasons to this .xlsx."))
        var failures: String?

        func validate() throws {
            guard let failures else { return }
            try workbook(failures)
            if failures == file {
                throw ValidationError(words("--failures 不能写到名单文件本身。", "--failures would write over the list itself."))
            }
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
                var lines = report.failures.prefix(20).map { words($0.sentence) }
                if report.failures.count > 20 {
                    lines.append(
                        words(
                            "……共 \(report.failures.count) 行未导入，加 --failures 文件.xlsx 可另存全部",
                            "… \(report.failures.count) rows in all were not imported; --failures OUT.xlsx has them all"
                        ))
                }
                lines += report.noteTexts.prefix(20).map { words($0) }
                if report.notes.count > 20 {
                    lines.append(words("……提示共 \(report.notes.count) 条", "… \(report.notes.count) notes in all"))
                }
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
            commandName: "people", abstract: words("导入人员名单", "Import a list of people."),
            discussion: words(
                "示例：xueshi import people Samples/people.csv --dry-run",
                "Example: xueshi import people Samples/people.csv --dry-run"))
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
            commandName: "hours", abstract: words("导入学时清单", "Import a list of hours."),
            discussion: words(
                "示例：xueshi import hours Samples/hours.csv --failures failed.xlsx",
                "Example: xueshi import hours Samples/hours.csv --failures failed.xlsx"))
        @OptionGroup var options: Options
        @Option(
            help: .words(
                "清单所属的学习平台；编号在同一平台内不重复",
                "The learning platform of the list; its numbers (编号) are unique within the platform."))
        var platform: String?
        @Flag(help: .words("允许大量行减少已登记的学时", "Accept many rows that reduce hours that were credited before."))
        var replace = false

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
            commandName: "places", abstract: words("导入行政区划及其主管部门", "Import regions and their authorities."),
            discussion: words(
                "示例：xueshi import places Samples/places.csv", "Example: xueshi import places Samples/places.csv"))
        @OptionGroup var place: InstallationOptions
        @Argument(
            help: .words(
                "名单，列为代码、名称、主管部门、综合管理（管理整个地区的填“是”）",
                "The list: 代码, 名称, 主管部门, 综合管理 (是 for the authority of a whole region).")) var file: String

        func run() async throws {
            try await place.run(creating: true) { installation in
                let report = try await PlacesImport(installation).run(file)
                return CommandOutput(
                    report, lines: (report.failures.map(\.sentence) + report.noteTexts).map { words($0) })
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
        commandName: "template",
        abstract: words("生成待填的工作簿模板：people 人员或 hours 学时", "Write the workbook to fill: people or hours."),
        discussion: words("示例：xueshi template people people.xlsx", "Example: xueshi template people people.xlsx"))
    @OptionGroup var place: InstallationOptions
    @Argument(help: .words("people 人员名单或 hours 学时清单", "people or hours")) var list: List
    @Argument(help: .words("输出的 .xlsx 文件", "The .xlsx to write.")) var output: String

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
        commandName: "export", abstract: words("把清单导出为文件", "Write a list to a file."),
        subcommands: [Standings.self, Ledger.self])

    struct Standings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "standings", abstract: words("全体人员的年度结果", "Everybody's standing in a year."),
            discussion: words(
                "示例：xueshi export standings --year 2022 standings.xlsx，也可写 standings.csv",
                "Example: xueshi export standings --year 2022 standings.xlsx, or … standings.csv"))
        @OptionGroup var place: InstallationOptions
        @Option(help: .words("年度", "The year."), transform: readYear) var year: Year
        @Argument(help: .words("输出的 .xlsx 或 .csv 文件", "The .xlsx or .csv to write.")) var output: String

        func validate() throws { try workbookOrList(output) }

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
            commandName: "ledger", abstract: words("某人的全部学时明细，含冲销", "Every entry of a person, including reversals."),
            discussion: words(
                "示例：xueshi export ledger --person 1 ledger.xlsx", "Example: xueshi export ledger --person 1 ledger.xlsx"
            ))
        @OptionGroup var place: InstallationOptions
        @Option(
            help: .words("人员编号；写 - 则从标准输入读取证件号码", "The person's number, or - to read an ID number from standard input.")
        ) var person: String
        @Argument(help: .words("输出的 .xlsx 文件", "The .xlsx to write.")) var output: String

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
        commandName: "people", abstract: words("合并同一人的两个编号", "Merge two numbers of one person."),
        subcommands: [Merge.self, Unmerge.self])

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge",
            abstract: words(
                "把一个人员编号并入另一个，原有记录不改写", "Make one person number an alias of another; nothing is rewritten."),
            discussion: words(
                "示例：xueshi people merge 7 3 --reason 身份证号更正前后两次登记",
                "Example: xueshi people merge 7 3 --reason 'registered twice, before and after a correction'"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("被并入的编号", "The number that becomes an alias.")) var person: String
        @Argument(help: .words("保留的编号", "The number that stays.")) var target: String
        @Option(help: .words("原因，记入办理记录", "Why, for the record.")) var reason: String

        func validate() throws { try stated(reason) }

        func run() async throws {
            try await place.run { installation in
                let (one, other) = (
                    try await PersonArgument(person).find(installation),
                    try await PersonArgument(target).find(installation)
                )
                let lost = try await installation.registry.merge(one, into: other, reason: reason)
                return CommandOutput("people", lines: lost.map { words($0.words) }, ["merged": one, "into": other])
            }
        }
    }

    struct Unmerge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unmerge", abstract: words("撤销合并，恢复原状", "Undo a merge exactly."),
            discussion: words(
                "示例：xueshi people unmerge 7 --reason 经核实为两人",
                "Example: xueshi people unmerge 7 --reason 'they are two people'"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("已被并入的编号", "The number that was merged.")) var person: String
        @Option(help: .words("原因，记入办理记录", "Why, for the record.")) var reason: String

        func validate() throws { try stated(reason) }

        func run() async throws {
            try await place.run { installation in
                let one = try await PersonArgument(person).find(installation)
                let (from, lost) = try await installation.registry.unmerge(one, reason: reason)
                return CommandOutput("people", lines: lost.map { words($0.words) }, ["unmerged": one, "from": from])
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
