import People
import Web

/// The access table: one line for each route, for reviewers to read. A path names its objects: {person}, {job} and
/// {request} are open only to their owners and to actors with them in their scope, {certificate} only with its person.
/// A route without a line fails the test.
enum AccessRules {
    static let all: [AccessRule] = open + ownThings + officers + bureau + auditor + administrator + programs

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
        AccessRule("POST /verify/file", .everybody, asked: .upload, gives: 400),
        AccessRule("GET /v/{number}", .everybody),
        AccessRule("POST /v/{number}", .everybody, asked: .form("code=x"), gives: 200),
        AccessRule("POST /v/{number}/name", .everybody, asked: .form("name=x"), gives: 200),
        AccessRule("GET /assets/{asset}", .everybody),
        AccessRule("GET /manifest.webmanifest", .everybody),
        AccessRule("POST /text-size", .everybody, asked: .form("size=large"), gives: 303),
        AccessRule("GET /health", .everybody),
        AccessRule("GET /ready", .everybody),
        // Only requests from the machine itself may read it, not those through a proxy.
        AccessRule("GET /metrics", .nobody),
        AccessRule("GET /sign-in", .everybody),
        AccessRule("GET /sign-in/kept", .everybody),
        AccessRule("POST /sign-in", .everybody, asked: .signIn, gives: 403),
        AccessRule("POST /sign-out", .everybody, gives: 303),
    ]

    private static let ownThings: [AccessRule] = [
        // Also users who must replace a first password; nothing else is open to them.
        AccessRule("POST /sign-in/kept", .newcomersToo, gives: 200),
        AccessRule("GET /account/password", .newcomersToo),
        AccessRule("POST /account/password", .newcomersToo, asked: .password, gives: 400),
        AccessRule("GET /account", .signedIn),
        AccessRule("POST /account/role", .signedIn, asked: .roles, gives: 303),
        AccessRule("GET /me", .signedIn),
        AccessRule("GET /me/{year}", .professionals),
        AccessRule("GET /me/where", .professionals),
        AccessRule("GET /me/record", .professionals, asked: .numbers("skip")),
        AccessRule("GET /me/years", .professionals),
        AccessRule("GET /me/certificates", .professionals),
        AccessRule("GET /me/certificates/{certificate}", .professionals),
        AccessRule("GET /me/certificates/{certificate}/picture", .professionals),
        AccessRule("GET /me/certificates/{certificate}/code", .professionals),
        AccessRule("GET /jobs", .signedIn, asked: .numbers("before")),
        AccessRule("GET /jobs/{job}", .signedIn),
        AccessRule("GET /jobs/{job}/file", .signedIn),
    ]

    /// Employers, authorities and the bureau, for people in their scope.
    private static let officers: [AccessRule] = [
        AccessRule("GET /people", .officers, asked: .filters),
        AccessRule("GET /people/search", .officers),
        AccessRule("POST /people/search", .officers, asked: .people, gives: 200),
        AccessRule("GET /people/{person}/years/{year}", .officers),
        AccessRule("GET /people/{person}/years", .officers),
        AccessRule("GET /people/{person}/certificates/{certificate}", .officers),
        AccessRule("GET /people/{person}/record", .officers, asked: .numbers("skip")),
        AccessRule("GET /people/{person}/login", .authorities),
        AccessRule("POST /people/{person}/login", .authorities, asked: .form("mark=x&reason=本人到窗口办理"), gives: 409),
        AccessRule("GET /people/logins", .authorities),
        AccessRule("POST /people/logins", .authorities, asked: .unitsToOpen, gives: 303),
        AccessRule("GET /people/logins/revocation", .authorities),
        AccessRule("POST /people/logins/revocation", .authorities, gives: 404),
        // The jobs of the matrix are other ones, so they are refused or lead to the page of the job.
        AccessRule("GET /people/logins/{job}", .authorities),
        AccessRule("POST /people/logins/{job}/confirmation", .authorities, gives: 422),
        AccessRule("POST /people/logins/{job}/slips", .authorities, gives: 422),
        AccessRule("POST /people/logins/{job}/sheet", .authorities, gives: 422),
        AccessRule("POST /people/export", .officers, asked: .exports, gives: 303),
        AccessRule("POST /people/certificates", .officers, asked: .units, gives: 303),
        AccessRule("GET /import", .officers),
        AccessRule("POST /import", .officers, asked: .upload, gives: 303),
        AccessRule("GET /import/templates/{list}", .officers),
        AccessRule("POST /import/{job}/content", .officers, asked: .form("chosen=people"), gives: 422),
        AccessRule("POST /import/{job}/confirmation", .officers, gives: 422),
        AccessRule("GET /figures", .ofRegions),
        AccessRule("GET /requests", .authorities, asked: .numbers("before")),
        AccessRule("GET /requests/asked", .officers, asked: .numbers("before")),
        AccessRule("GET /requests/{request}", .authorities),
        AccessRule("POST /requests/{request}/completion", .authorities, gives: 303),
        // Without a reason, so that the request can still be completed.
        AccessRule("POST /requests/{request}/dismissal", .authorities, asked: .form("reason="), gives: 400),
    ]

    private static let bureau: [AccessRule] = [
        AccessRule("GET /years", .bureau),
        AccessRule("POST /years/{year}/preview", .bureau, gives: 303),
        AccessRule("GET /years/{year}/settlement", .bureau),
        AccessRule("POST /years/{year}/settlement", .bureau, gives: 303),
        AccessRule("GET /years/{year}/certificates", .bureau),
        AccessRule("POST /years/{year}/certificates", .bureau, gives: 303),
        AccessRule("GET /notices/new", .bureau),
        AccessRule("POST /notices", .bureau, asked: .form("title=x&body=y"), gives: 303),
        AccessRule("GET /notices/{notice}/withdrawal", .bureau),
        AccessRule("POST /notices/{notice}/withdrawal", .bureau, asked: .form("reason=x"), gives: 303),
    ]

    /// The audit log, for auditors, who have no administrative role.
    private static let auditor: [AccessRule] = [
        AccessRule("GET /audit", .auditor, asked: .words("act")),
        AccessRule("POST /audit/export", .auditor, asked: .form("query="), gives: 303),
    ]

    /// Accounts, tokens and the state of the system.
    private static let administrator: [AccessRule] = [
        AccessRule("GET /administration/state", .administrator),
        AccessRule("GET /administration/accounts", .administrator),
        AccessRule("POST /administration/accounts", .administrator, asked: .form("login=nobody"), gives: 400),
        AccessRule("GET /administration/account", .administrator),
        AccessRule("GET /administration/account/lock", .administrator),
        AccessRule("POST /administration/account/lock", .administrator, gives: 404),
        AccessRule("GET /administration/account/exit", .administrator),
        AccessRule("POST /administration/account/exit", .administrator, gives: 404),
        AccessRule(
            "POST /administration/account/password", .administrator, asked: .form("number=999999&reason=x"),
            gives: 404),
        AccessRule(
            "POST /administration/account/roles", .administrator, asked: .form("number=999999&role=bureau"),
            gives: 404),
        AccessRule("GET /administration/account/revocation", .administrator),
        AccessRule("POST /administration/account/revocation", .administrator, gives: 400),
        AccessRule("GET /administration/tokens", .administrator),
        AccessRule(
            "POST /administration/tokens", .administrator, asked: .form("login=nobody&name=x&days=9"), gives: 400),
        AccessRule("GET /administration/tokens/end", .administrator),
        AccessRule("POST /administration/tokens/end", .administrator, gives: 404),
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
        AccessRule("POST /api/v1/hours", .officers, asked: .hours, gives: 200),
        AccessRule("POST /api/v1/hours/lines", .officers, asked: .hours, gives: 200),
    ]
}

/// One line of the table.
struct AccessRule: Sendable {
    /// Who may use a route, before the object is checked.
    enum Who: Sendable {
        case everybody, newcomersToo, signedIn, professionals, officers, authorities, ofRegions, bureau, auditor,
            administrator, nobody
    }

    /// The content of the query or form.
    enum Asked: Sendable {
        case nothing, filters, exports, people, units, unitsToOpen, roles, certificates, upload, hours, signIn, password
        case words(String), numbers(String)
        /// A valid form.
        case form(String)
    }

    let method: String
    /// `/people/{person}/years/{year}`
    let path: String
    let who: Who
    let asked: Asked
    /// The status of the response to valid content from an actor with access. Every route that writes has one; the
    /// others show a page or lead to one.
    let gives: Int?

    init(_ route: String, _ who: Who, asked: Asked = .nothing, gives: Int? = nil) {
        let words = route.split(separator: " ").map(String.init)
        (method, path, self.who, self.asked, self.gives) = (words[0], words[1], who, asked, gives)
    }

    /// Takes a list, whose rows are refused one by one.
    var takesLines: Bool { path.hasSuffix("/hours/lines") }

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
        case .administrator: return role == .administrator
        case .nobody: return false
        }
    }
}
