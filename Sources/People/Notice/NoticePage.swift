import Kernel
import Web

/// A list of notices.
struct NoticeList: PageValue {
    let rows: [NoticeRow]
    let older: Link?
    let isEditor: Bool

    static var fields: [String: Field<NoticeList>] {
        [
            "rows": .list { $0.rows }, "hasOlder": .flag { $0.older != nil }, "older": .text { $0.older?.text ?? "" },
            "isEditor": .flag { $0.isEditor }, "new": .text { _ in NoticePages.newPath.link().text },
        ]
    }

    static var sample: NoticeList {
        NoticeList(rows: [.sample], older: NoticePages.path.link(), isEditor: true)
    }
}

/// A line that links to a notice.
package struct NoticeRow: PageValue {
    let title: String
    let link: Link
    let time: ClockTime

    package init(_ notice: Notice, now: Int) {
        (title, link) = (notice.title, NoticePages.noticePath.link(notice.number))
        time = ClockTime(notice.published, now: now)
    }

    package static var fields: [String: Field<NoticeRow>] {
        ["title": .text { $0.title }, "link": .text { $0.link.text }, "time": .item { $0.time }]
    }

    package static var sample: NoticeRow { NoticeRow(.sample, now: Notice.sample.published + 7_200_000) }
}

/// A complete notice.
struct NoticePage: PageValue {
    let row: NoticeRow
    let notice: Notice
    let isEditor: Bool

    init(_ notice: Notice, now: Int, isEditor: Bool) {
        (row, self.notice, self.isEditor) = (NoticeRow(notice, now: now), notice, isEditor)
    }

    static var fields: [String: Field<NoticePage>] {
        [
            "title": .text { $0.notice.title }, "time": .item { $0.row.time },
            "paragraphs": .list { $0.notice.body.split(separator: "\n").map { Sentence(String($0)) } },
            "isWithdrawn": .flag { $0.notice.withdrawal != nil },
            "reason": .text { $0.notice.withdrawal?.reason ?? "" },
            "withdrawn": .text { $0.notice.withdrawal.map { ClockTime($0.day).text } ?? "" },
            "mayWithdraw": .flag { $0.isEditor && $0.notice.withdrawal == nil },
            "withdrawal": .text { NoticePages.withdrawalPath.link($0.notice.number).text },
        ]
    }

    static var sample: NoticePage { NoticePage(.sample, now: Notice.sample.published, isEditor: true) }
}

extension Notice {
    static let sample = Notice(
        number: ID(1), title: "2022年度学时审验开始", body: "请各单位于 3 月底前核对。\n逾期请联系主管部门。",
        published: 1_672_531_200_000, withdrawal: Withdrawal(reason: "时间有误", day: 1_672_617_600_000))
}
