import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Testing

@testable import App
@testable import People
@testable import Portal
@testable import Web

/// The API matches its document, and tokens permit what they state.
@Suite struct APITests {
    private func withAPI(
        _ body: @escaping @Sendable (any TestClientProtocol, Installation, String) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            _ = try await Demo(installation, seed: 1).fill(
                people: 20, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
                progress: { _ in })
            let office = try await installation.database.read {
                try OrganisationStore($0).authorities(named: "泰安市人力资源和社会保障局").first
            }
            _ = try await Accounts(installation.database, installation.people).open(
                "officer", name: "x", AccountRole(.bureau, at: try required(office).number))
            let token = try await Tokens(installation.database, installation.people).make(
                "test", for: "officer", [.people], days: 1)
            let application = try buildApplication(installation, SiteConfiguration())
            try await application.test(.router) { try await body($0, installation, token) }
        }
    }

    private struct APIResponse {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let json: [String: Any]
        var code: String { json["code"] as? String ?? "" }
    }

    private func ask(
        _ client: any TestClientProtocol, _ uri: String, _ token: String? = nil, tag: String? = nil
    ) async throws -> APIResponse {
        var headers = HTTPFields()
        headers[.authorization] = token.map { "Bearer \($0)" }
        headers[.ifNoneMatch] = tag
        return try await client.execute(uri: uri, method: .get, headers: headers) { response in
            let object = try? JSONSerialization.jsonObject(with: Data(Array(buffer: response.body)))
            return APIResponse(
                status: response.status, headers: response.headers,
                json: object as? [String: Any] ?? ["list": object as Any])
        }
    }

    /// The document has exactly the routes of the API, with their methods.
    @Test func theDocumentHasExactlyTheRoutesOfTheAPI() async throws {
        try await withAPI { client, installation, _ in
            let document = try await ask(client, "/api/v1/openapi.json").json
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            let told = paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) " + path.replacing(#/\{[a-z]+\}/#, with: "{}") }
            }
            let assets = try Assets(siteAssets)
            let site = try siteParts(installation, SiteConfiguration(), Views(siteViews, assets), assets).routes
            let routed = site.filter { $0.pattern.hasPrefix("/api/") && $0.pattern != "/api/v1/openapi.json" }
            let patterns = routed.map { "\($0.method) " + $0.pattern.replacing(#/\{[0-9]+\}/#, with: "{}") }
            #expect(told.sorted() == patterns.sorted())
            #expect(document["openapi"] as? String == "3.1.0")
            let names = paths.values.flatMap { $0.values.map { $0["operationId"] as? String ?? "" } }
            #expect(Set(names).count == told.count)
        }
    }

    /// Every request and response has a schema derived from its type, down to the last field.
    @Test func everyContentHasASchema() async throws {
        try await withAPI { client, _, _ in
            let document = try await ask(client, "/api/v1/openapi.json").json
            var schemas: [String: [String: Any]] = [:]
            func find(_ value: Any, at place: String) {
                if let list = value as? [Any] { for item in list { find(item, at: place) } }
                guard let object = value as? [String: Any] else { return }
                for (name, value) in object {
                    if name == "schema" { schemas[place] = value as? [String: Any] }
                    find(value, at: "\(place)/\(name)")
                }
            }
            find(document["paths"] as Any, at: "")
            #expect(schemas.count > 40)
            for (place, schema) in schemas {
                #expect(schema["type"] != nil || schema["$ref"] != nil, "\(place)")
            }
            let place = "//api/v1/hours/post"
            let item = try #require(schemas["\(place)/requestBody/content/application/json"])
            let fields = try #require(item["properties"] as? [String: [String: Any]])
            #expect(
                item["required"] as? [String] == ["idNumber", "kind"] && item["additionalProperties"] as? Bool == false)
            #expect(fields["idNumber"]?["type"] as? String == "string" && fields["facts"]?["anyOf"] != nil)
            let answer = try #require(schemas["\(place)/responses/200/content/application/json"])
            let outcome = (answer["properties"] as? [String: [String: Any]])?["outcome"]
            #expect(outcome?["enum"] as? [String] == ["created", "changed", "unchanged", "pending"])
            let year = schemas["//api/v1/people/{person}/years/{year}/get/responses/200/content/application/json"]
            let state = (year?["properties"] as? [String: [String: Any]])?["state"]
            #expect(state?["enum"] as? [String] == ["open", "closing", "settled"])
        }
    }

    @Test func peopleAreListedPageByPage() async throws {
        try await withAPI { client, _, token in
            var (names, cursor): ([Int], String) = ([], "")
            repeat {
                let page = try await ask(client, "/api/v1/people?year=2022&limit=7&cursor=\(cursor)", token)
                #expect(page.status == .ok)
                let people = page.json["people"] as? [[String: Any]] ?? []
                names += people.compactMap { $0["person"] as? Int }
                cursor = page.json["next"] as? String ?? ""
            } while !cursor.isEmpty
            #expect(names.count == 30 && Set(names).count == 30)
            let year = try await ask(client, "/api/v1/people/1/years/2022", token)
            let entries = year.json["entries"] as? [[String: Any]] ?? []
            #expect(entries.contains { $0["hours"] as? String == "41.66" })
            let tag = try #require(year.headers[.eTag])
            let again = try await ask(client, "/api/v1/people/1/years/2022", token, tag: tag)
            #expect(again.status == .notModified)
        }
    }

    /// The API gives the same as the page 学时去哪了.
    @Test func theAPIReturnsTheCreditStatusesOfThePage() async throws {
        try await withAPI { client, _, token in
            let path = "/api/v1/people/1/credit-statuses?words="
            let all = try await ask(client, path, token).json["list"] as? [[String: String]] ?? []
            #expect(all.count == 3 && all.allSatisfy { $0["holder"] == "已办完，不用谁再办" })
            let none = try await ask(client, path + "nothing", token).json["list"] as? [[String: String]] ?? []
            #expect(none.map { $0["cause"] } == ["not-brought"] && none[0]["counting"] == "uncounted")
            #expect(try await ask(client, "/api/v1/people/999/credit-statuses", token).code == "desk.not-in-scope")
        }
    }

    @Test func requestsWithoutPermissionAreRefused() async throws {
        try await withAPI { client, installation, token in
            let cases: [(String, String?, HTTPResponse.Status, String)] = [
                ("/api/v1/people", nil, .unauthorized, "web.token"),
                ("/api/v1/people", token + "x", .unauthorized, "web.token"),
                ("/api/v1/people?limit=0", token, .badRequest, "web.query"),
                ("/api/v1/people?limit=x", token, .badRequest, "web.query"),
                ("/api/v1/people?cursor=x", token, .badRequest, "api.cursor"),
                ("/api/v1/people?state=x", token, .badRequest, "api.state"),
                ("/api/v1/people/999/years/2022", token, .notFound, "desk.not-in-scope"),
                ("/api/v1/people/1/years/x", token, .notFound, "web.no-page"),
                ("/api/v1/certificates/x", nil, .notFound, "certificate.none"),
                ("/api/v1/policies/x", nil, .notFound, "policy.none"),
                ("/api/v1/nothing", nil, .notFound, "web.no-page"),
            ]
            for (uri, token, status, code) in cases {
                let response = try await ask(client, uri, token)
                #expect(response.status == status && response.code == code, "\(uri): \(response)")
                #expect(response.headers[.contentType]?.hasPrefix("application/problem+json") == true)
            }
            let tokens = Tokens(installation.database, installation.people)
            #expect(try await tokens.end(of: "officer") == 1)
            #expect(try await ask(client, "/api/v1/people", token).code == "web.token")
            let none = await #expect(throws: Failure.self) { try await tokens.end(of: "nobody") }
            #expect(none?.code == "account.unknown")
            let long = await #expect(throws: Failure.self) {
                try await tokens.make("x", for: "officer", [], days: 9999)
            }
            #expect(long?.code == "token.days")
            let bare = try await tokens.make("x", for: "officer", [], days: 1)
            #expect(try await ask(client, "/api/v1/people", bare).code == "web.permission")
        }
    }

    @Test func anExpiredTokenIsRefused() async throws {
        try await withFolder { folder in
            let installation = try await Installation.open(folder: folder.path, database: nil)
            defer { installation.close() }
            let people = installation.people
            _ = try await Accounts(installation.database, people).open(
                "officer", name: "x", AccountRole(.administrator, at: nil))
            let token = try await Tokens(installation.database, people).make("x", for: "officer", [.people], days: 1)
            let now = people.system.now
            func tokenPrincipal(after milliseconds: Int) async throws -> APIAuthenticator.TokenPrincipal? {
                let system = SystemInputs(now: { now() + milliseconds }, random: people.system.random)
                return try await Tokens(installation.database, People(keys: people.keys, system: system))
                    .tokenPrincipal(
                        token)
            }
            #expect(try await tokenPrincipal(after: 86_000_000) != nil)
            #expect(try await tokenPrincipal(after: 86_500_000) == nil)
        }
    }
}
