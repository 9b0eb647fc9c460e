import Kernel

/// A professional (专业技术人员), identified elsewhere by number.
package struct Person: Sendable, Hashable {
    package let number: ID<Person>
    package let name: String
    /// The person this one was merged into, if any.
    package let alias: ID<Person>?
}

/// Failures of the person register.
extension Failure {
    /// No person has this number; without a number, no person has the given ID number.
    package static func noPerson(_ number: ID<Person>?) -> Failure {
        Failure(
            .notFound, "person.unknown",
            "没有登记过\(number.map { "编号 \($0) 的人员" } ?? "这个证件号码")。请核对，或先导入人员。",
            en: "There is no person with \(number.map { "number \($0)" } ?? "this ID number"). Check it, or import.")
    }

    static func mergeRefused(_ why: String, en: String) -> Failure {
        Failure(.refused, "person.merge", "不能合并：\(why)。", en: "These cannot be merged: \(en).")
    }

    static func unmergeRefused(_ person: ID<Person>) -> Failure {
        Failure(
            .refused, "person.unmerge", "\(person) 没有并入别人，不需要撤销。",
            en: "\(person) is not merged into anybody, so there is nothing to undo.")
    }
}
