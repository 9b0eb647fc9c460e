import Kernel

extension [LedgerEntry] {
    /// 原计 30 学时，现计 20 学时: what these reversals and entries change; `nil` where there is none.
    var change: String? {
        guard !isEmpty else { return nil }
        let hours = { (entries: [LedgerEntry]) in entries.reduce(CreditHours.zero) { $0 + $1.hours } }
        let (gone, come) = (filter { $0.reverses != nil }, filter { $0.reverses == nil })
        return "原计 \(CreditHours.zero - hours(gone)) 学时，现计 \(hours(come)) 学时"
    }
}
