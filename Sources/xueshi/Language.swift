import ArgumentParser
import Foundation
import Kernel

/// Whether texts are in Chinese: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty decides.
let speaksChinese: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    return set?.hasPrefix("zh") ?? false
}()

/// A sentence in the language of the terminal.
func words(_ chinese: String, _ english: String) -> String { speaksChinese ? chinese : english }

func words(_ words: LocalizedText) -> String { speaksChinese ? words.chinese : words.english }

extension ArgumentHelp {
    /// The help of an option or argument in the language of the terminal.
    static func words(_ chinese: String, _ english: String, valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(speaksChinese ? chinese : english, valueName: valueName)
    }
}

/// Help and messages about wrong usage. The parser makes them in English and has no place for another language, so its
/// own words are replaced in the text.
enum ParserText {
    /// The text for an error that the parser threw, also for a request for help; empty if the command said all itself.
    static func text(for error: any Error) -> String {
        guard speaksChinese else { return Xueshi.fullMessage(for: error) }
        let english = Xueshi.fullMessage(for: error, columns: 10_000)
        // A script for completion in a shell stays as it is.
        guard english.contains(#/^(OVERVIEW|USAGE|Error): /#) else { return english }
        let text = chinese.reduce(english) { text, pair in
            text.replacingOccurrences(of: pair.key, with: pair.value, options: .regularExpression)
        }
        return english.hasPrefix("Error: ") ? text : wrapped(text)
    }

    /// Patterns of the parser's words, each with its Chinese. The special ones come before the general ones.
    private static let chinese: KeyValuePairs<String, String> = [
        "^Error: Missing expected argument '(.+)'": "错误：缺少 $1。",
        "^Error: Missing one of: '(.+)'": "错误：须写其中一个：'$1'。",
        "^Error: Missing value for '(.+)'": "错误：$1 没有写值。",
        "^Error: Unknown option '(.+)'\\. Did you mean '(.+)'\\?": "错误：没有选项 $1，是否要写 $2？",
        "^Error: Unknown option '(.+)'": "错误：没有选项 $1。",
        "^Error: Invalid option: (.+)": "错误：$1 不是选项。",
        "^Error: Unexpected argument '(.*)'": "错误：多写了“$1”。",
        "^Error: (\\d+) unexpected arguments: '(.*)'": "错误：多写了 $1 个参数：'$2'。",
        "^Error: The option '(.+)' does not take any value, but '(.*)' was specified\\.": "错误：$1 不带值，多写了“$2”。",
        "^Error: (The value .*Please provide one of .*') (?:and|or) ('.*)": "Error: $1、$2",
        "^Error: The value '(.*)' is invalid for '(.+)'\\. Please provide one of (.*)\\.": "错误：$2 不能写“$1”，可写 $3。",
        "^Error: The value '(.*)' is invalid for '(.+?)': ": "错误：$2 不能写“$1”：",
        "^Error: The value '(.*)' is invalid for '(.+?)'": "错误：$2 不能写“$1”。",
        "^Error: ": "错误：",
        "(?m)^Help:  ": "说明：",
        "(?m)^(?:Usage|USAGE): ": "用法：",
        "(?m)^  See '(.+) <subcommand>' for detailed help\\.": "  各命令的详细说明：$1 <命令>",
        "(?m)^  See '(.+)' for more information\\.": "  详细说明：$1",
        "(?m)^OVERVIEW: ": "简介：",
        "(?m)^ARGUMENTS:$": "参数：",
        "(?m)^OPTIONS:$": "选项：",
        "(?m)^SUBCOMMANDS:$": "命令：",
        "(?m)^(用法：.*)<subcommand>": "$1<命令>",
        "(?m)^(用法：.*)<options>": "$1<选项>",
        "(?m)(  -h, --help +)Show help information\\.": "$1显示本说明",
        "(?m)^(  \\S+) \\(default\\)": "$1 （默认） ",
        "(?m) \\(values: (.*); default: (.*)\\)$": "（可写 $1；默认 $2）",
        "(?m) \\(default: (.*)\\)$": "（默认 $1）",
        "(?m) \\(values: (.*)\\)$": "（可写 $1）",
    ]

    /// Breaks lines at 80 columns, of which a Chinese character takes two. The texts of options continue under their
    /// beginning. The parser breaks lines at spaces only.
    static func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(wrappedLine).joined(separator: "\n")
    }

    private static func wrappedLine(_ line: Substring) -> String {
        let indent = line.hasPrefix("  ") ? 26 : line.contains("[--") ? 6 : 0
        var (text, width) = ("", 0)
        // Spaces, an option in brackets, a character or word with the punctuation that stays with it.
        let pieces =
            #/\s+|\[[^\]]*\]|[（“《]*(?:\p{Han}|[^\s\p{Han}（“《，。；：、）”》]+)[，。；：、）”》]*|./#
        for piece in line.matches(of: pieces).map(\.output) {
            let size = piece.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 1 : 2) }
            if width + size > 80, width > indent {
                text += "\n" + String(repeating: " ", count: indent)
                width = indent
                if piece.first == " " { continue }
            }
            text += piece
            width += size
        }
        return text.replacing(#/ +\n/#, with: "\n")
    }
}
