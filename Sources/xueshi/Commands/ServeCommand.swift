import App
import ArgumentParser
import Documents
import Foundation
import Kernel
import People
import Web

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: words("启动网站", "Serve the site."),
        discussion: words("示例：xueshi serve --port 8080", "Example: xueshi serve --port 8080"))
    @OptionGroup var place: InstallationOptions
    @Option(help: .words("监听的地址", "The address to listen on.")) var host = "127.0.0.1"
    @Option(help: .words("端口；写 0 则任选空闲端口", "The port; 0 for any free port.")) var port = 8080
    @Option(
        help: .words(
            "反向代理之外的公开网址，如 https://xueshi.example", "The public address behind a proxy: https://xueshi.example."))
    var address: String?
    @Option(help: .words("每页的标题，如“泰安市专业技术人员继续教育”", "The title on every page.")) var city: String?
    @Option(help: .words("页脚中的主管部门", "The authority in the page footer.")) var authority: String?
    @Option(help: .words("咨询电话", "The number of the hotline.")) var hotline: String?
    @Option(help: .words("咨询电话的服务时间（默认“工作日”）", "The hours of the hotline; default: working days."))
    var hotlineHours: String?
    @Option(
        help: .words(
            "每个地址每分钟可核验的证书数；一所学校可能共用一个地址",
            "Certificates that one address may check per minute; a school may share one address."))
    var checksPerMinute = SiteConfiguration.checksPerMinute
    @Option(
        help: .words("页面查询数据库的时限（秒），0 为不限", "The time limit in seconds for a database query of a page; 0 for no limit.")
    )
    var statementSeconds = SiteConfiguration.statementSeconds
    @Flag(help: .words("每次响应向标准错误输出一行 JSON", "Write one line of JSON per response to standard error."))
    var logRequests = false

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
            configuration.imprint.hotline = hotline.map { Hotline(number: $0, hours: hotlineHours ?? "工作日") }
            try await serve(installation.acting(as: .program("serve")), configuration) { port in
                say("http://\(host):\(port)")
            }
            return CommandOutput("serve")
        }
    }
}
