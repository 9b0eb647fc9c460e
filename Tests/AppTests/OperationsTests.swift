import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import Testbed
import Testing

@testable import App
@testable import Web

/// Health, readiness and gauges for the operator.
@Suite struct OperationsTests {
    @Test func healthReadinessAndMetricsAreServed() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            let application = try buildApplication(installation, SiteConfiguration())
            try await application.test(.router) { client in
                func ask(_ uri: String, _ headers: HTTPFields = [:]) async throws -> (HTTPResponse.Status, String) {
                    try await client.execute(uri: uri, method: .get, headers: headers) {
                        ($0.status, String(buffer: $0.body))
                    }
                }
                #expect(try await ask("/health") == (.ok, "ok\n"))
                #expect(try await ask("/ready") == (.ok, "ready\n"))
                _ = try await ask("/v/MCMT2GJ4Y74DCKO4")
                _ = try await ask("/somebody's text")
                let figures = try await ask("/metrics").1
                for line in [
                    #"xueshi_answers_total{method="GET",route="/v/{0}",status="404"} 1"#,
                    #"xueshi_answers_total{method="GET",route="NotFound",status="404"} 1"#,
                    "xueshi_answer_seconds_count", "xueshi_jobs_open 0", "xueshi_years_closing 0",
                ] {
                    #expect(figures.contains(line), "\(line)")
                }
                #expect(!figures.contains("somebody"))
                let away = try await ask("/metrics", [try #require(HTTPField.Name("X-Forwarded-For")): "203.0.113.7"])
                #expect(away.0 == .notFound)
                installation.close()
                let gone = try await ask("/ready")
                #expect(gone.0 == .serviceUnavailable && gone.1.contains("web.not-ready"))
            }
        }
    }

    @Test func aLogMessageIsALineOfJSON() {
        let line = JSONLog.line(.info, "answered", ["a": "1"], ["route": "/v/{0}", "a": "2\n"], at: 7)
        #expect(line == #"{"a":"2\n","level":"info","message":"answered","route":"/v/{0}","time":"7"}"#)
    }
}
