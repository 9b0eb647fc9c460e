import Database
import Kernel
import Signing

package struct PersonStore {
    let transaction: Transaction
    let people: People

    package init(_ transaction: Transaction, _ people: People) {
        (self.transaction, self.people) = (transaction, people)
    }

    private static let columns: SQL = "SELECT \(PersonSchema.person.selection("p")) FROM person p"

    package func find(_ number: ID<Person>) throws -> Person? {
        try one("\(Self.columns) WHERE p.number = \(number)")
    }

    package func find(_ id: IDNumber) throws -> Person? {
        try one("\(Self.columns) WHERE p.id_lookup = \(lookup(id))")
    }

    /// Adds a person with a new ID number. Stores the normal form of the name, and the typed name.
    ///
    /// `isPlaceholder`: the number belongs to somebody outside the sender's scope, and the row is tried as if it did
    /// not. The placeholder is not found by the number. Its transaction or savepoint must be rolled back.
    package func add(
        _ typed: String, _ id: IDNumber, phone: String?, isPlaceholder: Bool = false
    ) throws -> ID<Person> {
        let number = ID<Person>(try NumberStore(transaction).take(of: "person"))
        let sealed = try people.keys.seal(Array(id.text.utf8), context: Self.context("id", number))
        let hash = isPlaceholder ? standIn(id) : lookup(id)
        let name = NormalForm.personName(typed)
        try transaction.insert(
            [
                number, name, sealed, hash, try seal(phone, number), Value.null,
                id.kind == .resident ? nil : id.kind.rawValue, typed == name ? nil : typed,
            ], into: PersonSchema.person)
        return number
    }

    /// Corrects name and phone; a missing phone changes nothing. A login by the old phone becomes one by the new phone.
    /// A name that differs only in spelling stays, because certificates contain it.
    ///
    /// `keepingLogin`: an account with its owner's password keeps its logins.
    package func correct(
        _ number: ID<Person>, name typed: String, phone: String?, keepingLogin: Bool = false
    ) throws -> Bool {
        let known = try transaction.first("SELECT name, phone_sealed FROM person WHERE number = \(number)") {
            (name: try $0.text(0), phone: try $0.optionalBytes(1))
        }
        let old = try known?.phone.map { try open($0, "phone", number) }
        let accounts = AccountStore(transaction, people)
        if let phone, let account = try accounts.find(person: number) {
            let isLogin = account.isFirst || !keepingLogin
            if let old, old != phone { try accounts.drop(mobile: old, of: account.number, isLogin: isLogin) }
            try accounts.put(mobile: phone, of: account.number, isLogin: isLogin)
        }
        let isNamedSo = known.map { NormalForm.sameIgnoringCase($0.name, typed) } ?? false
        guard !isNamedSo || (phone != nil && phone != old) else { return false }
        var changes: [(StaticString, any Bindable)] = [("phone_sealed", try seal(phone ?? old, number))]
        if !isNamedSo {
            let name = NormalForm.personName(typed)
            changes += [("name", name), ("name_typed", typed == name ? nil : typed)]
        }
        return try transaction.update(PersonSchema.person, key: [number], changes)
    }

    /// The full ID number. Showing it must be recorded; pages show ``IDNumber/masked``.
    package func idNumber(of number: ID<Person>) throws -> IDNumber? {
        try transaction.first("\(Self.columns) WHERE p.number = \(number)") { try id($0, number) }
    }

    /// The typed name, if it differs from the stored one.
    package func typedName(of number: ID<Person>) throws -> String? {
        try transaction.first("\(Self.columns) WHERE p.number = \(number)") { row in
            try row.check(PersonSchema.person)
            return try row.optionalText(7)
        } ?? nil
    }

    private func id(_ row: Row, _ number: ID<Person>) throws -> IDNumber {
        try row.check(PersonSchema.person)
        let kind = try row.optionalText(6).flatMap { IDNumber.Kind(rawValue: $0) } ?? .resident
        return try IDNumber(open(row.bytes(2), "id", number), kind)
    }

    package func phone(of number: ID<Person>) throws -> String? {
        let sealed = try transaction.first("SELECT phone_sealed FROM person WHERE number = \(number)") {
            try $0.optionalBytes(0)
        }
        return try (sealed ?? nil).map { try open($0, "phone", number) }
    }

    /// The person, followed by all who were merged into it.
    package func family(of root: ID<Person>) throws -> [ID<Person>] {
        try [root]
            + transaction.rows("\(Self.columns) WHERE p.alias = \(root) ORDER BY p.number") { row in
                try row.check(PersonSchema.person)
                return try row.id(0)
            }
    }

    /// The person that a number refers to now. Failure: `person.unknown`.
    package func root(of number: ID<Person>) throws -> ID<Person> {
        guard let found = try find(number) else { throw Failure.noPerson(number) }
        return found.alias ?? found.number
    }

    /// Numbers of people who are not merged into others, page by page.
    package func roots(after number: Int, limit: Int) throws -> [ID<Person>] {
        try transaction.rows(
            """
            SELECT number FROM person WHERE number > \(number) AND alias IS NULL ORDER BY number LIMIT \(limit)
            """
        ) { try $0.id(0) }
    }

    /// The same in a range: after the first number and up to the last.
    package func roots(after number: Int, through last: Int) throws -> [ID<Person>] {
        var roots: [ID<Person>] = []
        try transaction.each(
            """
            SELECT number FROM person WHERE number > \(number) AND number <= \(last) AND alias IS NULL ORDER BY number
            """
        ) { roots.append(try $0.id(0)) }
        return roots
    }

    /// The highest number of a person; 0 if there is none.
    package func last() throws -> Int {
        try transaction.first("SELECT coalesce(max(number), 0) FROM person") { try $0.int(0) } ?? 0
    }

    /// The merged people among these roots.
    package func aliases(from: Int, through: Int) throws -> [(person: Int, root: Int)] {
        try transaction.rows(
            "\(Self.columns) WHERE p.alias >= \(from) AND p.alias <= \(through) ORDER BY p.alias, p.number"
        ) { row in
            try row.check(PersonSchema.person)
            return (try row.int(0), try row.int(5))
        }
    }

    package func names(from: Int, through: Int) throws -> [Int: String] {
        var names: [Int: String] = [:]
        try transaction.each("SELECT number, name FROM person WHERE number >= \(from) AND number <= \(through)") {
            names[try $0.int(0)] = try $0.text(1)
        }
        return names
    }

    /// The numbers in this range that are merged into others.
    package func merged(from: Int, through: Int) throws -> Set<Int> {
        Set(
            try transaction.rows(
                "\(Self.columns) WHERE p.number >= \(from) AND p.number <= \(through) AND p.alias IS NOT NULL"
            ) { row in
                try row.check(PersonSchema.person)
                return try row.int(0)
            })
    }

    /// Name and full ID number of each of these people, for printing.
    package func holders(from: Int, through: Int) throws -> [Int: (name: String, id: IDNumber)] {
        var holders: [Int: (name: String, id: IDNumber)] = [:]
        try transaction.each("\(Self.columns) WHERE p.number >= \(from) AND p.number <= \(through)") { row in
            let number = try row.int(0)
            holders[number] = (try row.text(1), try id(row, ID(number)))
        }
        return holders
    }

    /// The same for one person; `nil` if it is merged into another.
    package func holder(_ number: ID<Person>) throws -> (name: String, id: IDNumber)? {
        try transaction.first("\(Self.columns) WHERE p.number = \(number) AND p.alias IS NULL") { row in
            (try row.text(1), try id(row, number))
        }
    }

    package func count() throws -> Int { try transaction.first("SELECT count(*) FROM person") { try $0.int(0) } ?? 0 }

    private func one(_ sql: SQL) throws -> Person? {
        try transaction.first(sql) { row in
            try row.check(PersonSchema.person)
            return Person(number: try row.id(0), name: try row.text(1), alias: try row.optionalInt(5).map { ID($0) })
        }
    }

    private func lookup(_ id: IDNumber) -> [UInt8] { people.keys.lookup(id.key, context: "person/id") }

    private func standIn(_ id: IDNumber) -> [UInt8] { people.keys.lookup(id.key, context: "person/stand-in") }

    private static func context(_ column: String, _ number: ID<Person>) -> String { "person/\(column)/\(number)" }

    private func seal(_ phone: String?, _ number: ID<Person>) throws -> [UInt8]? {
        try phone.map { try people.keys.seal(Array($0.utf8), context: Self.context("phone", number)) }
    }

    private func open(_ sealed: [UInt8], _ column: String, _ number: ID<Person>) throws -> String {
        String(decoding: try people.keys.open(sealed, context: Self.context(column, number)), as: UTF8.self)
    }
}

// MARK: - Merging

extension PersonStore {
    /// Makes `person` an alias of `target`. No rows are rewritten, so it can be undone exactly.
    ///
    /// Failure: `person.merge` if one of them is merged already, or others are merged into `person`.
    package func merge(_ person: ID<Person>, into target: ID<Person>, reason: String) throws {
        guard let one = try find(person) else { throw Failure.noPerson(person) }
        guard let other = try find(target) else { throw Failure.noPerson(target) }
        guard person != target else { throw Failure.mergeRefused("两个编号相同", en: "the two numbers are one") }
        if let alias = one.alias {
            throw Failure.mergeRefused("\(person) 已并入 \(alias)", en: "\(person) is merged into \(alias) already")
        }
        if other.alias == person {
            throw Failure.mergeRefused("\(target) 已并入 \(person)，两者已是一人", en: "\(target) is merged into \(person)")
        }
        if let alias = other.alias {
            throw Failure.mergeRefused("\(target) 已并入 \(alias)，请并入 \(alias)", en: "\(target) is merged into \(alias)")
        }
        guard try family(of: person).count == 1 else {
            throw Failure.mergeRefused("已有人员并入 \(person)，请先撤销", en: "others are merged into \(person): undo first")
        }
        try point(person, to: target, reason)
    }

    /// All people ever merged into this one, including undone merges.
    package func everMerged(into target: ID<Person>) throws -> [ID<Person>] {
        try transaction.rows("SELECT DISTINCT person FROM person_merge WHERE target = \(target) ORDER BY person") {
            try $0.id(0)
        }
    }

    /// Undoes a merge. Returns the former target.
    package func unmerge(_ person: ID<Person>, reason: String) throws -> ID<Person> {
        guard let one = try find(person) else { throw Failure.noPerson(person) }
        guard let target = one.alias else {
            throw Failure.unmergeRefused(person)
        }
        try point(person, to: nil, reason)
        return target
    }

    private func point(_ person: ID<Person>, to target: ID<Person>?, _ reason: String) throws {
        try transaction.update(PersonSchema.person, key: [person], [("alias", target)])
        let turn = try transaction.first(
            "SELECT coalesce(max(turn), 0) + 1 FROM person_merge WHERE person = \(person)"
        ) { try $0.int(0) }
        try transaction.insert([person, turn ?? 1, target, reason, people.system.now()], into: PersonSchema.merge)
    }
}
