import Kernel
import Web

/// The state of the running system, as `xueshi status` and the metrics know it.
package struct SystemState: Sendable {
    let version: String
    let engine: String
    /// The number of steps of the schema.
    let steps: Int
    /// In bytes.
    let size: Int
    let people: Int
    let accounts: Int
    /// When everything was last checked without faults and signed, in milliseconds since 1970; `nil` if never.
    let signed: Int?
    /// Entries that the last replay of the ledger could not reproduce; `nil` if there was none.
    let differing: Int?
    let jobs: (open: Int, failed: Int)
    let messages: (open: Int, failed: Int)
    /// The newest known time, in milliseconds since 1970, and whether the clock is behind it.
    let newest: Int
    let isClockBehind: Bool
    let now: Int

    package init(
        version: String, engine: String, steps: Int, size: Int, people: Int, accounts: Int, signed: Int?,
        differing: Int?, jobs: (open: Int, failed: Int), messages: (open: Int, failed: Int), newest: Int,
        isClockBehind: Bool, now: Int
    ) {
        (self.version, self.engine, self.steps, self.size) = (version, engine, steps, size)
        (self.people, self.accounts, self.signed, self.differing) = (people, accounts, signed, differing)
        (self.jobs, self.messages) = (jobs, messages)
        (self.newest, self.isClockBehind, self.now) = (newest, isClockBehind, now)
    }
}

/// One line of the page: what it is, its value, whether somebody must act, and what to do.
struct SystemStateRow: PageValue {
    let title: String
    let text: String
    /// `nil` for facts that are neither good nor bad.
    var isGood: Bool?
    var hint = ""

    static var fields: [String: Field<SystemStateRow>] {
        [
            "title": .text { $0.title }, "text": .text { $0.text }, "isGood": .flag { $0.isGood == true },
            "isBad": .flag { $0.isGood == false }, "hasHint": .flag { !$0.hint.isEmpty }, "hint": .text { $0.hint },
        ]
    }

    static var sample: SystemStateRow {
        SystemStateRow(title: "账本核对", text: "2026-11-27 03:00 通过", isGood: false, hint: "请运行 xueshi ledger verify。")
    }
}

extension SystemState {
    /// The checks, those that need somebody first.
    var checks: [SystemStateRow] {
        let rows = [ledger, replay, clock, jobRow, messageRow]
        return rows.filter { $0.isGood == false } + rows.filter { $0.isGood != false }
    }

    var facts: [SystemStateRow] {
        [
            SystemStateRow(title: "程序版本", text: version), SystemStateRow(title: "数据库", text: engine),
            SystemStateRow(title: "数据库结构", text: "\(steps) 步，已是最新"),
            SystemStateRow(title: "数据库大小", text: Self.sizeText(size)),
            SystemStateRow(title: "人员", text: "\(people) 人"), SystemStateRow(title: "账号", text: "\(accounts) 个"),
            SystemStateRow(
                title: "备份", text: "系统没有记录", hint: "备份由运维人员在系统外办理，办法见《运维手册》；密钥文件要与数据库分开保存。"),
        ]
    }

    /// The root is signed daily after a check without faults, so an old one means that a check failed or did not run.
    private var ledger: SystemStateRow {
        guard let signed else {
            return SystemStateRow(
                title: "账本核对", text: "还没有核对过", isGood: false, hint: "网站运行以后每天核对一次，也可以运行 xueshi ledger verify。")
        }
        let isFresh = now - signed < 26 * 3_600_000
        return SystemStateRow(
            title: "账本核对", text: "\(ClockTime(signed).text) 通过", isGood: isFresh,
            hint: isFresh ? "" : "超过一天没有通过核对。请运行 xueshi ledger verify，查看是否被改动过。")
    }

    private var replay: SystemStateRow {
        guard let differing else { return SystemStateRow(title: "账本重算", text: "还没有重算过") }
        return SystemStateRow(
            title: "账本重算", text: differing == 0 ? "全部相符" : "\(differing) 笔不符", isGood: differing == 0,
            hint: differing == 0 ? "" : "请运行 xueshi ledger replay，查看是哪几笔。")
    }

    private var clock: SystemStateRow {
        SystemStateRow(
            title: "服务器时钟", text: ClockTime(now).text, isGood: !isClockBehind,
            hint: isClockBehind ? "早于已有记录的最晚时间 \(ClockTime(newest).text)，暂停写入。请校准时钟，见 xueshi clock --help。" : "")
    }

    private var jobRow: SystemStateRow {
        SystemStateRow(
            title: "后台任务", text: "\(jobs.open) 项未完成，一天内失败 \(jobs.failed) 项", isGood: jobs.failed == 0,
            hint: jobs.failed == 0 ? "" : "请下达任务的人在“任务”里查看原因。")
    }

    private var messageRow: SystemStateRow {
        SystemStateRow(
            title: "对外消息", text: "\(messages.open) 条待送，\(messages.failed) 条未送达", isGood: messages.failed == 0,
            hint: messages.failed == 0 ? "" : "请查看日志中的原因，并核对接收方的地址。")
    }

    static func sizeText(_ bytes: Int) -> String {
        let isLarge = bytes >= 1 << 30
        let tenths = (bytes * 10) >> (isLarge ? 30 : 20)
        return "\(tenths / 10).\(tenths % 10) \(isLarge ? "GB" : "MB")"
    }

    static var sample: SystemState {
        SystemState(
            version: "0.1", engine: "SQLite", steps: 60, size: 12 << 20, people: 3010, accounts: 12, signed: nil,
            differing: 1, jobs: (1, 1), messages: (0, 1), newest: 1_672_531_200_000, isClockBehind: true,
            now: 1_672_531_200_000)
    }
}

struct SystemStatePage: PageValue {
    let state: SystemState

    static var fields: [String: Field<SystemStatePage>] {
        [
            "checks": .list { $0.state.checks }, "facts": .list { $0.state.facts },
            "isCalm": .flag { !$0.state.checks.contains { $0.isGood == false } },
            "bad": .text { page in "\(page.state.checks.count { $0.isGood == false })" },
        ]
    }

    static var sample: SystemStatePage { SystemStatePage(state: .sample) }
}
