import Web

/// Charts as SVG with a title for screen readers. They show the same as their tables. Colours come from the theme.
enum Chart {
    private static let width = 480

    /// One bar for each row: people who met the requirements, who are short with a waiver, and who are short.
    static func bars(_ rows: [FigureRow], title: String) -> HTML {
        let height = rows.count * 34 + 6
        var svg = opening(height, title)
        for (turn, row) in rows.enumerated() {
            let (y, all) = (turn * 34, max(1, row.counts.all))
            svg.add(HTML(trusted: "<text x=\"0\" y=\"\(y + 20)\">"))
            svg.add(row.name)
            svg.add(HTML(trusted: "</text>"))
            let (left, room) = (156, width - 156 - 64)
            let met = (row.counts.qualified + row.counts.exempt) * room / all
            let waived = row.counts.waived * room / all
            svg.add(rect("open", left, y + 6, room))
            svg.add(rect("short", left + met, y + 6, waived))
            svg.add(rect("ok", left, y + 6, met))
            let share = "\(row.share / 10).\(row.share % 10)%"
            svg.add(HTML(trusted: "<text class=\"note\" x=\"\(width)\" y=\"\(y + 20)\" text-anchor=\"end\">"))
            svg.add(HTML(trusted: "\(share)</text>"))
        }
        svg.add(HTML(trusted: "</svg>"))
        return svg
    }

    /// The share that met the requirements, one point for each row.
    static func line(_ rows: [FigureRow], title: String) -> HTML {
        var svg = opening(190, title)
        for (share, y) in [(0, 150), (50, 85), (100, 20)] {
            svg.add(HTML(trusted: "<path class=\"axis\" d=\"M40 \(y)H\(width)\"/>"))
            svg.add(HTML(trusted: "<text class=\"note\" x=\"0\" y=\"\(y + 4)\">\(share)%</text>"))
        }
        let points = rows.enumerated().map { turn, row in
            (x: 70 + turn * 380 / max(1, rows.count - 1), y: 150 - row.share * 130 / 1000, row: row)
        }
        let path = points.map { "\($0.x) \($0.y)" }.joined(separator: "L")
        if points.count > 1 { svg.add(HTML(trusted: "<path class=\"line\" d=\"M\(path)\"/>")) }
        for point in points {
            svg.add(HTML(trusted: "<circle class=\"dot\" cx=\"\(point.x)\" cy=\"\(point.y)\" r=\"4\"/>"))
            svg.add(HTML(trusted: "<text class=\"note\" x=\"\(point.x)\" y=\"175\" text-anchor=\"middle\">"))
            svg.add(point.row.name)
            svg.add(HTML(trusted: "</text>"))
        }
        svg.add(HTML(trusted: "</svg>"))
        return svg
    }

    private static func opening(_ height: Int, _ title: String) -> HTML {
        var svg = HTML(trusted: "<svg class=\"xs-chart\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"")
        svg.add(title)
        svg.add(HTML(trusted: "\">"))
        return svg
    }

    private static func rect(_ kind: String, _ x: Int, _ y: Int, _ width: Int) -> HTML {
        HTML(trusted: "<rect class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"18\"/>")
    }
}
