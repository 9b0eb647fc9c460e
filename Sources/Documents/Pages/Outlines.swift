import CPango

extension QRCode {
    /// The dark modules as rectangles to fill, in points from the upper left corner of the page.
    func rectangles(in box: PDFBox) -> [UInt8] {
        let module = box.width.points / Double(side)
        let places = (0..<side).map { Edges(box.x.points + Double($0) * module, module) }
        let starts = places.map { written($0.start) }
        var rectangles: [UInt8] = []
        rectangles.reserveCapacity(side * side * 16)
        for row in 0..<side {
            let down = Edges(box.y.points + Double(row) * module, module)
            let (top, height) = (written(down.start), written(down.length(1)) + Array("re\n".utf8))
            for stretch in stretches(ofRow: row) {
                rectangles += starts[stretch.start]
                rectangles += top
                rectangles.append(thousandths: places[stretch.start].length(stretch.length))
                rectangles += height
            }
        }
        return rectangles
    }
}

/// The edges of a rectangle of several modules in one direction, in thousandths of a point.
private struct Edges {
    let start: Int
    private let place: Double
    private let module: Double

    init(_ place: Double, _ module: Double) {
        (self.place, self.module, start) = (kept(place), module, thousandths(kept(place)))
    }

    /// The end is rounded as Cairo rounds it.
    func length(_ modules: Int) -> Int { thousandths(place + kept(Double(modules) * module)) - start }
}

/// The current path, in thousandths of a point, as Cairo writes it.
func writtenPath(_ cairo: OpaquePointer?) -> [UInt8] {
    guard let path = cairo_copy_path(cairo) else { return [] }
    defer { cairo_path_destroy(path) }
    let data = UnsafeBufferPointer(start: path.pointee.data, count: Int(path.pointee.num_data))
    var (text, place) = ([UInt8](), 0)
    while place < data.count {
        let header = data[place].header
        for part in data[place + 1..<place + Int(header.length)] {
            for length in [part.point.x, part.point.y] { text.append(thousandths: thousandths(kept(length))) }
        }
        text += [header.type.operator, 10]
        place += Int(header.length)
    }
    return text
}

extension cairo_path_data_type_t {
    fileprivate var `operator`: UInt8 {
        switch self {
        case CAIRO_PATH_MOVE_TO: UInt8(ascii: "m")
        case CAIRO_PATH_LINE_TO: UInt8(ascii: "l")
        case CAIRO_PATH_CURVE_TO: UInt8(ascii: "c")
        default: UInt8(ascii: "h")
        }
    }
}

/// A length as Cairo stores it, in 256ths of a point.
private func kept(_ points: Double) -> Double { (points * 256).rounded(.toNearestOrEven) / 256 }

/// A length as Cairo writes it.
private func thousandths(_ points: Double) -> Int { Int((points * 1000).rounded(.toNearestOrEven)) }

private func written(_ thousandths: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.append(thousandths: thousandths)
    return text
}

extension [UInt8] {
    /// `-12.034 `. A page has thousands of numbers, so no text is made of them.
    fileprivate mutating func append(thousandths: Int) {
        if thousandths < 0 { append(UInt8(ascii: "-")) }
        var (unit, rest) = (1000, abs(thousandths))
        while rest / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / unit))
            rest %= unit
            if unit == 1000 { append(UInt8(ascii: ".")) }
            unit /= 10
        }
        append(UInt8(ascii: " "))
    }
}
