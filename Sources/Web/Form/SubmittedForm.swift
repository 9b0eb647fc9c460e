/// A form that was sent and not taken: what it holds, where it goes, and what its fields are called.
package struct SubmittedForm: Sendable {
    package let form: Query
    package let path: String
    /// The title of each field that a person types in, by its name.
    package let titles: Query

    init(form: Query, path: String, fields: [FormField]) {
        (self.form, self.path) = (form, path)
        titles = Query(
            Dictionary(fields.map { ($0.id, [$0.label]) }, uniquingKeysWith: { first, _ in first }),
            in: fields.map(\.id))
    }

    /// As a page held it.
    package init(form: String, path: String, titles: String) {
        (self.form, self.path, self.titles) = (Query(form), path, Query(titles))
    }
}
