import Testing

@Suite("House rules")
struct TidyTests {
    @Test(arguments: Rule.all)
    func holds(rule: Rule) {
        for file in House.swift where !file.path.hasPrefix("Tests/TidyTests/Rule") {
            for line in rule.breaches(file) {
                Issue.record("\(file.path):\(line): \(rule.name) is banned, use: \(rule.instead)")
            }
        }
    }

    @Test(arguments: Rule.all)
    func catchesItsBadExample(rule: Rule) {
        #expect(!rule.breaches(rule.bad).isEmpty)
    }

    @Test func theHouseIsNotEmpty() {
        #expect(House.swift.count > 10)
    }
}
