import Database
import Foundation
import Kernel
import Testbed
import Testing

/// After kill -9 nothing acknowledged is missing, nothing is half done, and the same command completes the work.
@Suite struct KillTests {
    private static let kills = Program.isLong ? 20 : 3

    @Test(arguments: Engine.allCases) func importSettleAndIssueSurviveKills(_ engine: Engine) async throws {
        try await withFolder { folder in
            try await withDatabaseURL(engine) { url in
                let program = Program(folder: folder, database: url)
                var kills = Kills(program)
                try program.prepare()
                let lists = try Lists(folder: folder, people: 600)
                try kills.kill(["import", "people", lists.people], Self.kills)
                let people = try program.run("import", "people", lists.people)
                #expect(people.figure("rows") == "600")
                #expect(people.figure("failed") == "0")
                try kills.kill(["import", "hours", lists.hours], Self.kills)
                #expect(try program.run("ledger", "verify").figure("broken") == "0")
                #expect(try program.run("settle", "--year", "2022", "--check").figure("differing") == "0")
                let hours = try program.run("import", "hours", lists.hours)
                #expect(hours.figure("rows") == "1200")
                #expect(try program.run("import", "hours", lists.hours).figure("unchanged") == "1200")
                try kills.kill(["settle", "--year", "2022"], Self.kills)
                let settled = try program.run("settle", "--year", "2022")
                #expect(settled.figure("people") == "600")
                #expect(try program.run("settle", "--year", "2022", "--check").figure("differing") == "0")
                let audit = try program.run("ledger", "verify")
                #expect(audit.last.contains(#/chains=600 entries=1200 rows=\d+ broken=0/#))
                try issue(program, &kills)
                try changeStates(program, &kills)
                print("attack: kills=\(kills.survived) lost=\(kills.lost)")
                #expect(kills.survived == Self.kills * 6 && kills.lost == 0)
            }
        }
    }

    /// Certificates issued before a kill stay issued, once.
    private func issue(_ program: Program, _ kills: inout Kills) throws {
        try #require(program.run("certificate", "publish", "Certificates/taian.yaml").code == 0)
        try kills.kill(["certificate", "issue", "--year", "2022"], Self.kills)
        let issued = try program.run("certificate", "issue", "--year", "2022")
        #expect(issued.figure("refused") == "0")
        let again = try program.run("certificate", "issue", "--year", "2022")
        #expect(again.last == "certificate: issued=0 unchanged=600 refused=0 due=0")
        #expect(try program.run("status").figure("due") == "0")
        #expect(try program.run("status", "export", program.folder.path + "/s.json").figure("superseded") == "0")
    }

    /// After a kill, a granted role or a revocation is complete or absent.
    private func changeStates(_ program: Program, _ kills: inout Kills) throws {
        let add = ["account", "add", "--role", "bureau", "--login", "officer"]
        try kills.kill(add, Self.kills)
        let added = try program.run(add)
        #expect(added.code == 0 || added.lines.contains { $0.contains("[account.taken]") }, "\(added.lines)")
        let list = try program.run("certificate", "list", "1").lines.joined(separator: " ")
        let number = try #require(list.firstMatch(of: #/(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}/#)).output
        let revoke = ["certificate", "revoke", String(number), "--reason", "误发"]
        try kills.kill(revoke, Self.kills)
        let revoked = try program.run(revoke)
        #expect(
            revoked.code == 0 || revoked.lines.contains { $0.contains("[certificate.revoked]") }, "\(revoked.lines)")
    }
}

/// Kills the program and counts what is found after each kill.
private struct Kills {
    private let program: Program
    private(set) var survived = 0
    /// The number of entries that a kill lost.
    private(set) var lost = 0
    private var entries = 0

    init(_ program: Program) { self.program = program }

    /// Starts the command repeatedly and kills it at a different moment each time. After each kill every chain, every
    /// row MAC and the state head outside the database must be intact.
    mutating func kill(_ words: [String], _ times: Int) throws {
        for turn in 0..<times {
            let process = program.process(words)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let end = ContinuousClock.now + .milliseconds(60 + (turn * 137) % 700)
            while process.isRunning, ContinuousClock.now < end { sched_yield() }
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let audit = try program.run("ledger", "verify")
            #expect(audit.code == 0 && audit.figure("broken") == "0", "after \(words), kill \(turn): \(audit.lines)")
            let found = audit.figure("entries").flatMap { Int($0) } ?? 0
            (survived, lost, entries) = (survived + 1, lost + max(0, entries - found), max(entries, found))
        }
    }
}
