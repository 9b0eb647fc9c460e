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
    /// Whether it may change anything. A list of which no row is the actor's passes and changes nothing.
    let mayChange: Bool
    /// The actor certainly gets the rule's answer: a plain request with valid content about an existing object.
    let isAnswered: Bool
    /// A plain request about an existing object, with an empty or with valid content. It is part of every run.
    let isKept: Bool

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

    /// Without `isWhole` all plain cases about existing objects and a sixth of the others, the same in each run. Those
    /// with a certain answer come first, before the actor has too many jobs.
    func all(of actor: AccessActor) -> [AccessCase] {
        let all = AccessRules.all.flatMap { cases(of: $0, by: actor) }
        var dice = Mutator(seed: 17, words: [])
        let some = isWhole ? all : all.filter { dice.below(6) == 0 || $0.isKept }
        return some.filter(\.isAnswered) + some.filter { !$0.isAnswered }
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
        return contents(of: rule, by: actor).enumerated().flatMap { turn, content -> [AccessCase] in
            guard turn < 2 || exists || isWhole else { return [] }
            let (words, isTheirs) = (content.text, content.isTheirs(actor))
            let senders: [AccessCase.Sender] = isRead ? [.plain, .otherSite] : AccessCase.Sender.allCases
            return senders.prefix(turn < 2 || isWhole ? 4 : 1).map { submitter in
                let mayPass =
                    may && (isTheirs || rule.takesLines) && (isRead || rule.isAPI || submitter.isOurs)
                let isPlain = exists && (isRead || submitter == .plain)
                return AccessCase(
                    rule: rule, actor: actor, uri: path.text + (isRead && !words.isEmpty ? "?" + words : ""),
                    form: isRead ? nil : words, from: submitter, mayPass: mayPass, mayChange: mayPass && isTheirs,
                    isAnswered: mayPass && isTheirs && isPlain && content.isValid,
                    isKept: isPlain && submitter == .plain && (turn == 0 || content.isValid))
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
