import App
import ArgumentParser
import Foundation
import Kernel
import People

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The clock, and the newest time that this installation knows.",
        discussion: """
            Nothing is written while the clock is behind the newest time known. If that time is wrong, since the clock
            was ahead when it was written, set the clock right, say --accept, and start again what runs.
            Example: xueshi clock
            """)
    @OptionGroup var place: Place
    @Flag(help: "The clock is right: go on from here.") var accept = false

    func run() async throws {
        try await place.run { installation in
            if accept {
                try confirmed(
                    Words("将以现在的时钟为准，继续写入。", en: "What is written from now on has the time of this clock."))
                try await installation.acceptClock()
            }
            let (now, newest) = (installation.people.outside.now(), installation.clock.newest)
            let behind = max(0, newest - now) / 60_000
            return Answer(
                "clock", ["now": now / 1000, "newest": newest / 1000, "behind-minutes": behind],
                isBad: newest - now > SteadyClock.tolerance)
        }
    }
}
