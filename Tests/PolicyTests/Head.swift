import Policy

/// The smallest policy with a rule and without findings.
enum Head {
    static let text = """
        policy: head
        title: 最小政策
        jurisdiction: "370900"
        in-force: 2022-01-01
        sources: { notice: { title: 通知 } }
        hour: { round: down, to: 0.01, clause: notice 一 }
        period: { year: 2022 }
        subjects:
          public: { name: 公需科目 }
          professional: { name: 专业科目 }
        requirements:
          - { count: all, at-least: 90, clause: notice 一 }
        recognition:
          course:
            name: 课程
            clause: notice 二
            subject: { from: subject }
            credited-to: ended-on
            facts:
              subject: { name: 科目, one-of: subjects }
              credit: { name: 学时, hours: 0.01..200 }
              ended-on: { name: 结束日期, date: any }
            hours:
              - per: { count: credit, hours: 1, partial: yes }
            sample: { subject: professional, credit: 24, ended-on: 06-01 }

        """

    /// The head with one replacement.
    static func with(_ old: String, _ new: String) -> String { text.replacing(old, with: new) }
}
