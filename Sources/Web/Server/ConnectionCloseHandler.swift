import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Writes `Connection: close` as the server reads it, to the letter, wherever a client says so in another way, and
/// where a request names no host or several: what follows such a one cannot be trusted.
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
    /// One host: the first is the authority, and any other stays among the headers.
    var namesHost: Bool { authority?.isEmpty == false && HTTPField.Name("Host").flatMap { headerFields[$0] } == nil }

    fileprivate var isLast: Bool {
        let words = headerFields[.connection]?.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        return words?.contains("close") == true
    }
}
