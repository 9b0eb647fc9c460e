import Jobs
import Registry
import Web

/// The next step after a list: after a dry run, the import of the same file; after an import, the rows to be mended or
/// the people in it; after a failure, the upload.
struct ImportFollowUp {
    private let job: Job
    private let isDryRun: Bool

    /// `nil` for jobs of other kinds.
    init?(_ job: Job) {
        guard job.kind == OfficeJobs.importList else { return nil }
        (self.job, isDryRun) = (job, (try? job.payload(ListPayload.self))?.isDryRun ?? false)
    }

    var step: JobFollowUp {
        guard job.state == .done else { return failed }
        guard isDryRun else { return imported }
        return job.input == nil ? expired : job.possibleContents.isEmpty ? tried : question
    }

    private static func upload(_ sentence: String, button: String = "重新上传") -> JobFollowUp {
        JobFollowUp(sentence, button: button, page: ImportPages.path.link())
    }

    private var failed: JobFollowUp {
        Self.upload((isDryRun ? "没有登记任何内容。" : "已经登记的保留，再次上传不会重复。") + "按下面的说明改好名单以后再上传。")
    }

    private var expired: JobFollowUp { Self.upload("试导入的名单已过 30 天保存期，已经删除。要正式导入，请重新上传。") }

    /// The question what the list contains. The upload is kept.
    private var question: JobFollowUp {
        var next = JobFollowUp(
            "请选择名单里是什么，再试导入。文件已经收到，不用重新上传。", button: "试导入", action: ImportPages.contentPath.link(job.number))
        next.question = "名单里是什么"
        next.options = job.possibleContents.map { SelectField.Option($0.text, $0.option) }
        return next
    }

    private var tried: JobFollowUp {
        guard job.result.has(.importable) || job.takingAway != nil else { return nothingToImport }
        let rest = job.result.badRows > 0 ? "有误的行不会导入，改好以后再上传。" : ""
        var next = JobFollowUp(
            "这是试导入，还没有登记任何内容，结果以正式导入为准。\(rest)", button: importButton, action: ImportPages.confirmPath.link(job.number))
        next.choice = job.takingAway.map { "连同会减少已登记学时的 \($0) 行一起登记（已核对编号）" }
        next.fileTitle = fileTitle
        return next
    }

    private var importButton: String {
        guard job.takingAway == nil, let rows = job.result.goodRows else { return "正式导入" }
        return rows > 0 ? "导入 \(rows) 行" : "报上级主管部门"
    }

    private var fileTitle: String? {
        guard let rows = job.result.failedRows else { return nil }
        return rows == job.result.badRows ? "下载有误的 \(rows) 行" : "下载没有导入的 \(rows) 行"
    }

    private var nothingToImport: JobFollowUp {
        guard job.result.isBad else { return Self.upload("名单和登记的一样，没有要导入的行。", button: "上传另一份名单") }
        return mend("没有可以导入的行。下载有误的行，照“原因”一列改好以后再上传。")
    }

    private func mend(_ sentence: String) -> JobFollowUp {
        var next = Self.upload(sentence, button: "上传改好的表")
        (next.fileTitle, next.isAfterFile) = (fileTitle, true)
        return next
    }

    private var imported: JobFollowUp {
        if job.result.has(.pending) {
            var next = JobFollowUp(
                "有的行已报上级主管部门，办理结果在“我报的申请”里看。其余没有导入的行，下载后照“原因”一列改好再上传。",
                button: "看我报的申请", page: UpstreamPages.askedPath.link())
            next.fileTitle = fileTitle
            return next
        }
        if job.result.isBad { return mend("没有导入的行，下载后照“原因”一列改好再上传；已经导入的不会重复。") }
        return JobFollowUp("登记的人员和学时，在人员名单里核对。", button: "看人员名单", page: RosterPages.path.link())
    }
}

extension Job {
    /// The number of rows that reduce hours and need consent; `nil` if there are none.
    var takingAway: String? {
        guard result.has(.reducesHours) else { return nil }
        return result.figures.first { $0.name == JobResult.takingAway }?.value
    }

    /// What the list contains; `nil` in older results and if the headers do not tell.
    var content: ListContent? { result.values[ListContent.key].flatMap { ListContent(text: $0) } }

    /// What the list may contain, if its headers do not tell; otherwise empty.
    var possibleContents: [ListContent] {
        (result.values[ListContent.choices] ?? "").split(separator: "\t").compactMap { ListContent(text: String($0)) }
    }
}

extension ListContent {
    /// The title of the option to choose it.
    fileprivate var option: String {
        switch self {
        case .people: "人员：姓名、身份证号、单位、职称"
        case .hours(nil): "学时：按“认定形式”一列或工作表的名称"
        case .hours(let kind?): "学时：都是“\(kind)”"
        }
    }
}
