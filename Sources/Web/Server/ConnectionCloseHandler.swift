import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Sets `Connection: close` in the exact form that the server compares with if a client asks for it in another form.
/// Also sets it if a request has no host or several, because what follows such a request cannot be trusted.
final class ConnectionCloseHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !head.namesHost || head.isLast else {
            return context.fireChannelRead(data)
        }
        head.headerFields[.connection] = "close"
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

extension HTTPRequest {
    /// Whether there is exactly one host: the first is the authority, any other stays in the headers.
    var namesHost: Bool { authority?.isEmpty == false && HTTPField.Name("Host").flatMap { headerFields[$0] } == nil }

    fileprivate var isLast: Bool {
        let words = headerFields[.connection]?.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        return words?.contains("close") == true
    }
}
