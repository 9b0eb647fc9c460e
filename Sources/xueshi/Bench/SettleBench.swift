import App
import ArgumentParser
import Database
import Foundation
import Kernel
import Registry

struct SettleBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Checking and writing a year's standings, compared with the bare sum of the same entries.",
        discussion: """
            Run it in the folder of Samples and Policies.
            Example:    xueshi bench settle --people 1000000 --folder /var/tmp/million
            PostgreSQL: --database postgres:///xueshi_bench
            """)
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of people.") var people = 20_000
    @Option(help: "An empty PostgreSQL database, instead of SQLite.") var database: String?
    @Option(help: "The folder of the demo city, which is created if it is missing. Default: a temporary folder.")
    var folder: String?

    func validate() throws { try bounded("--people", people, 1...5_000_000) }

    func run() async throws {
        try await answering(json) {
            if let folder { return try await measure(in: folder) }
            return try await withScratch { try await measure(in: $0) }
        }
    }

    private func measure(in folder: String) async throws -> CommandOutput {
        let made = try await seconds { try await fill(folder + "/city") }
        if database == nil { try copy(folder + "/city", to: folder + "/measured") }
        let installation = try await Installation.open(
            folder: folder + (database == nil ? "/measured" : "/city"), database: database)
        defer { installation.close() }
        let year = Year(2022)
        sync()
        let (sums, sql) = try await secondOf { try await installation.database.read { try BenchStore($0).sums() } }
        forgetPeak()
        let (differing, check) = try await secondOf {
            try await installation.registry.check(year, progress: progress("check", every: 100_000)).differing
        }
        let audit = try await seconds { _ = try await installation.auditLedger() }
        let write = try await seconds {
            _ = try await installation.registry.settle(
                year, signRoot: { try await installation.writeRoot() }, progress: progress("settle", every: 100_000))
        }
        let peak = peakMemory
        guard differing == 0 else { throw Failure.benchDiffers(differing) }
        let entries = try await installation.registry.entryCount()
        return CommandOutput(
            "settle",
            lines: [
                "the city in \(figure(made)) s; \(sums) sums of a person and a subject",
                "write includes the signed root, but not the audit that settle begins with",
            ],
            [
                "entries": entries, "sql": figure(sql), "check": figure(check), "audit": figure(audit),
                "write": figure(write),
                "ratio": figure(check / sql), "ratio-write": figure(write / sql), "peak": peak,
            ])
    }

    private func fill(_ folder: String) async throws {
        let installation = try await Installation.open(folder: folder, database: database)
        defer { installation.close() }
        do {
            _ = try await Demo(installation, seed: 1).fill(
                people: people, samples: "Samples", policies: "Policies/taian",
                progress: progress("demo", every: 50_000))
        } catch let failure as Failure where failure.isSame(as: .notEmpty(0)) {
            writeToStderr("the existing city is measured")
        }
    }

    /// Measures a copy, so that the city can be measured again.
    private func copy(_ city: String, to folder: String) throws {
        if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: city, toPath: folder)
    }

    /// The result, and the seconds of the second run, when the files are in memory for both sides.
    private func secondOf<Made>(_ work: () async throws -> Made) async throws -> (made: Made, seconds: Double) {
        var made = try await work()
        let time = try await seconds { made = try await work() }
        return (made, time)
    }
}

extension Failure {
    fileprivate static func benchDiffers(_ count: Int) -> Failure {
        Failure(.damaged, "bench.differs", "核对有 \(count) 处不同。", en: "The check found \(count) that differ.")
    }
}
