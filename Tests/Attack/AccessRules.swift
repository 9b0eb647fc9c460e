import People
import Web

/// The access table: one line for each route, for reviewers to read. A path names its objects: {person}, {job} and
/// {request} are open only to their owners and to actors with them in their scope, {certificate} only with its person.
/// A route without a line fails the test.
enum AccessRules {
    static let all: [AccessRule] = open + ownThings + officers + bureau + auditor + programs

    private static let open: [AccessRule] = [
        AccessRule("GET /", .everybody),
        AccessRule("GET /style", .everybody),
        AccessRule("GET /style/confirmation", .everybody),
        AccessRule("GET /policies", .everybody),
        AccessRule("GET /policies/{policy}", .everybody),
        AccessRule("GET /policies/{policy}/{source}", .everybody, asked: .numbers("version")),
        AccessRule("GET /policies/{policy}/changes/{version}", .everybody),
        AccessRule("GET /notices", .everybody, asked: .numbers("before")),
        AccessRule("GET /notices/{notice}", .everybody),
        AccessRule("GET /verify", .everybody, asked: .certificates),
        AccessRule("POST /verify/file", .everybody, asked: .upload),
        AccessRule("GET /v/{number}", .everybody),
        AccessRule("POST /v/{number}", .everybody, asked: .words("code")),
        AccessRule("POST /v/{number}/name", .everybody, asked: .words("name")),
        AccessRule("GET /assets/{asset}", .everybody),
        AccessRule("GET /health", .everybody),
        AccessRule("GET /ready", .everybody),
        // Only requests from the machine itself may read it, not those through a proxy.
        AccessRule("GET /metrics", .nobody),
        AccessRule("GET /sign-in", .everybody),
        AccessRule("GET /sign-in/kept", .everybody),
        AccessRule("POST /sign-in", .everybody, asked: .words("login")),
        AccessRule("POST /sign-out", .everybody),
    ]

    private static let ownThings: [AccessRule] = [
        // Also users who must replace a first password; nothing else is open to them.
        AccessRule("POST /sign-in/kept", .newcomersToo),
        AccessRule("GET /account/password", .newcomersToo),
        AccessRule("POST /account/password", .newcomersToo, asked: .password),
        AccessRule("GET /account", .signedIn),
        AccessRule("POST /account/role", .signedIn, asked: .roles),
        AccessRule("GET /me", .signedIn),
        AccessRule("GET /me/{year}", .professionals),
        AccessRule("GET /me/where", .professionals),
        AccessRule("GET /me/record", .professionals, asked: .numbers("skip")),
        AccessRule("GET /me/years", .professionals),
        AccessRule("GET /me/certificates/{certificate}", .professionals),
        AccessRule("GET /me/certificates/{certificate}/code", .professionals),
        AccessRule("GET /jobs", .signedIn, asked: .numbers("before")),
        AccessRule("GET /jobs/{job}", .signedIn),
        AccessRule("GET /jobs/{job}/file", .signedIn),
    ]

    /// Employers, authorities and the bureau, for people in their scope.
    private static let officers: [AccessRule] = [
        AccessRule("GET /people", .officers, asked: .filters),
        AccessRule("GET /people/search", .officers),
        AccessRule("POST /people/search", .officers, asked: .people),
        AccessRule("GET /people/{person}/years/{year}", .officers),
        AccessRule("GET /people/{person}/years", .officers),
        AccessRule("GET /people/{person}/certificates/{certificate}", .officers),
        AccessRule("GET /people/{person}/record", .officers, asked: .numbers("skip")),
        AccessRule("GET /people/{person}/login", .authorities),
        AccessRule("POST /people/{person}/login", .authorities, asked: .words("mark")),
        AccessRule("POST /people/export", .officers, asked: .filters),
        AccessRule("POST /people/certificates", .officers, asked: .units),
        AccessRule("GET /import", .officers),
        AccessRule("POST /import", .officers, asked: .upload),
        AccessRule("GET /import/templates/{list}", .officers),
        AccessRule("POST /import/{job}/confirmation", .officers),
        AccessRule("GET /figures", .ofRegions),
        AccessRule("GET /requests", .authorities, asked: .numbers("before")),
        AccessRule("GET /requests/asked", .officers, asked: .numbers("before")),
        AccessRule("GET /requests/{request}", .authorities),
        AccessRule("POST /requests/{request}/completion", .authorities),
        AccessRule("POST /requests/{request}/dismissal", .authorities, asked: .words("reason")),
    ]

    private static let bureau: [AccessRule] = [
        AccessRule("GET /years", .bureau),
        AccessRule("POST /years/{year}/preview", .bureau),
        AccessRule("GET /years/{year}/settlement", .bureau),
        AccessRule("POST /years/{year}/settlement", .bureau),
        AccessRule("POST /years/{year}/certificates", .bureau),
        AccessRule("GET /notices/new", .bureau),
        AccessRule("POST /notices", .bureau, asked: .words("title")),
        AccessRule("GET /notices/{notice}/withdrawal", .bureau),
        AccessRule("POST /notices/{notice}/withdrawal", .bureau, asked: .words("reason")),
    ]

    /// The audit log, for auditors, who have no administrative role.
    private static let auditor: [AccessRule] = [
        AccessRule("GET /audit", .auditor, asked: .words("act")),
        AccessRule("POST /audit/export", .auditor, asked: .words("query")),
    ]

    /// Programs need a token. Cookies are ignored here, and tokens elsewhere.
    private static let programs: [AccessRule] = [
        AccessRule("GET /api/v1/openapi.json", .everybody),
        AccessRule("GET /api/v1/keys", .everybody),
        AccessRule("GET /api/v1/certificates/{number}", .everybody),
        AccessRule("GET /api/v1/policies", .everybody),
        AccessRule("GET /api/v1/policies/{policy}", .everybody),
        AccessRule("GET /api/v1/people", .officers, asked: .filters),
        AccessRule("GET /api/v1/people/lines", .officers, asked: .filters),
        AccessRule("GET /api/v1/people/{person}/years/{year}", .officers),
        AccessRule("GET /api/v1/people/{person}/credit-statuses", .officers, asked: .words("words")),
        AccessRule("POST /api/v1/hours", .officers, asked: .hours),
        AccessRule("POST /api/v1/hours/lines", .officers, asked: .hours),
    ]
}

/// One line of the table.
struct AccessRule: Sendable {
    /// Who may use a route, before the object is checked.
    enum Who: Sendable {
        case everybody, newcomersToo, signedIn, professionals, officers, authorities, ofRegions, bureau, auditor, nobody
    }

    /// The content of the query or form.
    enum Asked: Sendable {
        case nothing, filters, people, units, roles, certificates, upload, password, hours
        case words(String), numbers(String)
    }

    let method: String
    /// `/people/{person}/years/{year}`
    let path: String
    let who: Who
    let asked: Asked

    init(_ route: String, _ who: Who, asked: Asked = .nothing) {
        let words = route.split(separator: " ").map(String.init)
        (method, path, self.who, self.asked) = (words[0], words[1], who, asked)
    }

    var isAPI: Bool { path.hasPrefix("/api/") }

    var pieces: [String] { path.split(separator: "/").map(String.init) }

    /// The pattern in the router: `GET /people/{0}/years/{1}`.
    var route: String {
        var count = -1
        let pieces = pieces.map { piece in
            guard piece.hasPrefix("{") else { return "/" + piece }
            count += 1
            return "/{\(count)}"
        }
        return "\(method) " + pieces.joined()
    }

    func isOpen(to actor: AccessActor) -> Bool {
        let role = isAPI == actor.isProgram ? actor.role : nil
        guard let role else { return who == .everybody }
        guard !actor.isNew else { return [.everybody, .newcomersToo].contains(who) }
        switch who {
        case .everybody, .newcomersToo, .signedIn: return true
        case .professionals: return role == .professional
        case .officers: return [.employer, .authority, .bureau].contains(role)
        case .authorities: return [.authority, .bureau].contains(role)
        case .ofRegions: return actor.isOfRegion
        case .bureau: return role == .bureau
        case .auditor: return role == .auditor
        case .nobody: return false
        }
    }
}
