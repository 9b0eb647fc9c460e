/// Receives bytes as they arrive, such as a file that is being uploaded.
package protocol ByteSink: AnyObject, Sendable {
    /// The number of bytes received.
    var size: Int { get }
    /// Adds bytes at the end.
    func append(_ bytes: some Collection<UInt8>) throws(Failure)
}

extension OpenFile: ByteSink {}
