import Kernel
import Web

/// One act: who did it, in which role, when, from where, to what, and what came of it.
package struct AuditRecord: Sendable, Hashable {
    package let chain: String
    /// 1, 2, 3 … of the chain.
    package let number: Int
    /// Milliseconds since 1970; never before the record before it.
    package let time: Int
    /// The account, where somebody was signed in to it.
    package let account: Int?
    /// A ``Role``; empty where there is none.
    package let role: String
    package let organisation: Int?
    /// Empty at the command line.
    package let address: String
    /// An ``AuditAct``.
    package let act: String
    package let object: AuditObject
    /// Whom it concerns.
    package let person: Int?
    /// `done`, or the code of the failure.
    package let result: String
    /// A small JSON object of numbers and codes; no names, no ID numbers.
    package let detail: String

    package static let done = "done"

    package var isDone: Bool { result == Self.done }
}

/// Numbers and codes that say more of an act: `{"into":3,"rows":120}`.
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

/// The end of a chain: how many records it has, and the MAC of the last one.
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

    /// Who: 账号 17（市人社局，单位 3）, 系统用户 root.
    package var actorWords: String {
        guard let owner else {
            // The chain of chains is nobody's own: whoever acted first began the other chain.
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

    /// Whose chain it is: `system` and `root`; `nil` of a chain that is nobody's own.
    var owner: (kind: String, name: String)? {
        let parts = chain.split(separator: "/", maxSplits: 1).map { String($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// `into=3 rows=120`
    package var detailWords: String { details.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

    /// One of the numbers and codes of the detail; empty where there is none of that name.
    package func detail(_ name: String) -> String { details.first { $0.name == name }?.value ?? "" }

    private var details: [(name: Substring, value: String)] {
        detail.filter { !"{}\"".contains($0) }.split(separator: ",").map { pair in
            let sides = pair.split(separator: ":", maxSplits: 1)
            return (sides[0], sides.count == 2 ? String(sides[1]) : "")
        }
    }
}

extension AuditRecord {
    /// When it was, in China, to the second.
    package var clock: String { ClockTime.exact(time) }
}

extension AuditRecord {
    package static let sample = AuditRecord(
        chain: "account/3", number: 12, time: 1_672_531_200_000, account: 3, role: Role.bureau.rawValue,
        organisation: 1, address: "192.0.2.7", act: AuditAct.mergePerson.rawValue, object: .person(ID(7)), person: 7,
        result: done, detail: #"{"into":3}"#)
}
