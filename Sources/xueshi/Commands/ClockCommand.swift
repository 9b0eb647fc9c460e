import App
import ArgumentParser
import Foundation
import Kernel
import People
import Web

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: words("时钟，以及已有记录的最晚时间", "The clock, and the newest time known to this installation."),
        discussion: words(
            """
            时钟早于已有记录的最晚时间时，不再写入。如果最晚时间是因时钟曾经偏快而记错的，请先校准时钟，再运行 --accept，并重新启动正在运行的程序。
            示例：xueshi clock
            """,
            """
            Nothing is written while the clock is behind the newest known time. If that time is wrong because the clock
            was ahead when it was written, set the clock, use --accept, and restart running programs.
            Example: xueshi clock
            """))
    @OptionGroup var place: InstallationOptions
    @Flag(help: .words("时钟已校准：从现在的时间继续", "The clock is right: continue from the current time.")) var accept = false

    func run() async throws {
        try await place.run { installation in
            if accept {
                try confirmed(
                    LocalizedText("将以现在的时钟为准，继续写入。", en: "New records have the time of this clock from now on."))
                try await installation.acceptClock()
            }
            let (now, newest) = (installation.people.system.now(), installation.clock.newest)
            let behind = max(0, newest - now) / 60_000
            let known =
                newest == 0
                ? words("还没有写入过。", "Nothing was written yet.")
                : words("已有记录的最晚时间：\(ClockTime.exact(newest))", "Newest time known:  \(ClockTime.exact(newest))")
            return CommandOutput(
                "clock",
                lines: [words("现在的时钟：\(ClockTime.exact(now))", "The clock is at:    \(ClockTime.exact(now))"), known],
                ["now": now / 1000, "newest": newest / 1000, "behind-minutes": behind],
                isBad: newest - now > MonotonicClock.tolerance)
        }
    }
}
