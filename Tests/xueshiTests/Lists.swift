import Foundation
import Kernel
import Testbed

/// Lists of invented people who each have all hours required in 2022.
struct Lists {
    let people: String
    let hours: String

    init(folder: URL, people count: Int) throws {
        people = folder.path + "/people.csv"
        hours = folder.path + "/hours.csv"
        var list = "姓名,身份证号,单位名称,单位性质,行政区划,人员关系,任职起始日期\n"
        var done = "身份证号,认定形式,编号,课程名称,学习平台,科目,课程年度,课程学时,考试,考试合格日期\n"
        for index in 0..<count {
            let id = try Cast.number(index).text
            list += "示例员,\(id),示例单位\(index % 20),企业,泰山区,劳动关系,2020-01-01\n"
            done += "\(id),线上课程,P\(index),公需课,平台,公需科目,2022,30,合格,2022-06-01\n"
            done += "\(id),线上课程,K\(index),专业课,平台,专业科目,2022,60,合格,2022-06-01\n"
        }
        try list.write(toFile: people, atomically: true, encoding: .utf8)
        try done.write(toFile: hours, atomically: true, encoding: .utf8)
    }
}
