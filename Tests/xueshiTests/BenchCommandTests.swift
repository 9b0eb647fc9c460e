import Testbed
import Testing

/// Each benchmark runs on little data and ends with its line; its speed is not tested.
@Suite struct BenchCommandTests {
    private func figures(_ words: String...) async throws -> [Substring] {
        try await withFolder { folder in
            let run = try Program(folder: folder).run(["bench"] + words)
            #expect(run.code == 0, "\(run.lines)")
            return run.last.split(separator: " ").map { $0.prefix { $0 != "=" } }
        }
    }

    @Test func pagesPrintsItsFigures() async throws {
        let last = try await figures("pages", "--clients", "2", "--seconds", "1", "--people", "60")
        #expect(last == ["pages:", "empty", "year", "verify", "ratio-year", "ratio-verify", "p99"])
    }

    @Test func startPrintsItsFigures() async throws {
        #expect(
            try await figures("start", "--runs", "1", "--people", "20") == ["start:", "bare", "ready", "ratio", "rss"])
    }

    @Test func uploadsPrintsItsFigures() async throws {
        let last = try await figures("uploads", "--mebibytes", "1", "--at-once", "2")
        #expect(last == ["uploads:", "mebibytes", "bare", "sent", "ratio", "growth"])
    }

    @Test func reportPrintsItsFigures() async throws {
        let last = try await figures("report", "--rows", "60")
        #expect(last == ["report:", "rows", "xlsx", "xlsx-bare", "ratio-xlsx", "csv", "sql", "ratio-csv"])
    }
}
