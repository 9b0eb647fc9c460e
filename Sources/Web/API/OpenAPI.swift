import Foundation
import HTTPTypes
import Kernel

/// The OpenAPI 3.1 document, made from the endpoints. Its texts are Chinese: programmers of learning platforms are its
/// readers.
package struct OpenAPI: Sendable {
    private let endpoints: [APIEndpoint]
    private let guards: APIAuthenticator
    private let imprint: Imprint
    static let path: Path<> = Path("/api/v1/openapi.json")

    package init(_ endpoints: [APIEndpoint], _ guards: APIAuthenticator, _ imprint: Imprint) {
        (self.endpoints, self.guards, self.imprint) = (endpoints, guards, imprint)
    }

    /// The routes of all endpoints and of the document itself.
    package var routes: [Route] {
        let bytes = (try? JSONValue.encoder.encode(document)).map { Array($0) } ?? []
        return endpoints.map { $0.route(guards) } + [.api(Self.path) { _ in .bytes(bytes, type: .json) }]
    }

    private var document: JSONValue {
        let paths = Dictionary(grouping: endpoints, by: \.path).mapValues { endpoints in
            JSONValue.object(
                endpoints.reduce(into: [:]) { $0[$1.method.rawValue.lowercased()] = $1.operation })
        }
        return .object([
            "openapi": .text("3.1.0"),
            "info": .object([
                "title": .text(imprint.api.title), "version": .text("1"),
                "description": .text(imprint.api.about + Self.about),
            ]),
            "paths": .object(paths),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object(["type": .text("http"), "scheme": .text("bearer")])
                ]),
                "schemas": .object(["Problem": APIEndpoint.problem]),
            ]),
        ])
    }

    private static let about = """
        令牌在请求头 Authorization: Bearer 中给出，只能办理令牌写明的权限；\
        网页的登录会话在这里不起作用。每个令牌每分钟最多 120 次，超过的答复 429，请按 Retry-After 等待。

        提交的内容一律为 UTF-8 编码，不压缩。每次提交都要有请求头 Idempotency-Key：一个不重复的键，如 UUID。没有收到答复的，\
        用同一个键、同样的内容再发，得到第一次的答复（答复头 Idempotency-Replayed: true），不会重复办理；字段的先后和空白不同，\
        仍是同样的内容。同一个键、不同的内容答复 422；第一次还在办理的答复 409，请按 Retry-After 等待。没有办成的提交不保存，可以用同一个键重发；办到中途出错的，只能用同样的内容重发。\
        答复保存 24 小时，之后同一个键算作新的提交。

        按行答复的（application/x-ndjson）每行一个 JSON；中途出错时连接会中断，没有正常结束的答复不完整。
        """
}

extension APIEndpoint {
    static let problem = JSONSchema.known(Problem.self).document(isRequest: false)

    fileprivate var operation: JSONValue {
        let kept = path.filter { $0.isLetter || $0 == "/" }
        var operation: [String: JSONValue] = [
            "summary": .text(summary),
            "operationId": .text(method == .get ? kept : method.rawValue.lowercased() + kept),
            "parameters": .array(names.map(Self.parameter) + words.map(\.parameter) + (isWrite ? [Self.key] : [])),
            "responses": .object(responses),
        ]
        if let permission {
            operation["security"] = .array([.object(["token": .array([])])])
            operation["description"] = .text("\(about)令牌要有 \(permission) 权限。")
        }
        if let sent {
            operation["requestBody"] = .object([
                "required": .flag(true), "content": .object([sent.type.rawValue: sent.document(isRequest: true)]),
            ])
        }
        return .object(operation)
    }

    private var isWrite: Bool { method != .get }

    private static let key = JSONValue.object([
        "name": .text("Idempotency-Key"), "in": .text("header"), "required": .flag(true),
        "description": .text("这次提交的键；重发同一次提交时用同一个键。"),
        "schema": .object(["type": .text("string"), "pattern": .text(#"^[!#-\[\]-~]{1,255}$"#)]),
    ])

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
        var problems = ["400": "请求不对", "404": "没有找到", "429": "太频繁", "503": "暂时不能服务"]
        if permission != nil { problems.merge(["401": "没有令牌", "403": "没有权限"]) { $1 } }
        if isWrite {
            problems.merge(["409": "同一个键的提交还在办理", "422": "按规则不能办理，或者键已用于别的内容"]) { $1 }
        }
        if sent != nil { problems.merge(["413": "内容太大", "415": "类型、字符集不对，或者经过压缩"]) { $1 } }
        var responses: [String: JSONValue] = [:]
        for (status, says) in problems {
            let problem = JSONValue.object(["schema": .object(["$ref": .text(Self.problemPath)])])
            responses[status] = Self.response(
                says, "application/problem+json", problem, mayWait: ["409", "429", "503"].contains(status))
        }
        responses["200"] = Self.response("答复", response.type.rawValue, response.document(isRequest: false))
        if !isWrite, response.type == .json { responses["304"] = .object(["description": .text("内容没有变化")]) }
        return responses
    }

    private static let problemPath = "#/components/schemas/Problem"

    private static func response(
        _ says: String, _ type: String, _ content: JSONValue, mayWait: Bool = false
    ) -> JSONValue {
        var response: [String: JSONValue] = ["description": .text(says), "content": .object([type: content])]
        if mayWait { response["headers"] = .object(["Retry-After": retryAfter]) }
        return .object(response)
    }

    private static let retryAfter = JSONValue.object([
        "description": .text("过多少秒可以再发。"), "schema": .object(["type": .text("integer"), "minimum": .integer(1)]),
    ])
}

extension APIEndpoint.Content {
    /// For NDJSON, the schema of one line.
    fileprivate func document(isRequest: Bool) -> JSONValue {
        .object(["schema": schema.document(isRequest: isRequest)])
    }
}

extension APIEndpoint.QueryParameter {
    /// Any text without a NUL, which is refused everywhere.
    private static let anyText = #"^[^\x00]*$"#

    fileprivate var parameter: JSONValue {
        var schema: [String: JSONValue] =
            switch kind {
            case .number(let most):
                ["type": .text("integer"), "minimum": .integer(1), "maximum": .integer(most)]
            case .text: ["type": .text("string"), "pattern": .text(pattern ?? Self.anyText)]
            case .flag: ["type": .text("boolean")]
            }
        schema["enum"] = choices.map { .array($0.map { .text($0) }) }
        return .object([
            "name": .text(name), "in": .text("query"), "required": .flag(false), "description": .text(says),
            "schema": .object(schema),
        ])
    }
}
