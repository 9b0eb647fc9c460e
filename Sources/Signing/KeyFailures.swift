import Kernel

extension Failure {
    static func keysMissing(_ path: String) -> Failure {
        Failure(
            .unavailable, "keys.missing",
            "密钥文件 \(path) 不存在，没有它，加密的内容无法读取。请从备份恢复该文件，或改正配置中的路径；只有全新安装才新建密钥。",
            en: "The key file \(path) is missing, and encrypted data cannot be read without it. "
                + "Restore it from its backup or correct the configured path; only a new installation makes new keys.")
    }

    static func keysMode(_ path: String, _ mode: UInt32) -> Failure {
        let octal = String(mode, radix: 8)
        return Failure(
            .unavailable, "keys.mode",
            "密钥文件 \(path) 的权限是 \(octal)，其他人可能读取密钥，因此没有使用。请运行 chmod 600 \(path)。",
            en: "The key file \(path) has mode \(octal), so others may read the keys, and it was not used. "
                + "Run chmod 600 \(path).")
    }

    static func keysUnreadable(_ path: String, _ why: String, en: String) -> Failure {
        Failure(
            .unavailable, "keys.unreadable",
            "密钥文件 \(path) 无法使用：\(why)。请从备份恢复该文件，不要新建密钥。",
            en: "The key file \(path) cannot be used: \(en). Restore it from its backup; do not make new keys.")
    }

    static func keysExist(_ path: String) -> Failure {
        Failure(
            .refused, "keys.exists",
            "密钥文件 \(path) 已存在；覆盖它会使已加密的内容永远无法读取，因此没有新建。请使用现有的文件，或另选路径。",
            en: "The key file \(path) exists already; nothing encrypted could be read without it, so it was not "
                + "overwritten. Use the existing file, or choose another path.")
    }

    static func keysUnwritable(_ path: String, _ why: String) -> Failure {
        Failure(
            .unavailable, "keys.unwritable",
            "密钥文件 \(path) 写入失败：\(why)。请检查该文件夹是否存在、可写且磁盘未满，然后重试。",
            en: "The key file \(path) was not written: \(why). "
                + "Check that its folder exists and is writable and that the disk is not full, then try again.")
    }

    static func keysWrong(_ id: Int) -> Failure {
        Failure(
            .unavailable, "keys.wrong",
            "内容是用 \(id) 号密钥加密的，而密钥文件中没有这个密钥，因此无法读取。请使用本系统最新的密钥文件。",
            en: "This was encrypted with key \(id), which the key file does not have, so it cannot be read. "
                + "Use the latest key file of this installation.")
    }

    static func keysClock(_ today: Day, _ newest: Day) -> Failure {
        Failure(
            .refused, "keys.clock",
            "今天是 \(today)，而密钥文件里已有 \(newest) 的密钥，没有更换。请先校准时钟；时钟没有错的，见 keys rotate --help。",
            en: "Today is \(today), and the key file has a key of \(newest) already: no keys were made. Set the clock; "
                + "if it is right, see keys rotate --help.")
    }

    package static let sealedDamaged = Failure(
        .damaged, "sealed.damaged",
        "加密的内容与写入时不一致：它被改动、截断、移到了别处，或密钥文件不是原来的那一个，因此没有使用。请从备份恢复，并查明原因。",
        en: "The encrypted data is not what was written: it was changed, cut off or moved, or the key file is "
            + "another one. It was not used. Restore it from a backup and find out why.")

    static let sealingFailed = Failure(
        .unavailable, "keys.failed", "加密或签名失败，没有写入任何内容。请重试；若仍失败，请联系维护人员。",
        en: "Encrypting or signing failed and nothing was written. Try again; if it fails again, ask for help.")
}
