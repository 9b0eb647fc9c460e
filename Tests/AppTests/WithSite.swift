import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testbed

@testable import App
@testable import People

/// Passes the whole site over a new installation.
func withSite(
    _ body: @escaping @Sendable (any TestClientProtocol, Installation) async throws -> Void
) async throws {
    try await withFolder { folder in
        let installation = try await Installation.open(folder: folder.path, database: nil)
        defer { installation.close() }
        let application = try buildApplication(installation, SiteConfiguration())
        try await application.test(.router) { try await body($0, installation) }
    }
}

/// Sends a form.
func post(
    _ client: any TestClientProtocol, _ uri: String, _ body: String, _ cookie: String = "", referer: String = ""
) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, text: String) {
    let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .cookie: cookie, .referer: referer]
    return try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body)) {
        ($0.status, $0.headers, String(buffer: $0.body))
    }
}

/// A page as the user with the cookie sees it.
func page(
    _ client: any TestClientProtocol, _ uri: String, _ cookie: String = ""
) async throws -> (status: HTTPResponse.Status, text: String) {
    try await client.execute(uri: uri, method: .get, headers: [.cookie: cookie]) {
        ($0.status, String(buffer: $0.body))
    }
}

extension Installation {
    /// Opens an account with its own password and signs it in; its login is `bureau`.
    func signedIn(_ role: AccountRole, password: String) async throws -> String {
        let accounts = Accounts(database, people)
        let opened = try await accounts.open("bureau", name: "市局", role)
        let first = try await accounts.signIn(opened.login, opened.password, device: "").token
        return "session=" + (try await accounts.change(first, from: opened.password, to: password))
    }
}
