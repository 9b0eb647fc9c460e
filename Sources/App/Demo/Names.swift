import Kernel

/// Invented names and numbers.
enum Names {
    private static let families = Array("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
    private static let given = Array("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏宇浩欣怡晨雪梅松柏岩泉清源文博志远思宁安泰岱")

    static let units: [(nature: String, names: [String])] = [
        ("enterprise", ["机械有限公司", "电力设备有限公司", "建筑工程有限公司", "新材料有限公司", "食品有限公司"]),
        ("institution", ["中学", "人民医院", "农业技术推广中心", "水利勘测队", "图书馆"]),
        ("intermediary", ["会计师事务所", "工程咨询事务所", "律师事务所"]),
    ]

    static func person(_ generator: inout SeededGenerator) -> String {
        var name = String(generator.pick(families))
        for _ in 0..<(generator.chance(75) ? 2 : 1) { name.append(generator.pick(given)) }
        return name
    }

    static func numbered(_ turn: Int) -> String { "第\(turn + 1)" }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// An ID number with region 999999, different for each index below about fourteen million.
    static func idNumber(_ index: Int) -> IDNumber? {
        let birth = Day(1962, 1, 1)?.adding(days: index / 1000 % 14_000) ?? .first
        let (year, month, day) = birth.civil
        let body = "999999\(year)\(padded(month, 2))\(padded(day, 2))\(padded(index % 1000, 3))"
        return "0123456789X".lazy.compactMap { try? IDNumber(body + String($0)) }.first
    }
}
