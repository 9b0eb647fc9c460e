import Database
import Kernel
import Web

/// An act as shown on a page: what was done, when and by which office. It contains no name of a person.
package struct ActDescription: PageValue {
    /// 结算2022年度
    package let what: String
    /// 泰山区人力资源和社会保障局（主管部门）
    package let who: String
    package let time: ClockTime

    package static var fields: [String: Field<ActDescription>] {
        ["what": .text { $0.what }, "who": .text { $0.who }, "time": .item { $0.time }]
    }

    package static var sample: ActDescription {
        ActDescription(what: "结算2022年度", who: "泰山区人力资源和社会保障局（主管部门）", time: .sample)
    }
}

/// Describes acts for the readers of a page.
package struct ActPresenter {
    package enum Reader: Sendable {
        /// An official: the account or the system's user is shown too.
        case officer
        /// The person concerned, and all others.
        case other
    }

    private let store: AuditStore
    private let organisations: [ID<Organisation>: Organisation]
    private let reader: Reader

    package init(_ transaction: Transaction, _ people: People, to reader: Reader) throws {
        store = AuditStore(transaction, people)
        organisations = try people.organisations(transaction)
        self.reader = reader
    }

    /// The newest acts that match any query: see ``AuditStore/newest(_:limit:)``.
    package func newest(_ queries: [AuditQuery], limit: Int) throws -> [AuditRecord] {
        try store.newest(queries, limit: limit)
    }

    /// Failure: `audit.altered` if the record was altered.
    package func line(_ record: AuditRecord) throws -> ActDescription {
        guard try store.isWhole(record) else { throw Failure.actsAltered }
        let time = ClockTime(record.time, now: store.people.system.now())
        return ActDescription(what: record.told, who: who(record), time: time)
    }

    private func who(_ record: AuditRecord) -> String {
        let isOfficer = reader == .officer
        switch record.owner?.kind {
        case "program": return "系统"
        case "system":
            return Role.administrator.name + (isOfficer ? "，系统用户 \(record.owner?.name ?? "")" : "")
        default:
            let role = Role(rawValue: record.role)?.name ?? "工作人员"
            let office = record.organisation.flatMap { organisations[ID($0)]?.name }
            let account = isOfficer ? record.account.map { "，账号 \($0)" } : nil
            return (office.map { "\($0)（\(role)）" } ?? role) + (account ?? "")
        }
    }
}

// MARK: - Queries

extension AuditQuery {
    /// Acts on years as a whole.
    package static var years: [AuditQuery] {
        [AuditAct.settleYear, .reopenYear, .issueCertificate].map { act in
            var query = AuditQuery()
            (query.act, query.isOfNobody) = (act.rawValue, true)
            return query
        }
    }

    /// Any of these acts on an object.
    package static func of(_ object: AuditObject, _ acts: [AuditAct]) -> AuditQuery {
        var query = AuditQuery()
        (query.object, query.acts) = (object, acts)
        return query
    }

    /// Any of these acts about a person.
    package static func about(_ person: ID<Person>, _ acts: [AuditAct]) -> AuditQuery {
        var query = AuditQuery()
        (query.person, query.acts) = (person.number, acts)
        return query
    }
}

extension AuditStore {
    /// The newest successful acts that match any query. Acts in steps, one record each, are returned once.
    package func newest(_ queries: [AuditQuery], limit: Int) throws -> [AuditRecord] {
        var (found, last): ([AuditRecord], AuditRecord?) = ([], nil)
        for _ in 0..<Self.mostReads {
            let page = try done(queries, after: last?.place)
            for record in page {
                let isStep = last.map { record.isStep(of: $0) } ?? false
                last = record
                if isStep { continue }
                found.append(record)
                if found.count == limit { return found }
            }
            guard page.count == Self.atOnce else { break }
        }
        return found
    }

    /// Records in one read, and the most reads: enough for the certificates of a large city.
    private static let atOnce = 100
    private static let mostReads = 50

    /// The next records of all queries together, without duplicates.
    private func done(_ queries: [AuditQuery], after place: AuditQuery.Cursor?) throws -> [AuditRecord] {
        let found = try queries.flatMap { query in
            var query = query
            (query.isRefused, query.after) = (false, place)
            return try find(query, limit: Self.atOnce)
        }
        let newest = Set(found).sorted { ($0.time, $0.chain, $0.number) > ($1.time, $1.chain, $1.number) }
        return Array(newest.prefix(Self.atOnce))
    }
}

extension Failure {
    fileprivate static let actsAltered = Failure(
        .damaged, "audit.altered", "办理记录被改动过，不能显示。请联系系统管理员运行 xueshi audit verify 核对。",
        en: "Records of acts were altered and are not shown. Run audit verify, restore a backup.")
}

// MARK: - Acts in words

extension AuditRecord {
    /// Whether it is a step of the same act: certificates are issued in transactions of some hundred, one record each.
    fileprivate func isStep(of next: AuditRecord) -> Bool {
        act == AuditAct.issueCertificate.rawValue && person == nil && next.person == nil
            && (act, chain) == (next.act, next.chain) && object == next.object
    }

    /// The act with its object, if that adds information: 结算2022年度, 合并人员 5，并入人员 7.
    fileprivate var told: String {
        switch (AuditAct(rawValue: act), object.kind) {
        case (.mergePerson, _): return "\(actWords) \(object.id)，并入人员 \(detail("into"))"
        case (.unmergePerson, _): return "\(actWords) \(object.id)，原并入人员 \(detail("from"))"
        case (.changePerson, _):
            let changed = ["name": "姓名", "mobile": "手机号", "name-mobile": "姓名和手机号"][detail("changed")]
            return actWords + (changed.map { "：\($0)" } ?? "")
        case (_, "year"):
            let endsWithYear = AuditAct(rawValue: act)?.endsWithYear ?? false
            let year = endsWithYear ? "\(actWords.dropLast(2))\(object.id)年度" : "\(actWords)，\(object.id)年度"
            return person == nil ? year : year + "，单独办理"
        case (_, "certificate"): return "\(actWords) \(object.id)"
        default: return actWords
        }
    }
}
