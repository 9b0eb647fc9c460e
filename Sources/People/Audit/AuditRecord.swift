import Kernel
import Web

/// One act: who did it, in which role, when, from which address, on which object, and with which result.
package struct AuditRecord: Sendable, Hashable {
    package let chain: String
    /// From 1 within the chain, without gaps.
    package let number: Int
    /// Milliseconds since 1970; never less than that of the previous record.
    package let time: Int
    /// The account, if the actor was signed in.
    package let account: Int?
    /// A ``Role``; empty if there is none.
    package let role: String
    package let organisation: Int?
    /// Empty at the command line.
    package let address: String
    /// An ``AuditAct``.
    package let act: String
    package let object: AuditObject
    /// The person concerned.
    package let person: Int?
    /// `done`, or the code of the failure.
    package let result: String
    /// A small JSON object of numbers and codes; no names, no ID numbers.
    package let detail: String

    package static let done = "done"

    package var isDone: Bool { result == Self.done }
}

/// Further numbers and codes of an act: `{"into":3,"rows":120}`.
package struct AuditDetail: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    let json: String

    package init(_ values: [String: String]) {
        let pairs = values.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { key, value in
            let code = value.auditCode
            let isNumber = Int(code).map { String($0) == code } ?? false
            return "\"\(key.auditCode)\":" + (isNumber ? code : "\"\(code)\"")
        }
        json = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

/// The end of a chain: the number of its records and the MAC of the last one.
package struct AuditHead: Sendable, Hashable {
    package let chain: String
    package let records: Int
    package let time: Int
    package let head: [UInt8]
}

// MARK: - In words

extension AuditRecord {
    package var actWords: String { AuditAct(rawValue: act)?.name ?? act }

    package var resultWords: String { isDone ? "完成" : "被拒绝（\(result)）" }

    /// The actor: 账号 17（市人社局，单位 3）, 系统用户 root.
    package var actorWords: String {
        guard let owner else {
            // The chain of chains has no owner: its account is that of the first actor of the other chain.
            return chain == AuditStore.chains ? account.map { "账号 \($0)" } ?? "程序" : "未登录的访客"
        }
        switch owner.kind {
        case "system": return "系统用户 \(owner.name)"
        case "program": return "程序 \(owner.name)"
        default: break
        }
        guard account != nil else { return "账号 \(owner.name)（未登录）" }
        let held = [Role(rawValue: role)?.name, organisation.map { "单位 \($0)" }].compactMap { $0 }
        return "账号 \(owner.name)" + (held.isEmpty ? "" : "（\(held.joined(separator: "，"))）")
    }

    /// The owner of the chain, such as `system` and `root`; `nil` if it has none.
    var owner: (kind: String, name: String)? {
        let parts = chain.split(separator: "/", maxSplits: 1).map { String($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// `into=3 rows=120`
    package var detailWords: String { details.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

    /// A value of the detail; empty if there is no such name.
    package func detail(_ name: String) -> String { details.first { $0.name == name }?.value ?? "" }

    private var details: [(name: Substring, value: String)] {
        detail.filter { !"{}\"".contains($0) }.split(separator: ",").map { pair in
            let sides = pair.split(separator: ":", maxSplits: 1)
            return (sides[0], sides.count == 2 ? String(sides[1]) : "")
        }
    }
}

extension AuditRecord {
    /// The time in China, to the second.
    package var clock: String { ClockTime.exact(time) }
}

extension AuditRecord {
    package static let sample = AuditRecord(
        chain: "account/3", number: 12, time: 1_672_531_200_000, account: 3, role: Role.bureau.rawValue,
        organisation: 1, address: "192.0.2.7", act: AuditAct.mergePerson.rawValue, object: .person(ID(7)), person: 7,
        result: done, detail: #"{"into":3}"#)
}
