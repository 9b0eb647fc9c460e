import App
import ArgumentParser
import Foundation

struct StartBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Time to the first response, compared with a server with one route in the same program.",
        discussion: "Run it in the folder of Samples and Policies. Example: xueshi bench start --runs 10")
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of starts of each.") var runs = 10
    @Option(help: "Number of people in the city.") var people = 200

    func validate() throws {
        try bounded("--runs", runs, 1...1000)
        try bounded("--people", people, 1...5_000_000)
    }

    func run() async throws {
        try await answering(json) {
            try await withScratch { folder in
                let installation = try await Installation.open(folder: folder, database: nil)
                _ = try await Demo(installation, seed: 1).fill(
                    people: people, samples: "Samples", policies: "Policies/taian")
                installation.close()
                return try measure(folder)
            }
        }
    }

    /// Measures one of each in turn, so that disturbances affect both.
    private func measure(_ folder: String) throws -> CommandOutput {
        let serving = ["serve", "--port", "0", "--data", folder, "--database", "sqlite:\(folder)/xueshi.db"]
        var (bare, ready, memory): ([Double], [Double], [Int]) = ([], [], [])
        for _ in 0..<runs {
            bare.append(try start(["bench", BareServerCommand.name]).milliseconds)
            let own = try start(serving)
            ready.append(own.milliseconds)
            memory.append(own.memory)
        }
        let (alone, whole) = (median(bare), median(ready))
        return CommandOutput(
            "start",
            lines: [
                "bare: \(spread(bare)) ms; ready: \(spread(ready)) ms: from starting to the response of /health",
                "ready has read its \(people) people's database, its policies' numbers, templates and assets",
            ],
            [
                "bare": String(format: "%.1f", alone), "ready": String(format: "%.1f", whole),
                "ratio": figure(whole / alone), "rss": memory.max() ?? 0,
            ])
    }

    private func start(_ words: [String]) throws -> (milliseconds: Double, memory: Int) {
        let begun = ContinuousClock.now
        let served = try ServerProcess(words)
        defer { served.stop() }
        _ = try LoadClient(port: served.port, clients: 1, isAwake: false).fetch(LoadClient.request("/health"))
        return ((ContinuousClock.now - begun).inSeconds * 1000, served.memory)
    }

    private func median(_ times: [Double]) -> Double {
        let sorted = times.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    private func spread(_ times: [Double]) -> String {
        String(format: "%.1f to %.1f", times.min() ?? 0, times.max() ?? 0)
    }
}

/// The baseline for the start of the site.
struct BareServerCommand: AsyncParsableCommand {
    static let name = "bare-server"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "A server with one route.", shouldDisplay: false)

    func run() async throws {
        try await serveBare { port in say("http://127.0.0.1:\(port)") }
    }
}
