import App
import ArgumentParser
import Documents
import Foundation
import Kernel
import People
import Web

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The site.", discussion: "Example: xueshi serve --port 8080")
    @OptionGroup var place: InstallationOptions
    @Option(help: "Where it listens.") var host = "127.0.0.1"
    @Option(help: "0 for any port that is free.") var port = 8080
    @Option(help: "Where people reach it, behind a proxy: https://学时.example.") var address: String?
    @Option(help: "What the head of every page says: 泰安市专业技术人员继续教育.") var city: String?
    @Option(help: "The authority that the foot names.") var authority: String?
    @Option(help: "The number of the hotline.") var hotline: String?
    @Option(help: "When the hotline answers.") var hotlineHours = "工作日"
    @Option(help: "How many certificates one address may check a minute; a school may have one address for all.")
    var checksPerMinute = SiteConfiguration.checksPerMinute
    @Option(help: "After how many seconds a query of the database ends that a page waits for; 0 for no limit.")
    var statementSeconds = SiteConfiguration.statementSeconds
    @Flag(help: "A line of JSON on standard error for each answer.") var logRequests = false

    func validate() throws {
        guard checksPerMinute > 0 else { throw ValidationError("--checks-per-minute is a number from 1.") }
        guard statementSeconds >= 0 else { throw ValidationError("--statement-seconds is a number from 0.") }
    }

    func run() async throws {
        try await place.run { installation in
            var installation = installation
            let host = host
            installation.reader = .child(programPath)
            JSONLog.install()
            var configuration = SiteConfiguration(host: host, port: port, address: address, logsRequests: logRequests)
            configuration.checksPerMinute = checksPerMinute
            configuration.statementSeconds = statementSeconds
            configuration.imprint.city = city ?? configuration.imprint.city
            configuration.imprint.authority = authority ?? configuration.imprint.authority
            configuration.imprint.hotline = hotline.map { Hotline(number: $0, hours: hotlineHours) }
            try await serve(installation.acting(as: .program("serve")), configuration) { port in
                say("http://\(host):\(port)")
            }
            return CommandOutput("serve")
        }
    }
}
