import Kernel

extension Failure {
    private static func sheet(_ code: String, _ chinese: String, en english: String) -> Failure {
        Failure(.badInput, "sheet." + code, chinese, en: english)
    }

    static func sheetUnreadable(_ path: String, _ why: String) -> Failure {
        Failure(
            .notFound, "sheet.unreadable", "文件 \(path) 无法打开：\(why)。请检查文件名和权限。",
            en: "The file \(path) cannot be opened: \(why). Check its name and who may read it.")
    }

    static let sheetEmpty = sheet(
        "empty", "文件是空的，没有可读取的内容。请选择填好的表格。",
        en: "The file is empty, so there is nothing to read. Choose the sheet that was filled in.")

    static let sheetOld = sheet(
        "old", "这是旧版 .xls 或加了密码的文件，无法读取。请在电子表格软件中另存为 .xlsx，不设密码。",
        en: "This is an old .xls or a file with a password and cannot be read. Save it as .xlsx without a password.")

    static let sheetWebPage = sheet(
        "web-page", "这是网页（HTML），只是用了表格的文件名，许多系统导出的“Excel”是这样。请在电子表格软件中打开，另存为 .xlsx 后再导入。",
        en: "This is a web page (HTML) under a spreadsheet's name. Open it in a spreadsheet program, save it as .xlsx.")

    static let sheetXML = sheet(
        "xml", "这是 XML 格式的文件（如 2003 版的 XML 表格），不是 .xlsx。请在电子表格软件中打开，另存为 .xlsx 后再导入。",
        en: "This is XML (as an XML spreadsheet of 2003) and no .xlsx. Open it in a spreadsheet program, save it as "
            + ".xlsx.")

    static let sheetNone = sheet(
        "none", "文件中没有工作表，可能不是 .xlsx 表格。请在电子表格软件中打开后另存为 .xlsx。",
        en: "The file has no sheet; it may not be an .xlsx. Open it in a spreadsheet program and save it as .xlsx.")

    static func sheetDamaged(_ part: String) -> Failure {
        sheet(
            "damaged", "表格文件已损坏，\(part) 无法读取。请在电子表格软件中打开，另存为 .xlsx 后重试。",
            en: "The file is damaged, \(part) cannot be read. Open it in a spreadsheet program, save it as .xlsx and "
                + "try again.")
    }

    static func sheetDoctype(_ part: String) -> Failure {
        sheet(
            "doctype", "\(part) 含有文档类型声明（DOCTYPE），电子表格从不使用它，因此拒绝读取。请另存为 .xlsx 后重试。",
            en: "\(part) has a document type declaration, which no spreadsheet writes, so it is refused. "
                + "Save it as .xlsx again.")
    }

    static func sheetTooBig(_ limit: Int) -> Failure {
        sheet(
            "size", "文件解开后超过 \(limit) 字节，因此停止读取。请把数据分成几个文件，或删去无用的工作表。",
            en: "The file unpacks to more than \(limit) bytes, so reading stopped. Split it into several files.")
    }

    static func sheetMarkup(_ part: String) -> Failure {
        sheet(
            "markup", "\(part) 的结构异常（标签过长、嵌套过深或数量过多），电子表格从不这样写，因此停止读取。请另存为 .xlsx 后重试。",
            en: "\(part) has tags that are longer, deeper or more than any spreadsheet writes, so reading stopped. "
                + "Save it as .xlsx again.")
    }

    static let sheetEnded = sheet(
        "ended", "读取表格时超出了内存或时间的限制，因此停止。请在电子表格软件中打开，另存为 .xlsx，删去无用的工作表和格式后重试。",
        en: "Reading the file took more than the allowed memory or time and was stopped. Save it as .xlsx again, "
            + "without unneeded sheets and styles.")

    static func sheetMerged(_ place: String, in name: String) -> Failure {
        sheet(
            "merged", "工作表“\(name)”有合并的单元格（\(place)），只有第一格有内容，其余会被当作空白。请取消合并、逐格填写后再导入。",
            en: "The sheet \(name) has merged cells at \(place): only the first has the text. Unmerge, fill each cell.")
    }

    static func sheetMany(_ limit: Int) -> Failure {
        sheet(
            "many", "文件有超过 \(limit) 个工作表，因此停止读取。请只保留要导入的工作表。",
            en: "The file has more than \(limit) sheets, so reading stopped. Keep those that are to be imported.")
    }

    static func sheetTexts(_ limit: Int) -> Failure {
        sheet(
            "texts", "表格中不同的文字超过 \(limit) 处，因此停止读取。请把数据分成几个文件，或删去无用的工作表。",
            en: "The file has more than \(limit) different texts, so reading stopped. Split it into several files.")
    }

    /// A value that does not fit in a cell while writing.
    static func sheetValue(_ why: String, row: Int, column: Int) -> Failure {
        Failure(
            .refused, "sheet.value", "第 \(row) 行第 \(column) 列的内容无法写入电子表格：\(why)。请缩短该内容后重新导出。",
            en: "The value for row \(row), column \(column) does not fit in a spreadsheet: \(why). "
                + "Shorten it and export again.")
    }

    static func sheetRows(_ limit: Int) -> Failure {
        sheet(
            "rows", "表格超过 \(limit) 行，因此停止读取。请把数据分成几个文件。",
            en: "The sheet has more than \(limit) rows, so reading stopped. Split it into several files.")
    }

    static func sheetColumns(_ limit: Int, row: Int) -> Failure {
        sheet(
            "columns", "第 \(row) 行超过 \(limit) 列，因此停止读取。请使用下载的模板，并删去多余的列。",
            en: "Row \(row) has more than \(limit) columns, so reading stopped. Use the template and remove columns.")
    }

    static func sheetCell(_ limit: Int, row: Int, column: Int) -> Failure {
        sheet(
            "cell", "第 \(row) 行第 \(column) 列的内容超过 \(limit) 字节。请缩短后重试。",
            en: "The text in row \(row), column \(column) is longer than \(limit) bytes. Shorten it and try again.")
    }

    static func sheetText(_ limit: Int) -> Failure {
        sheet(
            "cell", "表格中有一格的内容超过 \(limit) 字节。请缩短后重试。",
            en: "A cell of the sheet has more than \(limit) bytes of text. Shorten it and try again.")
    }

    static func sheetControl(row: Int, column: Int) -> Failure {
        sheet(
            "control", "第 \(row) 行第 \(column) 列含有不可见的控制字符，可能不是文本文件。请重新输入该格，或另存为 .xlsx。",
            en: "Row \(row), column \(column) has a control character; this may not be a text file. "
                + "Type the cell again, or save the file as .xlsx.")
    }

    static func sheetQuote(line: Int) -> Failure {
        sheet(
            "quote", "第 \(line) 行开始的引号直到文件末尾都没有结束。请补上引号，或另存为 .xlsx。",
            en: "The quotation mark opened in line \(line) is never closed. Close it, or save the file as .xlsx.")
    }

    static func sheetEncoding(line: Int) -> Failure {
        sheet(
            "encoding", "文件既不是 UTF-8 也不是 GB18030 编码，第 \(line) 行附近无法读取。请另存为 .xlsx。",
            en: "The file is neither UTF-8 nor GB18030: near line \(line) it cannot be read. Save it as .xlsx.")
    }

    static func sheetBroken(line: Int) -> Failure {
        sheet(
            "broken", "文件是 UTF-8 编码，但第 \(line) 行附近有坏字节，那里的字无法读取。请核对这一行，改正后另存为 .xlsx。",
            en: "The file is UTF-8, but near line \(line) a byte is invalid. Correct that line and save it as .xlsx.")
    }

    static func sheetCut(line: Int) -> Failure {
        sheet(
            "cut", "文件在第 \(line) 行的一个字中间断了，可能没有传完整。请重新取得文件，核对最后一行以后再导入。",
            en: "The file ends in line \(line) inside a character: it is cut off. Fetch it again, check its last line.")
    }

    static func sheetMixed(line: Int) -> Failure {
        sheet(
            "mixed", "文件里混有 UTF-8 和 GB18030 两种编码，自第 \(line) 行起与前面不同，照读会成乱码。请在电子表格软件中重新粘贴这些行，另存为 .xlsx。",
            en: "The file has two encodings, UTF-8 and GB18030; it changes at line \(line). Paste these lines "
                + "again and save it as .xlsx.")
    }

    /// Two columns with the same title, or with two names of it.
    static func sheetHeader(_ title: String, _ first: String, _ second: String) -> Failure {
        guard first != second else {
            return sheet(
                "header", "表头“\(title)”出现了两次。请删去多余的一列后再导入。",
                en: "The header \(title) occurs twice. Remove one of the columns and import again.")
        }
        return sheet(
            "header", "表头“\(first)”和“\(second)”是同一列的两个名称，分不清以哪一列为准。请合并为一列“\(title)”后再导入。",
            en: "\(first) and \(second) are two names of one column. Make it one column, \(title).")
    }

    static func sheetSeparator(_ sign: Character, row: Int) -> Failure {
        sheet(
            "separator",
            "第 \(row) 行用“\(sign)”分隔各列，应该用英文逗号“,”。请把分隔各列的“\(sign)”都改为英文逗号，或在电子表格软件中分列后另存为 .xlsx，再导入。",
            en: "Row \(row) separates its columns by \(sign). Separate them by commas, or save the list as .xlsx.")
    }

    static func sheetUnwritten(_ path: String, _ why: String) -> Failure {
        Failure(
            .unavailable, "sheet.unwritten",
            "表格 \(path) 写入失败：\(why)。请检查文件夹是否存在、可写且磁盘未满，然后重试。",
            en: "The sheet \(path) was not written: \(why). "
                + "Check that its folder exists and is writable and that the disk is not full, then try again.")
    }
}
