import Foundation
import Testbed
import Testing

/// The site is started, queried and stopped.
@Suite struct ServeCommandTests {
    @Test func theSiteServesUntilItIsStopped() async throws {
        try await withFolder { folder in
            let program = Program(folder: folder)
            try #require(program.run("migrate").code == 0)
            let (server, output, log) = (program.process(["serve", "--port", "0"]), Pipe(), Pipe())
            (server.standardOutput, server.standardError) = (output, log)
            try server.run()
            let first = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let address = first.trimmingCharacters(in: .whitespacesAndNewlines)
            let port = try #require(address.split(separator: ":").last.map { String($0) })
            #expect(address == "http://127.0.0.1:\(port)")
            #expect(try Self.asked(address + "/").contains("<title>首页 · 学时</title>"))
            let second = try program.run("serve", "--port", port)
            #expect(second.code == 3)
            #expect(second.lines.count == 1 && second.lines[0].hasSuffix("[serve.port]"), "\(second.lines)")
            server.terminate()
            server.waitUntilExit()
            #expect(server.terminationStatus == 0 && server.terminationReason == .exit)
            let told = String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(!told.contains("warning"), "\(told)")
        }
    }

    @Test func theFirstAccountIsCreated() async throws {
        try await withFolder { folder in
            let program = Program(folder: folder)
            try #require(program.run("migrate").code == 0)
            let opened = try program.run("account", "add", "--role", "administrator", "--login", "admin")
            #expect(opened.last == "account: account=1")
            #expect(opened.lines.contains { $0.contains("初始密码") })
            let reset = try program.run("account", "reset", "--login", "admin")
            #expect(
                reset.last == "reset: account=1" && reset.lines.contains { $0.contains("初始密码") || $0.contains("First") }
            )
            let granted = try program.run("account", "grant", "--login", "admin", "--role", "bureau")
            #expect(granted.last == "grant: account=1")
            let revoked = try program.run("account", "revoke", "--login", "admin", "--role", "bureau")
            #expect(revoked.last == "revoke: account=1")
            #expect(try program.run("account", "grant", "--login", "admin", "--role", "professional").code == 2)
            #expect(try program.run("account", "reset", "--person", "999").lines.contains { $0.contains("[person") })
            let again = try program.run("account", "add", "--role", "administrator", "--login", "admin")
            #expect(again.code == 2 && again.lines.contains { $0.contains("[account.taken]") })
            #expect(again.lines.contains { $0.contains("account reset") && $0.contains("account grant") })
            let taken = try program.run("account", "revoke", "--login", "admin", "--role", "bureau")
            #expect(taken.code == 2 && taken.lines.contains { $0.contains("[account.role-not-held]") })
            let king = try program.run("account", "add", "--role", "king", "--login", "king")
            #expect(king.lines.joined(separator: " ").contains("authority, bureau, board"))
            let wrong = [
                ["--role", "king", "--login", "k"], ["--role", "authority"], ["--role", "bureau", "--person", "1"],
            ]
            for words in wrong { #expect(try program.run(["account", "add"] + words).code == 2) }
        }
    }

    private static func asked(_ address: String) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "--max-time", "10", address]
        process.standardOutput = pipe
        try process.run()
        defer { process.waitUntilExit() }
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
