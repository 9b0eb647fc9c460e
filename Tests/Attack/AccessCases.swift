import Foundation
import Kernel
import People
import Testbed
import Web

@testable import Certificates

/// A value for a path or a form, and the objects that it refers to.
struct PathObject: Sendable {
    let text: String
    /// The person that it names, or whose certificate it is.
    var person: Int?
    var job: Int?
    var request: Int?
    /// The object exists, so users with access see it.
    var exists = true
}

/// A path with the objects that it refers to.
struct NamedPath: Sendable {
    let text: String
    let objects: [PathObject]
}

/// A request of the matrix: route, actor and content.
struct AccessCase: Sendable {
    let rule: AccessRule
    let actor: AccessActor
    let uri: String
    /// `nil` for a page that is only read.
    let form: String?
    let from: Sender
    /// By the access table.
    let mayPass: Bool
    /// An actor with access certainly gets the page: a plain read of an existing object.
    let isAnswered: Bool

    /// The origin that a browser reports for the request.
    enum Sender: CaseIterable, Sendable {
        case plain, ownPage, otherSite, otherOrigin

        var isOurs: Bool { self == .plain || self == .ownPage }
    }

    /// What the actor knows already: the request as sent and as decoded.
    var words: String {
        let sent = uri + " " + (form ?? "")
        let read = (sent + " " + sent.uppercased().replacing("-", with: "")).replacing("%FF", with: "")
        return sent + " " + (read.removingPercentEncoding ?? "")
    }

    var title: String { "\(actor.name): \(rule.method) \(uri) \(form ?? "") \(from)" }
}

/// All requests from the table and a city.
struct AccessCases: Sendable {
    let city: AccessCity
    let assets: [String]
    /// Whether all pairs of two values of a path are tried, and not only those with an existing object.
    let isWhole: Bool

    /// Invalid values; the router, the parsers of numbers and the database each check them.
    private static let odd = [
        "0", "-1", "%2B1", "1e3", "0x1", "9223372036854775807", "9223372036854775808", "99999999999999999999",
        "%EF%BC%91", "%D9%A1", "1%2F2", "..%2F1", "%2E%2E", "1%20", "%00", "1%00", "%27%20OR%201%3D1", "%FF", "abc",
        "%E5%B2%B3", String(repeating: "9", count: 400),
    ]

    /// Without `isWhole` a third of the cases, the same in each run, and all with a certain answer.
    func all(of actor: AccessActor) -> [AccessCase] {
        let all = AccessRules.all.flatMap { cases(of: $0, by: actor) }
        guard !isWhole else { return all }
        var dice = Mutator(seed: 17, words: [])
        return all.filter { dice.below(3) == 0 || $0.isAnswered }
    }

    private func cases(of rule: AccessRule, by actor: AccessActor) -> [AccessCase] {
        let paths = paths(of: rule)
        // A token on pages, or a cookie at the API, is tried once, because it is ignored there.
        if actor.isProgram != rule.isAPI, actor.role != nil, !isWhole {
            return paths.prefix(1).flatMap { self.cases(of: rule, at: $0, by: actor) }
        }
        return paths.flatMap { self.cases(of: rule, at: $0, by: actor) }
    }

    private func cases(of rule: AccessRule, at path: NamedPath, by actor: AccessActor) -> [AccessCase] {
        let isRead = rule.method == "GET"
        let exists = path.objects.allSatisfy(\.exists)
        let may = rule.isOpen(to: actor) && isTheirs(path.objects, actor, rule)
        return sent(rule).enumerated().flatMap { turn, words -> [AccessCase] in
            guard turn < 2 || exists || isWhole else { return [] }
            let senders: [AccessCase.Sender] = isRead ? [.plain, .otherSite] : AccessCase.Sender.allCases
            return senders.prefix(turn < 2 || isWhole ? 4 : 1).map { submitter in
                AccessCase(
                    rule: rule, actor: actor, uri: path.text + (isRead && !words.isEmpty ? "?" + words : ""),
                    form: isRead ? nil : words, from: submitter,
                    mayPass: may && (isRead || rule.isAPI || submitter.isOurs),
                    isAnswered: may && isRead && words.isEmpty && exists)
            }
        }
    }

    /// Whether the objects of the path belong to the actor or to people in the actor's scope.
    private func isTheirs(_ objects: [PathObject], _ actor: AccessActor, _ rule: AccessRule) -> Bool {
        let named = rule.pieces.filter { $0.hasPrefix("{") }
        var owner = rule.path.hasPrefix("/me/") ? actor.own : nil
        for (piece, object) in zip(named, objects) {
            switch piece {
            case "{person}":
                guard let person = object.person, actor.people.contains(person) else { return false }
                owner = person
            case "{certificate}": guard let person = object.person, person == owner else { return false }
            case "{request}": guard let request = object.request, actor.requests.contains(request) else { return false }
            case "{job}": guard let job = object.job, job == actor.job else { return false }
            default: break
            }
        }
        return true
    }
}

// MARK: - Paths

extension AccessCases {
    private func paths(of rule: AccessRule) -> [NamedPath] {
        let lists = rule.pieces.filter { $0.hasPrefix("{") }.map(objects)
        return combinations(lists).map { objects in
            var rest = objects[...]
            let texts = rule.pieces.map { $0.hasPrefix("{") ? rest.popFirst()?.text ?? "" : $0 }
            return NamedPath(text: "/" + texts.joined(separator: "/"), objects: objects)
        }
    }

    private func combinations(_ lists: [[PathObject]]) -> [[PathObject]] {
        let all = lists.reduce([[]]) { found, list in found.flatMap { one in list.map { one + [$0] } } }
        guard lists.count > 1, !isWhole else { return all }
        let firsts = lists.map { $0.first?.text }
        // An invalid value in one place is combined with valid ones in the others.
        return all.filter { objects in
            objects.allSatisfy(\.exists) || zip(objects, firsts).filter { $0.text != $1 }.count <= 1
        }
    }

    private func objects(_ piece: String) -> [PathObject] {
        there(piece) + Self.odd.map { PathObject(text: $0, exists: false) }
    }

    private func there(_ piece: String) -> [PathObject] {
        switch piece {
        case "{person}":
            return city.subjects.map { PathObject(text: "\($0.number)", person: $0.number) }
                + [PathObject(text: "0\(city.subjects[0].number)", person: city.subjects[0].number, exists: false)]
                + [PathObject(text: "999999", exists: false)]
        case "{certificate}", "{number}":
            let held = city.subjects.filter { !$0.certificate.isEmpty }
            let number = CertificateNumber(held.first?.certificate ?? "")?.grouped ?? ""
            return held.map { PathObject(text: $0.certificate, person: $0.number) }
                + [number, number.lowercased()].map {
                    PathObject(text: $0, person: held.first?.number, exists: false)
                } + [PathObject(text: "AAAABBBBCCCCDDDD", exists: false)]
        case "{job}":
            return city.actors.compactMap(\.job).map { PathObject(text: "\($0)", job: $0) }
                + [PathObject(text: "999999", exists: false)]
        case "{request}":
            return [PathObject(text: "\(city.request)", request: city.request)]
                + [PathObject(text: "999999", exists: false)]
        case "{year}":
            return ["2022", "2021", "2026"].map { PathObject(text: $0) }
                + ["1799", "9999", "02022", "+202"].map { PathObject(text: $0, exists: false) }
        case "{notice}": return [PathObject(text: "\(city.notice)"), PathObject(text: "999999", exists: false)]
        case "{policy}": return [PathObject(text: "taian-2022"), PathObject(text: "taian-1999", exists: false)]
        case "{source}": return [PathObject(text: "notice"), PathObject(text: "rules", exists: false)]
        case "{version}":
            return [PathObject(text: "\(city.version)")]
                + ["1", "99"].map { PathObject(text: $0, exists: false) }
        case "{list}": return ["people", "hours"].map { PathObject(text: $0) }
        case "{asset}": return assets.map { PathObject(text: $0) }
        default: return []
        }
    }
}

// MARK: - Queries and forms

extension AccessCases {
    /// First an empty form, then valid content, then content about others.
    private func sent(_ rule: AccessRule) -> [String] {
        let units = city.units.values.map(\.description).sorted()
        switch rule.asked {
        case .nothing: return [""]
        case .words(let name):
            return ["", "\(name)=", "\(name)=x", "\(name)=%25", "\(name)=%FF%00", "\(name)[]=1&\(name)=2"]
        case .numbers(let name): return ["", "\(name)=0", "\(name)=-1", "\(name)=x", "\(name)=99999999999999999999"]
        case .people:
            let words = city.subjects.flatMap { [$0.name, String($0.name.prefix(1)), $0.id, $0.phone, "\($0.number)"] }
            return ["", "words=", "words=%25", "words=_", "words=示例"].map(Self.encoded)
                + words.map { Self.encoded("words=\($0)") } + units.map { Self.encoded("words=山&unit=\($0)") }
        case .filters:
            let regions = ["370000", "370900", "370902", "370983", "370102", "x"]
            return [""] + units.map { "unit=\($0)&show=unit&show=missing" } + regions.map { "region=\($0)&show=unit" }
                + [
                    "year=2022&state=qualified", "sort=name", "after=1.1", "cursor=1.1&limit=200", "state=%00",
                    "limit=0",
                ]
        case .units: return [""] + units.map { "unit=\($0)&year=2022&name=x" }
        case .roles:
            return [""]
                + Role.allCases.flatMap { role in
                    ["role=\(role.rawValue)"] + units.map { "role=\(role.rawValue)&unit=\($0)" }
                }
        case .certificates: return [""] + city.subjects.map { "number=\($0.certificate)" } + ["number=%25"]
        case .password: return ["", "old=x&new=a&again=b"]
        case .upload: return ["", Self.upload]
        case .hours: return [""] + city.subjects.map { #"{"idNumber":"\#($0.id)","kind":"线上课程"}"# }
        }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: "!"..."~")) ?? text
    }

    /// A list with a header and no rows.
    static let upload =
        "--b\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\npeople\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
        + "姓名,身份证号\r\n--b--\r\n"
}
