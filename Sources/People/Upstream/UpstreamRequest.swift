import Database
import Documents
import Kernel

/// A change that reaches outside the scope of a list's sender. It is not carried out; it waits for an authority that
/// has both sides in its scope.
package struct UpstreamRequest: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// A person who belongs elsewhere is to move to a unit of the sender.
        case transfer
        /// A person is to be at a unit of the sender on days on which they were elsewhere.
        case period
        /// The number of authors of a work is to be corrected, and a person elsewhere claims the work too.
        case authors
    }

    package let number: ID<UpstreamRequest>
    package let kind: Kind
    package let person: ID<Person>
    /// The unit or authority that submitted it.
    package let organisation: ID<Organisation>
    package let organisationName: String
    /// The unit on the other side when it was submitted; `nil` if the person was at none.
    package let other: ID<Organisation>?
    package let requested: [String: Fact]
    /// Milliseconds since 1970.
    package let asked: Int
    /// `nil` while it waits.
    package let resolution: Resolution?

    /// The result of a request.
    package struct Resolution: Sendable, Hashable {
        package let isDone: Bool
        /// Empty if it was carried out.
        package let reason: String
        /// Milliseconds since 1970.
        package let time: Int
    }

    package static let longestReason = 200
}

/// A pending row with its report to the sender.
package struct PendingRow: Error {
    let kind: UpstreamRequest.Kind
    let person: ID<Person>
    /// The unit on the other side; `nil` if the person is at none.
    let other: ID<Organisation>?
    let requested: [String: Fact]
    private let failure: RowFailure

    /// `failure`: the fault of the row, without what happens next.
    package init(
        kind: UpstreamRequest.Kind, person: ID<Person>, other: ID<Organisation>?, requested: [String: Fact],
        failure: RowFailure
    ) {
        (self.kind, self.person, self.other) = (kind, person, other)
        (self.requested, self.failure) = (requested, failure)
    }

    /// The report to the sender. A dry run submits no request.
    package func failure(dryRun: Bool, isAsked: Bool) -> RowFailure {
        guard isAsked else {
            return failure.and(
                LocalizedText(
                    "等待上级主管部门处理的申请太多，这一件没有报。请等办理以后再导入",
                    en: "Too many requests wait for the higher authority, so this one was not made. Try again later"))
        }
        return failure.pending(
            dryRun
                ? LocalizedText("正式导入后会报共同的上级主管部门处理", en: "The import will ask the common higher authority")
                : LocalizedText(
                    "已报共同的上级主管部门处理，办理结果见“我报的申请”",
                    en: "The common higher authority was asked; the list of your requests shows the result"))
    }
}

/// The unit that a row requests for a person.
package struct RequestedTransfer: Sendable, Hashable {
    /// The name in the list; the person with the number may have another.
    package var name = ""
    package let unit: String
    package private(set) var region: RegionCode?
    /// `nil` for a unit that did not exist at the request; a new unit is rolled back with the row.
    package let number: ID<Organisation>?
    package var since: Day?
    package var relation = ""

    package init(unit: String, number: ID<Organisation>?) { (self.unit, self.number) = (unit, number) }

    init(_ unit: Organisation?, for name: String, since: Day?, relation: String) {
        (self.unit, region, number) = (unit?.name ?? "", unit?.region, unit?.number)
        (self.name, self.since, self.relation) = (name, since, relation)
    }

    package init(_ facts: [String: Fact]) {
        name = facts["name"]?.description ?? ""
        unit = facts["unit"]?.description ?? ""
        region = facts["region"].flatMap { RegionCode($0.description) }
        number = facts["number"].flatMap { ID($0.description) }
        since = facts["since"].flatMap { Day($0.description) }
        relation = facts["relation"]?.description ?? ""
    }

    package var facts: [String: Fact] {
        var facts: [String: Fact] = ["unit": .text(unit), "relation": .text(relation)]
        if !name.isEmpty { facts["name"] = .text(name) }
        facts["region"] = region.map { .text($0.text) }
        facts["number"] = number.map { .integer($0.number) }
        facts["since"] = since.map { .day($0) }
        return facts
    }

    /// The requested unit, if it exists now. Its number is compared with name and region.
    package func existingUnit(_ transaction: Transaction) throws -> Organisation? {
        let store = OrganisationStore(transaction)
        guard let region else {
            return try number.flatMap(store.find).flatMap { NormalForm.sameUnit($0.name, unit) ? $0 : nil }
        }
        let found = try store.find(unit, in: region)
        return number == nil || found?.number == number ? found : nil
    }
}

extension Failure {
    package static let noRequest = Failure(
        .notFound, "request.none", "没有这项待处理的申请，可能已经办过。请从待处理列表重新进入。",
        en: "There is no such request, or it was resolved already. See the list of requests.", isRecorded: true)

    package static let beyondReach = Failure(
        .refused, "request.beyond-reach", "这项申请涉及您管理范围以外的人员或单位，不能在这里办理。请由上级主管部门办理。",
        en: "The request concerns people or units that you do not manage. A higher authority must resolve it.")

    package static let noUnitYet = Failure(
        .refused, "request.no-unit", "申请中的单位还没有登记。请先用人员名单导入这个单位和此人，再回来点“已办理，结束申请”。",
        en: "The unit of this request is not registered. Import it with the person, then end the request as done.")
}
