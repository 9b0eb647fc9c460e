import Foundation
import Kernel
import People
import Web

/// A query or form, and what it names.
struct AccessContent: Sendable {
    let text: String
    /// An actor who may send it gets the answer of the rule.
    var isValid = false
    var person: Int?
    var unit: ID<Organisation>?
    var role: AccountRole?

    /// Whether the named person, unit or role is in the actor's scope.
    func isTheirs(_ actor: AccessActor) -> Bool {
        person.map { actor.writable.contains($0) } ?? true && unit.map { actor.units.contains($0) } ?? true
            && role.map { actor.held == $0 } ?? true
    }

    static func valid(_ text: String) -> AccessContent { AccessContent(text: text, isValid: true) }
}

extension AccessCases {
    /// First an empty query or form, then valid content, then content about others.
    func contents(of rule: AccessRule, by actor: AccessActor) -> [AccessContent] {
        let units = city.units.values.sorted { $0.number < $1.number }
        switch rule.asked {
        case .upload: return [AccessContent(text: ""), .valid(Self.upload)]
        // A login of its own, since too many wrong passwords lock a login.
        case .signIn:
            return [AccessContent(text: ""), .valid(Self.encoded("login=\(actor.name)&password=x"))]
        // The two new passwords differ.
        case .password:
            let form = "old=\(Accounts.demoPassword)&new=a&again=b"
            return [AccessContent(text: ""), AccessContent(text: Self.encoded(form), isValid: !actor.isNew)]
        case .form(let form): return [AccessContent(text: ""), .valid(Self.encoded(form))]
        case .people:
            let words = city.subjects.flatMap { [$0.name, String($0.name.prefix(1)), $0.id, $0.phone, "\($0.number)"] }
            return ["", "words=", "words=%25", "words=_", "words=示例"].map { .valid(Self.encoded($0)) }
                + words.map { .valid(Self.encoded("words=\($0)")) }
                + units.map { .valid(Self.encoded("words=山&unit=\($0)")) }
        case .exports:
            return [AccessContent(text: ""), .valid("query=")]
                + filters().map { AccessContent(text: "query=" + Self.encoded($0, as: .alphanumerics)) }
        case .units:
            return [AccessContent(text: "")]
                + units.map { AccessContent(text: "unit=\($0)&year=2022", isValid: true, unit: $0) }
        // One own unit, since an account has at most 20 open jobs.
        case .unitsToOpen:
            let own = units.first { actor.units.contains($0) }
            return [AccessContent(text: "")]
                + units.filter { $0 == own || !actor.units.contains($0) }.map {
                    AccessContent(text: "unit=\($0)&reason=x", isValid: true, unit: $0)
                }
        case .roles:
            let roles = Role.allCases.flatMap { role in
                [AccountRole(role, at: nil)] + units.map { AccountRole(role, at: $0) }
            }
            return [AccessContent(text: "")]
                + roles.map { role in
                    let unit = role.organisation.map { "&unit=\($0)" } ?? ""
                    return AccessContent(text: "role=\(role.role.rawValue)" + unit, isValid: true, role: role)
                }
        case .hours:
            return [AccessContent(text: "")]
                + city.subjects.map { person in
                    AccessContent(
                        text: Self.course("\(actor.name) \(rule.path)", person), isValid: person.hasPolicy,
                        person: person.number)
                }
        default: return queries(rule.asked).enumerated().map { AccessContent(text: $1, isValid: $0 == 0) }
        }
    }

    /// Contents of which only the first, empty one certainly has an answer.
    private func queries(_ asked: AccessRule.Asked) -> [String] {
        switch asked {
        case .words(let name):
            ["", "\(name)=", "\(name)=x", "\(name)=%25", "\(name)=%FF%00", "\(name)[]=1&\(name)=2"]
        case .numbers(let name): ["", "\(name)=0", "\(name)=-1", "\(name)=x", "\(name)=99999999999999999999"]
        case .filters: [""] + filters()
        case .certificates: [""] + city.subjects.map { "number=\($0.certificate)" } + ["number=%25"]
        default: [""]
        }
    }

    private func filters() -> [String] {
        let regions = ["370000", "370900", "370902", "370983", "370102", "x"]
        return city.units.values.map(\.description).sorted().map { "unit=\($0)&show=unit&show=missing" }
            + regions.map { "region=\($0)&show=unit" }
            + [
                "year=2022&state=qualified", "sort=name", "after=1.1", "cursor=1.1&limit=200", "state=%00", "limit=0",
            ]
    }

    private static func encoded(
        _ text: String, as allowed: CharacterSet = CharacterSet(charactersIn: "!"..."~")
    ) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text }

    /// A list with a header and no rows.
    static let upload =
        "--b\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\npeople\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
        + "姓名,身份证号\r\n--b--\r\n"

    /// A passed course of a person, which no other actor has submitted.
    private static func course(_ name: String, _ person: Subject) -> String {
        #"{"idNumber":"\#(person.id)","kind":"线上课程","reference":"\#(name)-\#(person.number)","#
            + #""facts":{"课程名称":"\#(name)","provider":"示例平台","科目":"专业科目","课程年度":"2022","课程学时":"8","#
            + #""考试":"合格","passed-on":"2022-06-01"}}"#
    }
}
