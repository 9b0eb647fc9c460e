import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Handles each connection on its event loop. A quick page then needs no switch of threads, which would cost more than
/// the page. Routes that are not `atOnce` leave the loop, since they may take long.
struct EventLoopDispatch<Channel: ServerChildChannel>: ServerChildChannel {
    let channel: Channel
    /// The bytes of one read of a large body. Several reads wait on each connection while one is handled, so this size
    /// determines how much memory an upload takes.
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

/// Runs tasks on an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
