import Kernel
import Registry
import Testing

@testable import Desk
@testable import People

@Suite struct RosterOrderTests {
    private func listed(_ number: Int, _ name: String, _ level: String) throws -> RosterReader.Listed {
        let line = RosterLine(
            person: ID(number), name: name, unit: ID(1), unitName: "泰安示例机械有限公司",
            region: try #require(RegionCode("370902")), nature: "",
            level: level)
        return (line, [])
    }

    @Test(arguments: [
        (RosterOrder.number, [1, 2, 3, 4, 5]), (.name, [3, 2, 5, 1, 4]), (.level, [2, 3, 5, 1, 4]),
        (.missing, [1, 2, 3, 4, 5]),
    ])
    func peopleAreListedInTheOrderThatWasAskedFor(_ order: RosterOrder, _ numbers: [Int]) throws {
        let people = try [
            listed(1, "岳明远", "none"), listed(2, "李娜", "full-senior"), listed(3, "安然", "senior"),
            listed(4, "张伟", ""), listed(5, "李娜", "junior"),
        ]
        #expect(order.sorted(people).map(\.line.person.number) == numbers)
    }
}
