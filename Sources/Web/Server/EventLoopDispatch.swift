import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Answers each connection on the thread of its event loop: a page that is quickly made then changes no thread, which
/// would cost more than many a page. Routes that are not `atOnce` leave it, since they may take long.
struct EventLoopDispatch<Channel: ServerChildChannel>: ServerChildChannel {
    let channel: Channel
    /// A large body is read so many bytes at a time. Some readings wait on each connection while one is dealt with, so
    /// these decide what an upload takes of the memory.
    private static var reading: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 16_384)
    }

    func setup(channel: any NIOCore.Channel, logger: Logger) -> EventLoopFuture<Channel.Value> {
        self.channel.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(GracefulShutdownHandler(), position: .first)
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.reading)
            return value
        }
    }

    func handle(value: Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await channel.handle(value: value, logger: logger)
        }
    }
}

/// An event loop that runs tasks.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
