import Documents
import Kernel
import People
import Policy

extension PolicyBook {
    /// The facts of people that policies read and employments do not contain, each as a column of the list of people.
    package var personColumns: [PersonColumn] {
        let professions = catalogue.professions
        var columns = professions.isEmpty ? [] : [PersonColumn(professions: professions)]
        for shape in catalogue.person
        where !["employer", "relation", "profession", "title-level"].contains(shape.key) {
            guard !columns.contains(where: { $0.name == shape.name }) else { continue }
            columns.append(PersonColumn(shape))
        }
        return columns
    }
}

package struct PersonColumn: Sendable {
    package let key: String
    package let name: String
    package let accepted: String
    let choices: [String]
    package let read: PeopleImport.Reading

    fileprivate init(professions: [String]) {
        let accepted = professions.joined(separator: "、")
        (key, name, choices, self.accepted) = ("profession", "行业", professions, accepted)
        read = { reader in
            try reader.choice("行业", professions.map { ($0, $0) }).map { ($0, .text($0)) }
        }
    }

    fileprivate init(_ shape: FactShape) {
        (key, name, choices, accepted) = (shape.key, shape.name, shape.choices, shape.accepted.chinese)
        read = { reader in
            guard let text = try reader.text(shape, under: shape.name) else { return nil }
            guard let value = shape.listed(text) else {
                throw reader.fault(shape.name, shape.objection(to: text))
            }
            return (text, value)
        }
    }
}
