import Database
import Foundation
import HummingbirdTesting
import Kernel
import People
import Portal
import Registry
import Testbed
import Testing
import Web

@testable import App
@testable import Jobs

/// A feature that no other code knows: a table with codes, a page with a stylesheet, an API route, a job and its next
/// step, a gauge, a task, a credit status, a subscription to acts, messages with their channel, and background work.
private enum Greetings {
    struct Greeting: PageValue {
        let words: String
        static var fields: [String: Field<Greeting>] { ["words": .text { $0.words }] }
        static var sample: Greeting { Greeting(words: "你好") }
    }

    struct Told: Codable, Sendable { let words: String }

    static let table = AuthenticatedTable("greeting", key: ["number"], ["words"])
    static let schema = Migration(
        "greeting-1",
        "CREATE TABLE greeting (number INTEGER NOT NULL PRIMARY KEY, words TEXT NOT NULL, mac BLOB NOT NULL) STRICT")
    static let path: Path<> = Path("/greetings")
    static let apiPath: Path<> = Path("/api/v1/greetings")

    /// Passes messages on to the test.
    struct Channel: OutboxChannel {
        let key = "greeting"
        let sent: @Sendable (String) -> Void

        func send(_ message: OutboxMessage) async throws { sent(message.body) }
    }

    /// `folder` has its template and its stylesheet. `started` is called when its background work has begun,
    /// `sent` with each message.
    static func feature(
        _ folder: URL, sent: @escaping @Sendable (String) -> Void, _ started: @escaping @Sendable () -> Void
    ) -> Feature {
        let views = folder.appending(path: "Greetings.views")
        let style = folder.appending(path: "Greetings.assets/greeting.css")
        var feature = Feature("greetings", views: [views], assets: [style]) { context in
            let view: View<Greeting> = try context.views.view("greeting")
            let database = context.registry.database
            var site = FeatureSite(
                routes: [
                    .get(path, .everyone) { _ in
                        let count = try await database.read {
                            try $0.first("SELECT count(*) FROM greeting") { try $0.int(0) }
                        }
                        return .page(Page("问候", view.draw(Greeting(words: "你好 \(count ?? 0)"))))
                    }
                ], navigation: [NavigationItem("问候", path.link(), .everyone)])
            site.endpoints = [
                .get(apiPath, "Greetings.") { _ in Told(words: "你好 \(StatementLimit.current ?? .zero)") }
            ]
            site.gauges = { [Gauge("xueshi_greetings", "Greetings.", 7)] }
            site.followUp = { job in
                guard job.kind == "greet" else { return nil }
                return JobFollowUp("问候已送到。", button: "看问候", page: path.link())
            }
            site.pendingTasks = { _, _ in [PendingTask("待回复的问候", 2, path.link())].compactMap { $0 } }
            // Background work has no statement limit.
            site.background = { if StatementLimit.current == nil { started() } }
            return site
        }
        (feature.migrations, feature.tables) = ({ _ in [schema] }, [table])
        feature.creditStatuses = { _ in
            { query in
                guard query.matches("问候") else { return [] }
                return [
                    CreditStatus(
                        "greeting", .quoted("\(query.person) 号人员的问候还没有回复。"), .pending, holder: .quoted("接待室"),
                        act: .quoted("等接待室回复。"),
                        page: Breadcrumb("看问候", path.link()))
                ]
            }
        }
        feature.channels = { _ in [Channel(sent: sent)] }
        feature.subscriptions = { services in
            [
                ActSubscription("greetings", [.signIn], from: .first) { record, transaction in
                    try services.outbox.add(record.chain, to: "li@example.org", by: "greeting", transaction)
                    let count = try transaction.first("SELECT count(*) FROM greeting") { try $0.int(0) } ?? 0
                    try transaction.insert([count + 1, "你好"], into: table)
                }
            ]
        }
        feature.jobs = { [job($0)] }
        return feature
    }

    private static func job(_ services: Services) -> JobKind {
        JobKind("greet") { context in
            var result = JobResult()
            result.sentences = ["\(services.people.system.today.year) 年问候了第 \(context.job.number) 号。"]
            return JobOutcome(result)
        }
    }
}

@Suite struct FeatureTests {
    /// A feature needs one value in the list.
    @Test(.timeLimit(.minutes(5))) func aFeatureNeedsOneEntryInTheList() async throws {
        try await withFolder { folder in
            let template = #"<p>{{words}}</p><link rel="stylesheet" href="{{@greeting.css}}">"#
            for (name, text) in [("views/greeting.mustache", template), ("assets/greeting.css", "p { color: red }")] {
                let file = folder.appending(path: "Greetings." + name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            let (started, start) = AsyncStream<Void>.makeStream()
            let (messages, message) = AsyncStream<String>.makeStream()
            let installation = try await Installation.open(
                folder: folder.path + "/data", database: nil,
                features: features + [Greetings.feature(folder, sent: { message.yield($0) }) { start.finish() }])
            defer { installation.close() }
            let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
            let opened = try await accounts.open("bureau", name: "市局", AccountRole(.bureau, at: nil), isDemo: true)
            let session = try await accounts.signIn("bureau", Accounts.demoPassword, device: "")
            let own = try await signedInPerson(installation)
            let application = try buildApplication(installation, SiteConfiguration(port: 0))
            try await application.test(.live) {
                try await offers($0, session.token)
                try await tellsWhereHoursAre($0, own)
                // Two people signed in.
                var sent: Set<String> = []
                for await body in messages where sent.insert(body).inserted && sent.count == 2 { break }
                #expect(sent == ["account/1", "account/2"])
                let job = try await installation.jobs.order("greet", "问候", of: opened.number.number)
                try await runs($0, job, session.token)
            }
            for await _ in started {}
            try await checksRows(of: installation)
        }
    }

    /// The job runs, and its page has the result and the feature's next step.
    private func runs(_ client: any TestClientProtocol, _ job: ID<Job>, _ token: String) async throws {
        var shown = ""
        while !shown.contains("问候已送到。") { shown = try await page(client, "/jobs/\(job)", "session=\(token)").text }
        #expect(shown.contains(" 年问候了第 \(job) 号。") && shown.contains(#"href="/greetings">看问候</a>"#))
    }

    /// A row of the feature's table that was changed by another program is found.
    private func checksRows(of installation: Installation) async throws {
        #expect(try await installation.check().broken == 0)
        _ = try await installation.database.write { transaction in
            try transaction.execute("UPDATE greeting SET words = '走开' WHERE number = 1")
        }
        #expect(try await installation.check().broken == 1)
    }

    private func offers(_ client: any TestClientProtocol, _ token: String) async throws {
        let get = { (uri: String) in try await page(client, uri, "session=\(token)").text }
        // Two people signed in before the site was served: one greeting each, after the feature received the acts.
        while try await !get("/greetings").contains("<p>你好 2</p>") {}
        let shown = try await get("/greetings")
        #expect(shown.contains(">问候</a>"))
        let link = try required(shown.firstMatch(of: #/stylesheet" href="([^"]*greeting[^"]*)"/#)).1
        #expect(try await get(String(link)) == "p { color: red }")
        #expect(try await get("/api/v1/greetings") == #"{"words":"你好 30.0 seconds"}"#)
        #expect(try await get("/api/v1/openapi.json").contains("/api/v1/greetings"))
        #expect(try await get("/metrics").contains("xueshi_greetings 7"))
        #expect(try await get("/metrics").contains("xueshi_acts_unread "))
        #expect(try await get("/metrics").contains("xueshi_outbox_open "))
        #expect(try await get("/").contains(#"<a href="/greetings">待回复的问候</a>：2"#))
    }

    private func signedInPerson(_ installation: Installation) async throws -> String {
        let people = installation.people
        let accounts = Accounts(installation.database, people, allowsDemo: true)
        let id = try Cast.idNumber(of: "岳明远")
        let person = try await installation.database.write { try PersonStore($0, people).add("岳明远", id, phone: nil) }
        _ = try await accounts.open(for: person, isDemo: true)
        return try await accounts.signIn(id.text, Accounts.demoPassword, device: "").token
    }

    /// The page of hours includes the feature's credit statuses if they match the search.
    private func tellsWhereHoursAre(_ client: any TestClientProtocol, _ token: String) async throws {
        let get = { (words: String) in try await page(client, "/me/where?words=\(words)", "session=\(token)").text }
        let found = try await get("%E9%97%AE%E5%80%99")
        for words in [
            "<strong>1 号人员的问候还没有回复。</strong>", "<dt>是否计入</dt><dd>办结后确定</dd>",
            "<dt>当前环节</dt><dd>接待室</dd>", #"<dt>下一步</dt><dd>等接待室回复。 <a href="/greetings">看问候</a></dd>"#,
        ] {
            #expect(found.contains(words), "\(words)")
        }
        #expect(!(try await get("%E5%85%AC%E9%9C%80").contains("问候还没有回复")))
    }

    /// A program knows a credit status by its cause.
    @Test func causesOfCreditStatusesAreUnique() throws {
        let sources = URL(filePath: repository.path).appending(path: "Sources")
        let paths = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let made = #/(?:CreditStatus\(|self\.init\(|Cause =)\s*"([a-z-]+)"/#
        let causes = try paths.filter { $0.hasSuffix(".swift") }.flatMap { path -> [String] in
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            return text.contains("CreditStatus") ? text.matches(of: made).map { String($0.1) } : []
        }
        #expect(Set(causes).isSuperset(of: ["counted", "uncounted", "entered", "refused", "no-policy", "not-brought"]))
        #expect(Set(causes).count == causes.count, "\(causes.sorted())")
    }

    /// Names, tables, jobs and pages are unique among features.
    @Test func namesAndTablesAreUniqueAmongFeatures() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let assets = try Assets(siteAssets)
            let parts = try siteParts(installation, SiteConfiguration(), Views(siteViews, assets), assets)
            let routes = parts.routes.map { "\($0.method) \($0.pattern)" }
            let jobs = features.flatMap { $0.jobs(installation.services) }.map(\.key)
            let channels = installation.channels.map(\.key)
            for names in [features.map(\.name), Installation.schema.map(\.id), routes, jobs, channels] {
                #expect(Set(names).count == names.count)
            }
        }
    }
}
