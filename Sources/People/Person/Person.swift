import Kernel

/// A professional (专业技术人员), known everywhere else by number.
package struct Person: Sendable, Hashable {
    package let number: ID<Person>
    package let name: String
    /// The person this one was merged into, if any.
    package let alias: ID<Person>?
}

/// What the person register has to say no to.
extension Failure {
    package static func noPerson(_ what: String) -> Failure {
        Failure(
            .notFound, "person.unknown", "没有登记过\(what)。请核对，或先导入人员。",
            en: "There is no person \(what). Check it, or import the person first.")
    }

    static func mergeRefused(_ why: String, en: String) -> Failure {
        Failure(.refused, "person.merge", "不能合并：\(why)。", en: "These cannot be merged: \(en).")
    }
}
