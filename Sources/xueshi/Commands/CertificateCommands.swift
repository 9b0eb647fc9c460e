import App
import ArgumentParser
import Certificates
import Documents
import Foundation
import Kernel
import People

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: words("证书：颁发、打印、作废，以及证书版式", "Certificates: issue, print, revoke; and their forms."),
        subcommands: [Issue.self, List.self, Hours.self, Print.self, Revoke.self, Publish.self, Sample.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue",
            abstract: words(
                "颁发已结算年度的证书，每个结算版本只颁发一次", "Issue the due certificates of a settled year, once per settled version."),
            discussion: words(
                "示例：xueshi certificate issue --year 2022", "Example: xueshi certificate issue --year 2022"))
        @OptionGroup var place: InstallationOptions
        @Option(help: .words("年度", "The year."), transform: readYear) var year: Year
        @Option(help: .words("只办此人", "Only this person.")) var person: String?
        @Flag(help: .words("与 --person 同用：已作废的重新颁发", "With --person: replace a revoked certificate.")) var again = false

        func validate() throws {
            if again, person == nil {
                throw ValidationError(words("--again 须与 --person 同时使用。", "--again goes with --person."))
            }
        }

        func run() async throws {
            try await place.run { installation in
                let person = try await person.asyncMap { try await PersonArgument($0).find(installation) }
                let report = try await installation.certificates.issue(
                    year, person: person, again: again, progress: progress("certificate"))
                var lines = report.refusals.prefix(20).map {
                    "\($0.person) \($0.name)\(words("：", ": "))\(words($0.failure.words)) [\($0.failure.code)]"
                }
                if report.refused > lines.count {
                    lines.append(words("……共 \(report.refused) 份未颁发", "… \(report.refused) in all were not issued"))
                }
                if let number = report.last {
                    lines.append(
                        words(
                            "打印：xueshi certificate print \(number.grouped) 证书.pdf",
                            "Print: xueshi certificate print \(number.grouped) OUT.pdf"))
                }
                lines += try await installation.certificates.addressWarnings().map { words($0) }
                return CommandOutput(
                    "certificate", lines: lines,
                    [
                        "issued": report.issued, "unchanged": report.unchanged, "refused": report.refused,
                        "due": report.refused,
                    ], isBad: report.refused > 0)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: words("某人的证书及其当前状态", "The certificates of a person and their current states."),
            discussion: words("示例：xueshi certificate list 1", "Example: xueshi certificate list 1"))
        @OptionGroup var place: InstallationOptions
        @Argument(
            help: .words("人员编号；写 - 则从标准输入读取证件号码", "The person's number, or - to read an ID number from standard input.")
        ) var person: String

        func run() async throws {
            try await place.run { installation in
                let held = try await installation.certificates.all(of: PersonArgument(person).find(installation))
                let lines = held.map { certificate, state in
                    let facts = certificate.facts
                    let what = facts.kind == .annual ? words("继续教育证书", "certificate") : facts.item
                    return
                        "\(facts.number.grouped)  \(facts.text(.year))  \(what)  \(words(state.name))  \(facts.issued)"
                }
                let none = words("还没有证书：年度结算后用 certificate issue 颁发。", "None yet: see certificate issue.")
                return CommandOutput(
                    "certificate", lines: held.isEmpty ? [none] : lines,
                    ["held": held.count, "valid": held.count { $0.state == .valid }])
            }
        }
    }

    struct Hours: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hours",
            abstract: words("就一项计入的学时开具学时证明", "Issue an hour certificate for the counted hours of one item."),
            discussion: words(
                """
                参数写“人员编号/笔数”：standing 1 列出的第 3 笔写作 1/3。
                示例：xueshi certificate hours 1/3 hours.pdf
                """,
                """
                ENTRY is the person's number and the entry's: the third entry (第 3 笔) of standing 1 is 1/3.
                Example: xueshi certificate hours 1/3 hours.pdf
                """))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("人员编号/笔数，如 1/3", "The person's number and the entry's: 1/3.")) var entry: String
        @Argument(help: .words("输出的 .pdf 文件", "The .pdf to write.")) var output: String
        @Flag(help: .words("已作废的重新开具", "Replace a revoked certificate.")) var again = false

        func validate() throws { try pdf(output) }

        func run() async throws {
            try await place.run { installation in
                let parts = entry.split(separator: "/")
                guard parts.count == 2, let person = ID<Person>(parts[0]), let number = Int(parts[1]) else {
                    throw Failure(
                        .badInput, "certificate.entry", "“\(entry)”不是学时的编号。请写作 人员编号/笔数，如 1/3。",
                        en: "\(entry) names no entry. Write the person's number and the entry's: 1/3.")
                }
                let certificate = try await installation.certificates.issueHours(person, entry: number, again: again)
                return try await printed(certificate.number, installation, output)
            }
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print",
            abstract: words("输出证书的 PDF，每次打印逐字节相同", "The PDF of a certificate: the same bytes at each print."),
            discussion: words(
                "示例：xueshi certificate print ABCD-EFGH-IJKL-MNOP 证书.pdf",
                "Example: xueshi certificate print ABCD-EFGH-IJKL-MNOP certificate.pdf"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("证书编号", "The certificate's number.")) var number: String
        @Argument(help: .words("输出的 .pdf 文件", "The .pdf to write.")) var output: String

        func validate() throws { try pdf(output) }

        func run() async throws {
            try await place.run { installation in
                try await printed(certificateNumber(number), installation, output)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: words("作废证书，作废后不能撤回", "Declare a certificate invalid. It cannot be undone."),
            discussion: words(
                "示例：xueshi certificate revoke ABCD-EFGH-IJKL-MNOP --reason 信息有误",
                "Example: xueshi certificate revoke ABCD-EFGH-IJKL-MNOP --reason wrong-name"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("证书编号", "The certificate's number.")) var number: String
        @Option(help: .words("作废原因，核验时会显示", "The reason; the verification shows it.")) var reason: String

        func validate() throws { try stated(reason) }

        func run() async throws {
            try await place.run { installation in
                let number = try certificateNumber(number)
                let held = try await installation.certificates.certificate(number)
                let facts = held.certificate.facts
                let what = "\(facts.name) \(facts.text(.year)) \(number.grouped)"
                try confirmed(
                    LocalizedText("将作废证书：\(what)。作废后不能撤回。", en: "This revokes \(what). It cannot be undone."))
                try await installation.certificates.revoke(number, reason: reason)
                return CommandOutput("certificate", ["revoked": number])
            }
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: words("发布颁发机关的证书版式", "Publish the form of an issuing authority."),
            discussion: words(
                "示例：xueshi certificate publish Certificates/taian.yaml",
                "Example: xueshi certificate publish Certificates/taian.yaml"))
        @OptionGroup var place: InstallationOptions
        @Argument(help: .words("版式文件", "The form's file.")) var file: String
        @Option(
            help: .words(
                "二维码中的核验网址，如 https://主机名；默认用版式文件中的",
                "The address in the QR code, as https://HOST; by default the file's.")) var verifyAt: String?
        @Flag(help: .words("只检查版式，不写入", "Check the form; write nothing.")) var dryRun = false

        func run() async throws {
            try await place.run { installation in
                let form = try readForm(file, verifyAt: verifyAt)
                let made = try await installation.certificates.publish(form, dryRun: dryRun)
                let note = LocalizedText("同一文本已经发布，没有改动。", en: "This text was published before; nothing changed.")
                let notes = [made.isNew ? nil : note, form.addressWarning].compactMap { $0 }
                return CommandOutput(
                    "certificate", lines: notes.map { words($0) },
                    ["form": form.key, "version": made.version, "new": made.isNew ? 1 : 0])
            }
        }
    }

    struct Sample: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample",
            abstract: words("用虚构内容绘制版式样张", "Draw a form's page with invented facts, as a preview."),
            discussion: words(
                "示例：xueshi certificate sample Certificates/taian.yaml 样张.pdf",
                "Example: xueshi certificate sample Certificates/taian.yaml sample.pdf"))
        @Argument(help: .words("版式文件", "The form's file.")) var file: String
        @Argument(help: .words("输出的 .pdf 文件", "The .pdf to write.")) var output: String
        @Flag(help: .words("绘制学时证明，而不是年度证书", "The hour certificate instead of the annual one.")) var hours = false
        @Flag(help: .words("输出一个 JSON 文档", "Print one JSON document.")) var json = false

        func validate() throws { try pdf(output) }

        func run() async throws {
            try await answering(json) {
                let page = try readForm(file, verifyAt: nil).sample(hours ? .hours : .annual)
                let bytes = try CertificateRenderer().draw(page)
                try write(bytes, to: output)
                return CommandOutput("certificate", ["bytes": bytes.count])
            }
        }
    }
}

private func readForm(_ path: String, verifyAt: String?) throws -> CertificateForm {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw Failure(
            .badInput, "form.unreadable", "不能读取版式文件 \(path)。请核对路径。",
            en: "The form \(path) cannot be read. Check the path.")
    }
    guard let verifyAt else { return try CertificateForm(reading: text) }
    return try CertificateForm(reading: text.replacing(#/(?m)^verify-at:.*$/#, with: "verify-at: \(verifyAt)"))
}

private func printed(
    _ number: CertificateNumber, _ installation: Installation, _ output: String
) async throws -> CommandOutput {
    let bytes = try await installation.certificates.pdf(of: number)
    let (certificate, state) = try await installation.certificates.certificate(number)
    try await installation.audit.record(.printCertificate, .certificate(number.grouped), about: certificate.person)
    try write(bytes, to: output)
    let warning = words("注意：这份证书\(words(state.name))，只可存档。", "Note: it is \(words(state.name)).")
    return CommandOutput(
        "certificate", lines: state == .valid ? [] : [warning], ["number": number.grouped, "bytes": bytes.count])
}

private func certificateNumber(_ text: String) throws -> CertificateNumber {
    guard let number = CertificateNumber(text) else {
        throw Failure(
            .badInput, "certificate.number", "“\(text)”不是证书编号。编号为 16 位字母和数字，如 ABCD-EFGH-IJKL-MNOP。",
            en: "\(text) is no certificate number: it has 16 letters and digits, as in ABCD-EFGH-IJKL-MNOP.")
    }
    return number
}

private func pdf(_ path: String) throws {
    guard path.hasSuffix(".pdf") else {
        throw ValidationError(words("输出的文件是 PDF，文件名应以 .pdf 结尾。", "The file to write is a PDF: name it ….pdf."))
    }
}

/// Writes the whole file or nothing: a full disk leaves the old file.
func write(_ bytes: [UInt8], to path: String) throws {
    do {
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
        throw Failure(
            .unavailable, "file.unwritable", "不能写入 \(path)：\(error.localizedDescription)。请检查路径、权限和磁盘空间。",
            en: "\(path) cannot be written. Check path, rights and disk space.")
    }
}
