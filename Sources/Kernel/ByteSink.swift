/// What takes bytes as they come, such as a file that is being received.
package protocol ByteSink: AnyObject, Sendable {
    /// How many it has taken.
    var size: Int { get }
    /// Adds them at the end.
    func append(_ bytes: some Collection<UInt8>) throws(Failure)
}

extension OpenFile: ByteSink {}
