import Database
import Kernel
import People
import Registry

/// Finds the units that the administrator names.
struct AdministrationReader: Sendable {
    let registry: Registry

    /// The unit or authority with this number or exactly this name; `nil` for an empty text.
    ///
    /// Failure: `administration.unit` if there is none, or several.
    func unit(_ typed: String) async throws -> ID<Organisation>? {
        guard !typed.isEmpty else { return nil }
        if let number = ID<Organisation>(typed) { return number }
        let found = try await registry.database.read { transaction in
            try registry.people.organisations(transaction).values.filter { NormalForm.sameUnit($0.name, typed) }
        }
        guard let unit = found.first, found.count == 1 else { throw Failure.noSuchUnit(found.count) }
        return unit.number
    }
}

extension Failure {
    static func noSuchUnit(_ count: Int) -> Failure {
        Failure(
            .badInput, "administration.unit",
            count == 0 ? "没有这个名称的单位或主管部门。请核对全称，或填编号。" : "有 \(count) 个单位叫这个名称。请填编号。",
            en: "\(count) units or authorities have this name. Type the full name, or the number.")
    }
}
