/// A field of a form with its value and its error. Partial `field`.
package struct FormField: PageValue {
    package var id: String
    package var label: String
    package var hint = ""
    package var value = ""
    package var error = ""
    /// `text`, `password`, `date`, `tel` …
    package var type = "text"
    package var autocomplete = "off"
    package var isRequired = true

    package init(_ id: String, _ label: String) { (self.id, self.label) = (id, label) }

    /// The ids of hint and error, for screen readers.
    private var described: String {
        [hint.isEmpty ? nil : "\(id)-hint", error.isEmpty ? nil : "\(id)-error"].compactMap { $0 }.joined(
            separator: " ")
    }

    package static var fields: [String: Field<FormField>] {
        [
            "id": .text { $0.id }, "label": .text { $0.label }, "hint": .text { $0.hint },
            "hasHint": .flag { !$0.hint.isEmpty }, "value": .text { $0.value }, "error": .text { $0.error },
            "isWrong": .flag { !$0.error.isEmpty }, "type": .text { $0.type },
            "autocomplete": .text { $0.autocomplete }, "isRequired": .flag { $0.isRequired },
            "isDescribed": .flag { !$0.described.isEmpty }, "described": .text { $0.described },
        ]
    }

    package static var sample: FormField {
        var field = FormField("authors", "作者数")
        (field.hint, field.value, field.error) = ("全部作者的人数，包括您自己", "0", "作者数至少为 1")
        return field
    }
}
