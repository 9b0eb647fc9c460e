import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// All failures become responses here.
extension Failure {
    /// The status code of the response.
    package var status: HTTPResponse.Status {
        switch kind {
        case .badInput: .badRequest
        case .tooLarge: .contentTooLarge
        case .refused: .unprocessableContent
        case .otherMethod: .methodNotAllowed
        case .otherType: .unsupportedMediaType
        case .notFound: .notFound
        case .conflict: .conflict
        case .unavailable: .serviceUnavailable
        case .notSignedIn: .unauthorized
        case .denied: .forbidden
        case .tooMany: .tooManyRequests
        case .damaged: .internalServerError
        }
    }

    /// The heading of the failure page.
    var title: String {
        switch kind {
        case .badInput, .tooLarge, .otherType: "填写有误"
        case .refused, .otherMethod: "不能这样办理"
        case .notFound: "没有找到"
        case .conflict: "已有变动"
        case .unavailable: "暂时不能服务"
        case .denied, .notSignedIn: "没有权限"
        case .tooMany: "请稍候再试"
        case .damaged: "系统出错了"
        }
    }

    /// An unexpected error. Its type is in the log under the request's number.
    static var unforeseen: Failure {
        Failure(
            .damaged, "web.unforeseen", "系统出错了，这不是您的操作造成的。请稍后再试；仍不行的，请记下请求编号，联系网站的管理单位。",
            en: "The server failed; the request is not the cause. Try later, or report its number.")
    }
}

/// A failure as JSON (RFC 9457).
struct Problem: Codable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let instance: String

    /// The response to a failure.
    static func response(_ failure: Failure, number: String) -> Response {
        Problem(failure, number: number).response().retrying(failure)
    }

    private init(_ failure: Failure, number: String) {
        type = "urn:xueshi:problem:\(failure.code)"
        (title, detail, code) = (failure.title, failure.words.chinese, failure.code)
        status = failure.status.code
        instance = "urn:xueshi:request:\(number)"
    }

    private func response() -> Response {
        let bytes = (try? JSONValue.encoder.encode(self)) ?? Data()
        var headers: HTTPFields = [.contentType: "application/problem+json; charset=utf-8"]
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Response {
    /// With the time after which the same request may succeed, where the failure states it.
    func retrying(_ failure: Failure) -> Response {
        var response = self
        response.headers[.retryAfter] = failure.retryAfter.map { "\($0)" }
        return response
    }
}
