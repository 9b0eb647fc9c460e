import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testbed
import Web

@testable import App
@testable import Jobs
@testable import People
@testable import Portal

/// The whole site with the named cast of the sample lists, for malicious officers.
struct OfficeClient: Sendable {
    let client: any TestClientProtocol
    let installation: Installation

    static let mill = "泰安示例机械有限公司"
    static let hospital = "新泰示例人民医院"
    /// At the hospital, in another county than the mill.
    static let stranger = (name: "徂松岩", id: "999999197811050037")
    /// At the mill.
    static let own = (name: "岳明远", id: "999999198503120018")

    func unit(_ name: String) async throws -> ID<Organisation> {
        try await installation.database.read { transaction in
            try required(OrganisationStore(transaction).byNumber().values.first { $0.name == name }).number
        }
    }

    func person(_ id: String) async throws -> Person? {
        let people = installation.people
        return try await installation.database.read { try PersonStore($0, people).find(IDNumber(id)) }
    }

    /// A signed-in officer with a role at a unit or authority.
    func officer(_ login: String, _ role: Role, at unit: String?) async throws -> Officer {
        let organisation = try await unit == nil ? nil : self.unit(unit ?? "")
        let accounts = Accounts(installation.database, installation.people, allowsDemo: true)
        let opened = try await accounts.open(login, name: login, AccountRole(role, at: organisation), isDemo: true)
        let token = try await accounts.signIn(login, Accounts.demoPassword, device: "").token
        return Officer(office: self, account: opened.number, cookie: "session=\(token)")
    }

    struct Officer: Sendable {
        let office: OfficeClient
        let account: ID<Account>
        let cookie: String

        typealias PageResponse = (status: HTTPResponse.Status, text: String)

        func get(_ uri: String) async throws -> PageResponse {
            try await office.client.execute(uri: uri, method: .get, headers: [.cookie: cookie]) {
                ($0.status, $0.headers[.location] ?? String(buffer: $0.body))
            }
        }

        func post(_ uri: String, _ form: String = "") async throws -> PageResponse {
            let headers: HTTPFields = [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"]
            return try await office.client.execute(
                uri: uri, method: .post, headers: headers, body: ByteBuffer(string: form)
            ) { ($0.status, $0.headers[.location] ?? String(buffer: $0.body)) }
        }

        /// Uploads a list. Returns the path of the dry run's page.
        func send(_ text: String) async throws -> String { try await upload(text, as: "a.csv").text }

        func upload(_ text: String, as name: String) async throws -> PageResponse {
            let body =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
                + "\(text)\r\n--b--\r\n"
            let headers: HTTPFields = [.cookie: cookie, .contentType: "multipart/form-data; boundary=b"]
            return try await office.client.execute(
                uri: "/import", method: .post, headers: headers, body: ByteBuffer(string: body)
            ) { ($0.status, $0.headers[.location] ?? String(buffer: $0.body)) }
        }

        /// The page of a job after all jobs have ended.
        func job(_ place: String) async throws -> String {
            while try await office.installation.jobs.counts().open > 0 { try await nextTurn() }
            return try await get(place).text
        }

        func confirm(_ place: String) async throws -> PageResponse {
            try await post(place.replacing("/jobs/", with: "/import/") + "/confirmation")
        }

        /// The report of a list's dry run.
        func tried(_ text: String) async throws -> String { try await job(send(text)) }

        /// The report of a list that is imported after its dry run.
        func taken(_ text: String) async throws -> String {
            let place = try await send(text)
            _ = try await job(place)
            return try await job(confirm(place).text)
        }
    }
}

func withOffice(
    system: SystemInputs = .real, _ body: @escaping @Sendable (OfficeClient) async throws -> Void
) async throws {
    try await withFolder { folder in
        let installation = try await Installation.open(folder: folder.path, database: nil, system: system)
        defer { installation.close() }
        _ = try await Demo(installation, seed: 1).fill(
            people: 0, samples: repository.path + "/Samples", policies: repository.path + "/Policies/taian",
            progress: { _ in })
        let application = try buildApplication(installation, SiteConfiguration())
        try await application.test(.router) { try await body(OfficeClient(client: $0, installation: installation)) }
    }
}
