/// A form that was sent without a valid session: its values, its path and the titles of its fields.
package struct SubmittedForm: Sendable {
    package let form: Query
    package let path: String
    /// The titles of the fields that a person fills in, by name.
    package let titles: Query

    init(form: Query, path: String, fields: [FormField]) {
        (self.form, self.path) = (form, path)
        titles = Query(
            Dictionary(fields.map { ($0.id, [$0.label]) }, uniquingKeysWith: { first, _ in first }),
            in: fields.map(\.id))
    }

    /// From the texts that a page stored in hidden fields.
    package init(form: String, path: String, titles: String) {
        (self.form, self.path, self.titles) = (Query(form), path, Query(titles))
    }
}
