import Policy
import Testing

/// Rules as an officer would write them, each with the cases that decide what it means.
///
/// The rules are built on the smallest policy, and every example in them must come out as it says.
func expectRight(_ rules: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = "based-on: head.yaml\npolicy: rules\n" + rules
    let reading = readPolicy(text, file: "rules.yaml") { $0 == "head.yaml" ? (Head.text, $0) : nil }
    #expect(reading.examples > 0, sourceLocation: sourceLocation)
    for finding in reading.findings { Issue.record("\(finding)", sourceLocation: sourceLocation) }
}

@Suite("What counts once")
struct OnceRulesTests {
    private let rules = """
        recognition:
          course:
            facts:
              number: { name: 证书编号, text: required, optional: yes }

        """

    /// What does not say its number is not known again by it.
    @Test func whatLacksAFactOfTheKeyIsNotKnownAgain() {
        expectRight(
            rules + """
                    once: { key: [number], per: year, clause: notice 二 }
                examples:
                  - name: 都没有编号
                    given: [{ course: { credit: 20 } }, { course: {} }]
                    expect: { counted: { total: 44 }, uncounted: 0 }
                  - name: 一项有编号
                    given: [{ course: { number: 甲1 } }, { course: {} }]
                    expect: { counted: { total: 48 } }
                  - name: 编号相同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲1 } }]
                    expect: { counted: { total: 24 }, uncounted: 24 }
                  - name: 编号不同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲2 } }]
                    expect: { counted: { total: 48 } }

                """)
    }

    /// The same of works: what lacks a fact of the name is no claim of a work.
    @Test func aWorkWithoutItsNameIsNone() {
        expectRight(
            rules + """
                    work: { key: [number], assumed: 同一证书只计一次 }
                examples:
                  - { name: 都没有编号, given: [{ course: {} }, { course: {} }], expect: { counted: { total: 48 } } }
                  - name: 编号相同
                    given: [{ course: { number: 甲1 } }, { course: { number: 甲1 } }]
                    expect: { counted: { total: 24 }, uncounted: 24 }

                """)
    }
}
