import Database
import Foundation
import Kernel
import Testbed
import Testing

/// kill -9 in the middle: nothing acknowledged is missing, nothing half done, and the same command completes it.
@Suite struct KillTests {
    private static let kills = Program.isLong ? 20 : 3

    @Test(arguments: Engine.allCases) func importSettleAndIssueSurviveKill(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                try program.prepare()
                let lists = try Lists(folder: folder, people: 600)
                try kill(program, ["import", "people", lists.people], Self.kills)
                let people = try program.run("import", "people", lists.people)
                #expect(people.figure("rows") == "600")
                #expect(people.figure("failed") == "0")
                try kill(program, ["import", "hours", lists.hours], Self.kills)
                #expect(try program.run("ledger", "verify").figure("broken") == "0")
                #expect(try program.run("settle", "--year", "2022", "--check").figure("differing") == "0")
                let hours = try program.run("import", "hours", lists.hours)
                #expect(hours.figure("rows") == "1200")
                #expect(try program.run("import", "hours", lists.hours).figure("unchanged") == "1200")
                try kill(program, ["settle", "--year", "2022"], Self.kills)
                let settled = try program.run("settle", "--year", "2022")
                #expect(settled.figure("people") == "600")
                #expect(try program.run("settle", "--year", "2022", "--check").figure("differing") == "0")
                let audit = try program.run("ledger", "verify")
                #expect(audit.last.contains(#/chains=600 entries=1200 rows=\d+ broken=0/#))
                try issue(program)
            }
        }
    }

    /// Whatever was issued before a kill stays issued, once.
    private func issue(_ program: Program) throws {
        try #require(program.run("certificate", "publish", "Certificates/taian.yaml").code == 0)
        try kill(program, ["certificate", "issue", "--year", "2022"], Self.kills)
        let issued = try program.run("certificate", "issue", "--year", "2022")
        #expect(issued.figure("refused") == "0")
        let again = try program.run("certificate", "issue", "--year", "2022")
        #expect(again.last == "certificate: issued=0 unchanged=600 refused=0 due=0")
        #expect(try program.run("status").figure("due") == "0")
        #expect(try program.run("status", "export", program.folder.path + "/s.json").figure("superseded") == "0")
    }

    /// Starts the command again and again, and kills it at a different moment each time.
    private func kill(_ program: Program, _ words: [String], _ times: Int) throws {
        for turn in 0..<times {
            let process = program.process(words)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let end = ContinuousClock.now + .milliseconds(60 + (turn * 137) % 700)
            while process.isRunning, ContinuousClock.now < end { sched_yield() }
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }
}
