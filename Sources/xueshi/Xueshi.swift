import ArgumentParser
import Kernel

/// 学时: the continuing education of professionals, from evidence to standing.
@main
struct Xueshi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xueshi",
        abstract: "Exact, explained credit hours for the continuing education of professionals (专业技术人员继续教育学时).",
        discussion: """
            Start with an empty city:  xueshi migrate && xueshi import places Samples/places.csv
            Publish a notice:          xueshi policy publish Policies/taian/2022.yaml
            See a person's year:       xueshi standing 1 --year 2022
            """,
        subcommands: [
            MigrateCommand.self, DemoCommand.self, PolicyCommand.self, ImportCommand.self, TemplateCommand.self,
            ExportCommand.self, PeopleCommand.self, StandingCommand.self, SettleCommand.self, LedgerCommand.self,
            StatusCommand.self, BenchCommand.self,
        ])
}
