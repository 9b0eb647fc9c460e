import Hummingbird
import Kernel

/// The path of a page: the pattern of its route, and what every link to it is made from. So a link and its route agree.
///
/// `{}` stands for a value: `Path<ID<Person>, Year>("/people/{}/years/{}")`.
package struct Path<each Value: PathValue>: Sendable {
    /// `nil` in place of a value.
    private let pieces: [String?]

    package init(_ path: String) {
        pieces = path.dropFirst().split(separator: "/").map { $0 == "{}" ? nil : String($0) }
    }

    /// The pattern for the router: `/people/{0}/years/{1}`.
    package var pattern: String {
        var count = 0
        return pieces.map { piece in
            if let piece { return "/" + piece }
            defer { count += 1 }
            return "/{\(count)}"
        }.joined()
    }

    /// The pattern with names: `/people/{person}/years/{year}`.
    func named(_ names: [String]) -> String {
        var rest = names[...]
        return pieces.map { "/" + ($0 ?? "{\(rest.popFirst() ?? "")}") }.joined()
    }

    package func link(_ values: repeat each Value) -> Link {
        var texts: [String] = []
        for value in repeat each values { texts.append(Link.encoded(value.pathText)) }
        var rest = texts[...]
        let path = pieces.reduce(into: "") { path, piece in
            path += "/"
            path += piece ?? rest.popFirst() ?? ""
        }
        return Link(path: path.isEmpty ? "/" : path)
    }

    /// The values of the path's parameters. Failure: `web.no-page` if one of them does not parse.
    func values(_ parameters: Parameters) throws -> (repeat each Value) {
        var count = 0
        func next<One: PathValue>(_: One.Type) throws -> One {
            defer { count += 1 }
            guard let text = parameters.get(String(count)), let value = One(pathText: text) else {
                throw Failure.noPage
            }
            return value
        }
        return (repeat try next((each Value).self))
    }
}

extension Failure {
    static var noPage: Failure {
        Failure(
            .notFound, "web.no-page", "没有这个页面。网址可能写错了，或者内容已经移走。请从首页重新进入。",
            en: "There is no such page. The address may be wrong; start at the home page.")
    }
}
