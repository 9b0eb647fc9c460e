import Hummingbird
import Kernel
import NIOCore

extension WebRequest {
    /// The names and values of a submitted form. `limit` in bytes.
    ///
    /// Failures: `web.too-large`, `web.broken`, `web.query`; `web.form` if the body is not a form.
    package func form(limit: Int = 65_536) async throws -> Query {
        let type = httpRequest.headers[.contentType] ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { throw Failure.noForm }
        return try Query(String(buffer: try await httpRequest.whole(upTo: limit))).checked()
    }
}

extension Request {
    /// The whole body. Every error but an excessive size counts as a broken connection.
    ///
    /// Failures: `web.too-large`, `web.broken`.
    func whole(upTo limit: Int) async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Failure.tooLarge
        } catch {
            throw Failure.broken
        }
    }
}

extension Failure {
    static var broken: Failure {
        Failure(
            .badInput, "web.broken", "收到的请求不完整或格式不对，没有处理。请检查网络后再试一次。",
            en: "The request is incomplete or malformed and was not accepted. Try again.")
    }

    static var noForm: Failure {
        Failure(
            .badInput, "web.form", "收到的不是表单内容，没有处理。请在页面上重新填写并提交。",
            en: "This is not the body of a form and was not accepted. Fill in the form on its page and send it.")
    }
}
