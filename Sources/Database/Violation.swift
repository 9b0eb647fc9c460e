import Kernel

/// A violated constraint or trigger. Stores translate it into their own failures.
package struct Violation: Error, Sendable, Hashable {
    package enum Rule: String, Sendable, Hashable {
        case unique
        case foreignKey
        case check
        case notNull
        case appendOnly
    }

    package let rule: Rule
    /// The engine's name: a constraint, or `table.column`. The two engines differ, so use ``touches(_:)``.
    package let name: String

    /// Whether the engine's name contains the table or constraint.
    package func touches(_ word: String) -> Bool { name.contains(word) }

    /// A generic failure. It excludes the engine's own message, which may contain values of a row.
    package var failure: Failure {
        Failure(
            rule == .unique ? .conflict : .refused, "database.\(rule.rawValue)",
            "数据库约束不允许这样写入，没有写入任何内容。",
            en: "A constraint of the database forbids this. Nothing was written.")
    }
}

extension Failure {
    static func unreachable(_ why: String) -> Failure {
        Failure(
            .unavailable, "database.unreachable", "暂时连接不上数据库，没有执行。请稍后再试；维护人员请检查地址和数据库服务。",
            en: "The database cannot be reached; nothing was done. Check the address and the server, then try again.",
            detail: why)
    }

    static func unopened(_ why: String) -> Failure {
        Failure(
            .unavailable, "database.unopened", "数据库文件打不开。请检查路径、权限和所在目录后再试。",
            en: "The database file cannot be opened. Check its path and the rights, then try again.", detail: why)
    }

    static func full(_ why: String) -> Failure {
        Failure(
            .unavailable, "database.full", "磁盘已满或读写出错，没有写入任何内容。请腾出空间后再运行一次；空间足够的，请检查磁盘。",
            en: "The disk is full or fails; nothing was written. Free some space, or check the disk, and run again.",
            detail: why)
    }

    static func readOnly(_ why: String) -> Failure {
        Failure(
            .unavailable, "database.read-only", "没有写入数据库文件的权限，没有写入任何内容。请以文件所有者的身份运行，或检查文件和所在目录的权限。",
            en: "The database file is read-only; nothing was written. Run as its owner, or correct the rights.",
            detail: why)
    }

    static func busy() -> Failure {
        Failure(
            .unavailable, "database.busy", "数据库正忙，等待超时，没有写入任何内容。请稍后再运行一次。",
            en: "The database is busy and the wait timed out; nothing was written. Run again later.")
    }

    static func closed() -> Failure {
        Failure(
            .unavailable, "database.closed", "数据库已关闭，没有写入任何内容。", en: "The database is closed; nothing was written.")
    }

    static func cancelled() -> Failure {
        Failure(.conflict, "database.cancelled", "操作已取消，没有写入任何内容。", en: "Cancelled; nothing was written.")
    }

    static func slow(_ why: String) -> Failure {
        Failure(
            .unavailable, "database.slow", "查询用时过长，已停止，没有写入任何内容。请缩小查询范围，或稍后再试。",
            en: "The query took too long and was stopped; nothing was written. Ask for less, or try again later.",
            detail: why)
    }

    package static func unknownCommit() -> Failure {
        Failure(
            .unavailable, "database.unknown-commit", "提交时连接断开，不知是否已写入。请再运行一次：已写入的不会重复。",
            en:
                "The connection was lost at COMMIT, so it may or may not be written. Run again: nothing is doubled."
        )
    }

    static func damaged(_ why: String) -> Failure {
        Failure(
            .damaged, "database.damaged", "数据库文件损坏。请停止写入，从备份恢复。",
            en: "The database file is damaged. Stop writing and restore a backup.", detail: why)
    }

    static func statement(_ why: String) -> Failure {
        Failure(
            .damaged, "database.statement", "数据库拒绝了一条语句。这是程序的错，请报告。",
            en: "The database refused a statement. This is a fault of the program: please report it.", detail: why)
    }

    static func passedOver() -> Failure {
        Failure(
            .damaged, "database.passed-over", "有语句失败后被忽略，已全部撤销。这是程序的错，请报告。",
            en: "A failed statement was ignored, so all was rolled back. A fault of the program: please report it.")
    }

    static func nul() -> Failure {
        Failure(
            .badInput, "database.nul", "文字中含有不可见的空字符，不能保存。请删去后再试。",
            en: "A text contains a NUL character and cannot be stored. Remove it and try again.")
    }
}
