/// The result of a job: a headline, named figures, a table, sentences, and a flag.
package struct JobResult: Sendable, Hashable {
    /// The outcome in one sentence: 3 行：1 行可导入，2 行有误. Empty if the figures and sentences tell it.
    package var headline = ""
    package var figures: [(name: String, value: String)] = []
    package var table: JobTable?
    package var sentences: [String] = []
    /// The job is done, but with problems such as refused rows.
    package var isBad = false
    /// The rows of a list that were refused and must be corrected.
    package var badRows = 0
    /// What the next step depends on; `nil` in results that were stored without marks.
    package var marks: Set<JobMark>?
    /// What the next step needs, by name; the names are words without spaces.
    package var values: [String: String] = [:]
    /// The code of the failure that ended the job.
    package var code: String?

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// One line for each part, which begins with its name.
    package var text: String {
        var lines = isBad ? ["bad"] : []
        if badRows > 0 { lines.append("rows \(badRows)") }
        if let marks { lines.append((["marks"] + marks.map(\.rawValue).sorted()).joined(separator: " ")) }
        lines += (code.map { ["code \($0)"] } ?? []) + (headline.isEmpty ? [] : ["headline \(headline)"])
        lines += values.sorted { $0.key < $1.key }.map { "value \($0.key) \($0.value)" }
        lines += figures.map { "figure \($0.name)\t\($0.value)" } + (table?.lines ?? [])
        lines += sentences.map { "say \($0)" }
        return lines.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
    }

    package init(text: String) {
        for line in text.split(separator: "\n") {
            let cut = line.firstIndex(of: " ") ?? line.endIndex
            read(line[..<cut], String(line[cut...].dropFirst()))
        }
    }

    private mutating func read(_ name: Substring, _ rest: String) {
        switch name {
        case "bad": isBad = true
        case "rows": badRows = Int(rest) ?? 0
        case "marks": marks = Set(rest.split(separator: " ").map { JobMark(rawValue: String($0)) })
        case "code": code = rest
        case "headline": headline = rest
        case "value":
            let parts = rest.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        case "figure":
            let parts = rest.split(separator: "\t", maxSplits: 1)
            if parts.count == 2 { figures.append((String(parts[0]), String(parts[1]))) }
        case "table": table = JobTable(rest)
        case "cells": table?.rows.append(JobTable.cells(rest))
        case "say": sentences.append(rest)
        default: break
        }
    }
}

/// A table in a result, with texts only.
package struct JobTable: Sendable {
    package let caption: String
    /// The titles of the columns.
    package let titles: [String]
    package fileprivate(set) var rows: [[String]]

    package init(_ caption: String, _ titles: [String], _ rows: [[String]]) {
        (self.caption, self.titles, self.rows) = (caption, titles, rows)
    }

    fileprivate init(_ text: String) {
        let cells = Self.cells(text)
        self.init(cells.first ?? "", Array(cells.dropFirst()), [])
    }

    fileprivate var lines: [String] {
        ["table " + Self.text([caption] + titles)] + rows.map { "cells " + Self.text($0) }
    }

    private static func text(_ cells: [String]) -> String {
        cells.map { $0.replacing("\t", with: " ") }.joined(separator: "\t")
    }

    fileprivate static func cells(_ text: String) -> [String] {
        text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
}

/// A mark in a result for the program; stored as one word without spaces.
package struct JobMark: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}
