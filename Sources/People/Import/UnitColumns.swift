import Kernel

/// The unit that a row names: a known one, or a new one if the sender may register it.
struct UnitColumns {
    private let reader: RowReader
    private let regions: [Region]
    private let writeScope: WriteScope

    init(_ reader: RowReader, _ regions: [Region], _ writeScope: WriteScope) {
        (self.reader, self.regions, self.writeScope) = (reader, regions, writeScope)
    }

    private var store: OrganisationStore { OrganisationStore(writeScope.transaction) }
    private static let columns = ["统一社会信用代码", "单位性质", "行政区划", "任职起始日期"]

    /// `nil` if the row names none, which is refused for a person who is new to the sender.
    func unit(isNew: Bool) throws -> Organisation? {
        if case .unit(let own) = writeScope.submitter.scope { return try ownUnit(own, isNew: isNew) }
        guard let name = try reader.text("单位名称") else {
            for title in Self.columns where try reader.text(title) != nil {
                throw reader.fault(
                    "单位名称", "填写了\(title)而没有单位名称。请补上单位名称，或把这些列都留空",
                    en: "“\(title)” is filled in, but the unit has no name. Add the name, or leave these columns empty")
            }
            guard !isNew || writeScope.isEverybody else {
                throw reader.fault("单位名称", "新人员要写明单位名称。请补上", en: "A new person needs a unit. Add its name")
            }
            return nil
        }
        let uscc = try reader.uscc("统一社会信用代码")
        if let uscc, let found = try store.find(uscc) {
            guard try writeScope.holds(found.number) else {
                // The same failure with the right name, which it would confirm.
                throw reader.fault(
                    "统一社会信用代码", "此代码已登记在另一单位，该单位不在您管理的范围。请核对代码和单位名称；调到该单位的，由它的主管部门办理",
                    en: "The code belongs to a unit that you do not manage. Check the code and the unit's name; "
                        + "a move to that unit is for its authority to enter")
            }
            guard NormalForm.sameUnit(found.name, name) else {
                throw reader.fault(
                    "统一社会信用代码", "此代码已登记为“\(found.name)”。请核对单位名称和代码",
                    en: "The code belongs to “\(found.name)”. Check the unit's name and the code")
            }
            return try agreed(found)
        }
        let region = try region()
        let alike = try region.map { try store.alike(name, in: $0) } ?? []
        if let found = OrganisationStore.named(name, among: alike) {
            try admit(found, name)
            if let uscc, found.uscc != uscc {
                guard found.uscc == nil else {
                    throw reader.fault(
                        "统一社会信用代码", "“\(name)”已登记另一个代码。请核对", en: "“\(name)” is registered with another code. Check it")
                }
                try store.correct(found.number, uscc: uscc, nature: found.nature)
            }
            return try agreed(found)
        }
        guard let region else {
            throw reader.fault(
                "行政区划", "新单位“\(name)”要写明行政区划，如 370902 或 泰山区",
                en: "The new unit “\(name)” needs a region, such as 370902 or its name")
        }
        guard alike.isEmpty else {
            let names = LocalizedText.list(alike.map { "“\($0.name)”" })
            throw reader.fault(
                "单位名称",
                LocalizedText(
                    "名称只有写法不同的单位有 \(alike.count) 个：",
                    en: "\(alike.count) units differ only in the spelling of the name: ")
                    + names + LocalizedText("。请按其中一个的写法填写", en: ". Write the name of one of them"))
        }
        return try register(name, uscc, in: region)
    }

    /// The sender's own unit. An employer may leave the unit columns empty and must not name another unit.
    private func ownUnit(_ number: ID<Organisation>, isNew: Bool) throws -> Organisation? {
        let named = ["单位名称"] + Self.columns
        guard try isNew || named.contains(where: { try reader.text($0) != nil }) else { return nil }
        guard let own = try store.find(number) else { return nil }
        let uscc = try reader.uscc("统一社会信用代码")
        guard NormalForm.sameUnit(try reader.text("单位名称") ?? own.name, own.name) else {
            throw reader.fault(
                "单位名称", "只能导入本单位“\(own.name)”的人员。请改正，或把单位的各列留空",
                en: "Only people of your own unit “\(own.name)” can be imported. "
                    + "Correct the name, or leave the columns of the unit empty")
        }
        guard uscc == nil || uscc == own.uscc else {
            throw reader.fault(
                "统一社会信用代码", "与本单位登记的代码不符。请核对，或留空；代码要登记或更正的，请联系主管部门",
                en: "Not the registered code of your unit. Check it, or leave it empty; "
                    + "ask the authority to register or correct a code")
        }
        guard try region() ?? own.region == own.region else {
            throw reader.fault(
                "行政区划", "与本单位登记的行政区划不符。请核对，或留空",
                en: "Not the registered region of your unit. Check it, or leave it empty")
        }
        return try agreed(own)
    }

    /// Gives the same failure for every unit outside the sender's scope.
    private func admit(_ unit: Organisation, _ name: String) throws {
        guard try writeScope.holds(unit.number) else { throw system(name) }
    }

    private func system(_ name: String) -> any Error {
        reader.fault(
            "单位名称", "“\(name)”不在您管理的范围。只能导入您管理的单位的人员；调到别处的，由调入单位的主管部门办理",
            en: "You do not manage “\(name)”. Only people of your own units can be imported; "
                + "a move to another unit is for its authority to enter")
    }

    private func register(_ name: String, _ uscc: USCC?, in region: RegionCode) throws -> Organisation {
        guard try writeScope.mayRegister(in: region) else { throw system(name) }
        let isAgency = try reader.choice("人员关系", PeopleImport.relations) == "none"
        guard let nature = try reader.choice("单位性质", PeopleImport.natures) ?? (isAgency ? "none" : nil) else {
            throw reader.fault(
                "单位性质",
                LocalizedText("新单位“\(name)”要写明单位性质：", en: "The new unit “\(name)” needs its nature: ")
                    + .list(PeopleImport.natures.map(\.0)))
        }
        return try store.add(
            name, isAgency ? .agency : .employer, uscc: uscc, nature: nature, region: region,
            upstream: try upstream(region))
    }

    /// Refuses a nature that differs from the registered one: it is corrected separately, not by a list.
    private func agreed(_ unit: Organisation) throws -> Organisation {
        guard let nature = try reader.choice("单位性质", PeopleImport.natures), nature != unit.nature else { return unit }
        let registered = RosterEntry.nature(unit.nature)
        throw reader.fault(
            "单位性质", "“\(unit.name)”已登记为\(registered)。请核对，或留空",
            en: "“\(unit.name)” is registered as “\(registered)”. Check it, or leave it empty")
    }

    private func region() throws -> RegionCode? { try Self.region(reader, regions) }

    static func region(_ reader: RowReader, _ regions: [Region]) throws -> RegionCode? {
        guard let text = try reader.text("行政区划") else { return nil }
        let code = text.narrow.whole
        guard let found = regions.first(where: { $0.code.text == code || NormalForm.same($0.name, text) }) else {
            guard !regions.isEmpty else {
                throw reader.fault(
                    "行政区划", "还没有登记行政区划。请联系系统管理员，先导入地区名单",
                    en: "There are no regions yet. Import the list of regions first (xueshi import places)")
            }
            throw reader.fault(
                "行政区划",
                LocalizedText("没有登记“\(text)”。可用的：", en: "“\(text)” is not registered. Registered: ")
                    + .list(regions.prefix(20).map(\.name)))
        }
        return found.code
    }

    /// The authority above a new unit: one in the sender's scope, or the sender itself.
    private func upstream(_ region: RegionCode) throws -> ID<Organisation>? {
        guard let name = try reader.text("主管部门") else {
            if case .below(let authority) = writeScope.submitter.scope { return authority }
            return try store.authority(of: region)?.number
        }
        let found = try store.authorities(named: name).first {
            try $0.number == writeScope.submitter.organisation || writeScope.holds($0.number)
        }
        guard let found else {
            throw reader.fault(
                "主管部门", "没有登记主管部门“\(name)”。请核对名称；留空则归 \(region) 的人社局",
                en: "The authority “\(name)” is not registered. Check the name; "
                    + "if empty, it is the human-resources authority of \(region)")
        }
        return found.number
    }
}
