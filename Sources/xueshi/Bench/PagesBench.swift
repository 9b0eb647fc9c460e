import App
import ArgumentParser
import Certificates
import Foundation
import Kernel
import People

struct PagesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pages",
        abstract: "Pages per second over HTTP, compared with an empty response of the same server.",
        discussion: """
            The server is a separate process; the empty response is /health, which uses the same middleware.
            Run it in the folder of Samples, Policies and Certificates.
            Example: xueshi bench pages --clients 64 --seconds 5 --people 2000
            """)
    @Flag(help: "Print one JSON document.") var json = false
    @Option(help: "Number of connections.") var clients = 64
    @Option(help: "Seconds that each part runs.") var seconds = 5
    @Option(help: "Number of people in the city.") var people = 2000

    func validate() throws {
        try bounded("--clients", clients, 1...10_000)
        try bounded("--seconds", seconds, 1...3600)
        try bounded("--people", people, 1...5_000_000)
    }

    func run() async throws {
        try await answering(json) {
            try await withScratch { folder in
                let readers = try await prepare(folder)
                return try measure(folder, readers)
            }
        }
    }

    /// The requests: years of signed-in people, and numbers of certificates.
    private struct Readers {
        var years: [[UInt8]] = []
        var numbers: [[UInt8]] = []
        /// Texts that the first response of each must show.
        var shown = (year: "", number: "")
    }

    private func prepare(_ folder: String) async throws -> Readers {
        let installation = try await Installation.open(folder: folder, database: nil)
        defer { installation.close() }
        _ = try await Demo(installation, seed: 1).fill(people: people, samples: "Samples", policies: "Policies/taian")
        _ = try await installation.settle(Year(2022)) { _ in }
        let text = try String(contentsOfFile: "Certificates/taian.yaml", encoding: .utf8)
        _ = try await installation.certificates.publish(try CertificateForm(reading: text), dryRun: false)
        _ = try await installation.certificates.issue(Year(2022))
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        var readers = Readers()
        for number in try await installation.certificates.numbers(limit: 5000) {
            readers.numbers.append(LoadClient.request("/v/\(number.text)"))
            guard readers.years.count < max(1, min(50, people / 40)) else { continue }
            let certificate = try await installation.certificates.certificate(number).certificate
            let login = try await accounts.open(for: certificate.person, isDemo: true).login
            let token = try await accounts.signIn(login, Accounts.demoPassword, device: "").token
            if readers.years.isEmpty { readers.shown = (number.grouped, number.grouped) }
            readers.years.append(LoadClient.request("/me/2022", cookie: "session=\(token)"))
        }
        guard !readers.years.isEmpty else { throw Failure.benchServer("certificate issue") }
        return readers
    }

    private func measure(_ folder: String, _ readers: Readers) throws -> CommandOutput {
        let cores = CPUSet.own
        // The client has its own processor and the server has the others, so that neither slows the other down.
        let isParted = cores.count > 1 && FileManager.default.isExecutableFile(atPath: CPUSet.taskset)
        let (own, rest) = isParted ? ([cores[0]], Array(cores[1...])) : ([], [])
        let words = [
            "serve", "--port", "0", "--data", folder, "--database", "sqlite:\(folder)/xueshi.db",
            "--checks-per-minute", "1000000",
        ]
        let served = try ServerProcess(words, on: rest)
        defer { served.stop() }
        try CPUSet.keep(own)
        let client = try LoadClient(port: served.port, clients: clients, isAwake: isParted)
        let rates = try rates(client, readers)
        return CommandOutput(
            "pages",
            lines: [
                "\(readers.years.count) people, \(readers.numbers.count) certificates, \(clients) connections",
                "a year has \(rates.sizes.year) bytes, a verification \(rates.sizes.number)",
                "the server has \(served.memory) MiB",
                "at half the load, half of the years within \(rates.p50.year) ms and 99 % within \(rates.p99.year) ms",
                "and half of the verifications within \(rates.p50.number) ms and 99 % within \(rates.p99.number) ms",
            ],
            [
                "empty": rates.empty, "year": rates.year, "verify": rates.number,
                "ratio-year": ratio(rates.year, rates.empty), "ratio-verify": ratio(rates.number, rates.empty),
                "p99": max(rates.p99.year, rates.p99.number),
            ])
    }

    private struct Rates {
        var (empty, year, number) = (0, 0, 0)
        var sizes = (year: 0, number: 0)
        /// In milliseconds.
        var p50 = (year: 0.0, number: 0.0)
        var p99 = (year: 0.0, number: 0.0)
    }

    private func rates(_ client: LoadClient, _ readers: Readers) throws -> Rates {
        let empty = [LoadClient.request("/health")]
        guard try client.fetch(readers.years[0]).contains(readers.shown.year),
            try client.fetch(readers.numbers[0]).contains(readers.shown.number)
        else { throw Failure.benchServer("/me/2022") }
        var rates = Rates()
        for part in [empty, readers.years, readers.numbers] { _ = try client.closed(part, seconds: 0.5) }
        // Two rounds, so that a disturbance affects all three.
        let time = Double(seconds) / 2
        for _ in 0..<2 {
            rates.empty += try client.closed(empty, seconds: time)
            rates.year += try client.closed(readers.years, seconds: time)
            rates.sizes.year = client.size
            rates.number += try client.closed(readers.numbers, seconds: time)
            rates.sizes.number = client.size
        }
        (rates.empty, rates.year, rates.number) = (
            rates.empty / seconds, rates.year / seconds, rates.number / seconds
        )
        let years = try client.open(readers.years, perSecond: Double(rates.year) / 2, seconds: Double(seconds))
        let numbers = try client.open(readers.numbers, perSecond: Double(rates.number) / 2, seconds: Double(seconds))
        rates.p50 = (within(50, years), within(50, numbers))
        rates.p99 = (within(99, years), within(99, numbers))
        return rates
    }

    /// The percentile of the times, in milliseconds; `part` is the percentage.
    private func within(_ part: Int, _ times: [UInt64]) -> Double {
        guard !times.isEmpty else { return 0 }
        let time = times.sorted()[min(times.count - 1, times.count * part / 100)]
        return (Double(time) / 1e4).rounded() / 100
    }
}
