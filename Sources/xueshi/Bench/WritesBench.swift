import ArgumentParser
import Database
import Foundation
import Kernel

struct WritesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writes",
        abstract: "Small durable writes per second with group commit, compared with single commits and PostgreSQL.",
        discussion: "Example: xueshi bench writes --clients 64 --seconds 3 --database postgres:///xueshi_bench")
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of concurrent writers.") var clients = 64
    @Option(help: "Seconds that each part runs.") var seconds = 3
    @Option(help: "An empty PostgreSQL database to compare with.") var database: String?

    func validate() throws {
        try bounded("--clients", clients, 1...10_000)
        try bounded("--seconds", seconds, 1...3600)
    }

    func run() async throws {
        try await answering(json) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "xueshi-bench-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let single = try await measure("sqlite:\(folder.path)/single.db", group: 1)
            let group = try await measure("sqlite:\(folder.path)/group.db", group: 256)
            var output = CommandOutput(
                "writes", lines: ["\(clients) clients, \(seconds) s each, synchronous=FULL"],
                [
                    "group": group.rate, "single": single.rate, "ratio": ratio(group.rate, single.rate),
                    "syncs-per-write": String(format: "%.3f", Double(group.syncs) / Double(max(1, group.writes))),
                ])
            if let database {
                output.figures.append(("postgres", "\(try await measure(database, group: 1).rate)"))
            }
            return output
        }
    }

    private func measure(_ url: String, group: Int) async throws -> (rate: Int, writes: Int, syncs: Int) {
        let database = try Database.open(DatabaseURL(url), group: group)
        defer { database.close() }
        try await database.migrate([BenchSchema.first])
        let before = database.syncs
        let clock = ContinuousClock()
        let start = clock.now
        let end = start.advanced(by: .seconds(seconds))
        let writes = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var count = 0
                    while clock.now < end {
                        let number = client * 10_000_000 + count
                        try await database.write { transaction in
                            try BenchStore(transaction).add(number, "source-\(number)")
                        }
                        count += 1
                    }
                    return count
                }
            }
            var sum = 0
            for try await count in group { sum += count }
            return sum
        }
        let elapsed = (clock.now - start).inSeconds
        return (Int(Double(writes) / elapsed), writes, database.syncs - before)
    }
}
