import App
import ArgumentParser
import Documents
import Foundation
import Kernel
import People
import Web

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the site.", discussion: "Example: xueshi serve --port 8080")
    @OptionGroup var place: InstallationOptions
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port; 0 for any free port.") var port = 8080
    @Option(help: "The public address behind a proxy: https://学时.example.") var address: String?
    @Option(help: "The title on every page: 泰安市专业技术人员继续教育.") var city: String?
    @Option(help: "The authority in the page footer.") var authority: String?
    @Option(help: "The number of the hotline.") var hotline: String?
    @Option(help: "The hours of the hotline.") var hotlineHours = "工作日"
    @Option(help: "Certificates that one address may check per minute; a school may share one address.")
    var checksPerMinute = SiteConfiguration.checksPerMinute
    @Option(help: "The time limit in seconds for a database query of a page; 0 for no limit.")
    var statementSeconds = SiteConfiguration.statementSeconds
    @Flag(help: "Write one line of JSON per response to standard error.") var logRequests = false

    func validate() throws {
        try bounded("--port", port, 0...65_535)
        try bounded("--checks-per-minute", checksPerMinute, 1...1_000_000)
        try bounded("--statement-seconds", statementSeconds, 0...86_400)
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
