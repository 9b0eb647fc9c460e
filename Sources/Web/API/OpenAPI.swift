import Foundation
import Kernel

/// The document of the API, made from its points (OpenAPI 3.1).
package struct OpenAPI: Sendable {
    private let endpoints: [APIEndpoint]
    private let guards: APIAuthenticator
    static let path: Path<> = Path("/api/v1/openapi.json")

    package init(_ endpoints: [APIEndpoint], _ guards: APIAuthenticator) {
        (self.endpoints, self.guards) = (endpoints, guards)
    }

    /// Those of all points, and the document's own.
    package var routes: [Route] {
        let bytes = (try? JSONValue.encoder.encode(document)).map { Array($0) } ?? []
        return endpoints.map { $0.route(guards) } + [.api(Self.path) { _ in .bytes(bytes, type: .json) }]
    }

    private var document: JSONValue {
        let paths = endpoints.reduce(into: [:]) { $0[$1.path] = JSONValue.object(["get": $1.operation]) }
        return .object([
            "openapi": .text("3.1.0"),
            "info": .object([
                "title": .text("Xueshi"), "version": .text("1"),
                "description": .text("Credit hours, standings, certificates and policies, as the pages show them."),
            ]),
            "paths": .object(paths),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object(["type": .text("http"), "scheme": .text("bearer")])
                ]),
                "schemas": .object(["Problem": JSONValue(Problem.sample).schema]),
            ]),
        ])
    }
}

extension APIEndpoint {
    fileprivate var operation: JSONValue {
        var operation: [String: JSONValue] = [
            "summary": .text(summary), "operationId": .text(path.filter { $0.isLetter || $0 == "/" }),
            "parameters": .array(names.map(Self.parameter) + words.map(\.parameter)),
            "responses": .object(responses),
        ]
        if let permission {
            operation["security"] = .array([.object(["token": .array([])])])
            operation["description"] = .text("Needs a token that permits \(permission).")
        }
        return .object(operation)
    }

    private static func parameter(_ name: String, isNumber: Bool) -> JSONValue {
        let schema: [String: JSONValue] =
            isNumber
            ? ["type": .text("integer"), "minimum": .integer(1), "maximum": .integer(999_999_999)]
            : ["type": .text("string"), "minLength": .integer(1)]
        return .object([
            "name": .text(name), "in": .text("path"), "required": .flag(true), "schema": .object(schema),
        ])
    }

    private var responses: [String: JSONValue] {
        let problems = ["400": "Not as asked for", "404": "Not there", "429": "Too often", "503": "Not now"]
        let denials = permission == nil ? [:] : ["401": "No token", "403": "Not permitted"]
        var responses = problems.merging(denials) { first, _ in first }.mapValues { says in
            Self.response(says, "application/problem+json", .object(["$ref": .text("#/components/schemas/Problem")]))
        }
        responses["200"] = Self.response("The answer", FileType.json.rawValue, sample.schema)
        responses["304"] = .object(["description": .text("What the asker has is still so")])
        return responses
    }

    private static func response(_ says: String, _ type: String, _ schema: JSONValue) -> JSONValue {
        .object([
            "description": .text(says), "content": .object([type: .object(["schema": schema])]),
        ])
    }
}

extension APIEndpoint.QueryParameter {
    /// Without a NUL, which is refused everywhere.
    private static let anyText = #"^[^\x00]*$"#

    fileprivate var parameter: JSONValue {
        var schema: [String: JSONValue] =
            isNumber
            ? ["type": .text("integer"), "minimum": .integer(1), "maximum": .integer(most)]
            : ["type": .text("string"), "pattern": .text(pattern ?? Self.anyText)]
        schema["enum"] = choices.map { .array($0.map { .text($0) }) }
        return .object([
            "name": .text(name), "in": .text("query"), "required": .flag(false), "description": .text(says),
            "schema": .object(schema),
        ])
    }
}
