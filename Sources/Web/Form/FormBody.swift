import Hummingbird
import Kernel
import NIOCore

extension Visit {
    /// What a form sent: names and values. `limit` in bytes.
    ///
    /// Failures: `web.too-large`; `web.form` where it is no form's body.
    package func form(limit: Int = 65_536) async throws -> Query {
        let type = request.headers[.contentType] ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { throw Failure.noForm }
        do {
            return Query(String(buffer: try await request.body.collect(upTo: limit)))
        } catch is NIOTooManyBytesError {
            throw Failure.tooLarge
        }
    }
}

extension Failure {
    static var noForm: Failure {
        Failure(
            .badInput, "web.form", "收到的不是表单内容，没有处理。请在页面上重新填写并提交。",
            en: "This is no form's body and was not taken. Fill the form on its page and send it.")
    }
}
