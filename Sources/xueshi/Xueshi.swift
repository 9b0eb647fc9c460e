import ArgumentParser
import Foundation

@main
enum Main {
    /// Wrong usage exits with 2 instead of the parser's 64.
    static func main() async {
        // Written files are accessible to their owner only.
        umask(0o077)
        do {
            let command = try Xueshi.parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                var plain = command
                try plain.run()
            }
        } catch {
            let (code, text) = (Xueshi.exitCode(for: error), ParserText.text(for: error))
            if code.isSuccess { say(text) } else if !text.isEmpty { writeToStderr(text) }
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }
}

/// 学时: credit hours of professionals, from evidence to standing.
struct Xueshi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xueshi",
        abstract: words(
            "专业技术人员继续教育学时：认定准确，逐笔有依据",
            "Exact, explained credit hours for the continuing education of professionals."),
        discussion: words(
            """
            新建空库：    xueshi migrate && xueshi import places Samples/places.csv
            发布政策：    xueshi policy publish Policies/taian/2022.yaml
            查看个人年度：xueshi standing 1 --year 2022
            """,
            """
            Start with an empty city:  xueshi migrate && xueshi import places Samples/places.csv
            Publish a notice:          xueshi policy publish Policies/taian/2022.yaml
            See a person's year:       xueshi standing 1 --year 2022
            """),
        subcommands: [
            MigrateCommand.self, DemoCommand.self, PolicyCommand.self, ImportCommand.self, TemplateCommand.self,
            ExportCommand.self, PeopleCommand.self, StandingCommand.self, CreditStatusCommand.self,
            SettleCommand.self, LedgerCommand.self, CertificateCommand.self, VerifyCommand.self, VerifyPageCommand.self,
            KeysCommand.self, StatusCommand.self, ClockCommand.self, ServeCommand.self, AccountCommand.self,
            AuditCommand.self, BenchCommand.self, FilesCommand.self, ReadSheetCommand.self,
        ])
}
