import Jobs

/// Import results stored before results had marks. Their marks are derived from figures and sentences.
extension JobResult {
    func has(_ mark: JobMark) -> Bool { (marks ?? marksByWords).contains(mark) }

    private var marksByWords: Set<JobMark> {
        var marks: Set<JobMark> = []
        let registers = figures.contains { ["将新增", "将更改"].contains($0.name) && $0.value != "0" }
        if registers || sentences.contains(where: { $0.contains("正式导入后会报") || $0.hasPrefix("……") }) {
            marks.insert(.importable)
        }
        if sentences.contains(where: { $0.contains("我报的申请") }) { marks.insert(.pending) }
        if figures.contains(where: { $0.name == Self.takingAway }) { marks.insert(.reducesHours) }
        return marks
    }
}
