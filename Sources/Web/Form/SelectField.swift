/// A choice of one of several options. Partial `select`.
package struct SelectField: PageValue {
    package struct Option: PageValue {
        let value: String
        let title: String
        var isChosen = false
        /// The id of the field that the option belongs to.
        var field = ""

        package init(_ value: String, _ title: String) { (self.value, self.title) = (value, title) }

        package static var fields: [String: Field<Option>] {
            [
                "value": .text { $0.value }, "title": .text { $0.title }, "isChosen": .flag { $0.isChosen },
                "field": .text { $0.field },
            ]
        }

        package static var sample: Option { Option("370902", "泰山区") }
    }

    let id: String
    let label: String
    let options: [Option]

    /// `all`: the title of the option that stands for no choice.
    package init(_ id: String, _ label: String, all: String? = nil, _ options: [Option], chosen: String) {
        (self.id, self.label) = (id, label)
        self.options = ((all.map { [Option("", $0)] } ?? []) + options).map { option in
            var option = option
            option.isChosen = option.value == chosen
            return option
        }
    }

    /// The title of the chosen option; `nil` if it is the first, which is the default.
    package var special: String? { options.dropFirst().first(where: \.isChosen)?.title }

    package static var fields: [String: Field<SelectField>] {
        ["id": .text { $0.id }, "label": .text { $0.label }, "options": .list { $0.options }]
    }

    package static var sample: SelectField {
        SelectField("region", "地区", all: "全部", [.sample], chosen: "370902")
    }
}

/// Check boxes, any number of which may be checked. Partial `checks`.
package struct CheckFields: PageValue {
    let id: String
    let label: String
    let options: [SelectField.Option]

    package init(_ id: String, _ label: String, _ options: [SelectField.Option], chosen: Set<String>) {
        (self.id, self.label) = (id, label)
        self.options = options.map { option in
            var option = option
            (option.isChosen, option.field) = (chosen.contains(option.value), id)
            return option
        }
    }

    package static var fields: [String: Field<CheckFields>] {
        ["id": .text { $0.id }, "label": .text { $0.label }, "options": .list { $0.options }]
    }

    package static var sample: CheckFields { CheckFields("show", "显示哪些列", [.sample], chosen: []) }
}
