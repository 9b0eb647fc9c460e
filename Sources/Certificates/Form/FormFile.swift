import Kernel
import YAML
import Yams

/// The YAML file of a form.
struct FormFile: Codable {
    struct Identifier: Codable {
        let type: String
        let issuer: String
    }

    struct Sheet: Codable {
        let title: String
        let page: [Element]
    }

    /// Exactly one of text, hours, line, frame, code, seal is present and determines the element.
    struct Element: Codable {
        let text: String?
        let hours: [Double]?
        let line: [Double]?
        let frame: [Double]?
        let code: [Double]?
        let seal: [Double]?
        let at: [Double]?
        let width: Double?
        let size: Double?
        let lines: Int?
        let leading: Double?
        let align: String?
        let spacing: Double?
        let colour: String?
        let rule: String?
        let bold: Bool?
        let authority: String?
        let purpose: String?
    }

    let certificate: String
    let region: String
    let authority: String
    let verifyAt: String
    let identifier: Identifier
    let idNumber: String
    let fonts: [String]
    let annual: Sheet
    let hours: Sheet

    enum CodingKeys: String, CodingKey {
        case certificate, region, authority, identifier, fonts, annual, hours
        case verifyAt = "verify-at"
        case idNumber = "id-number"
    }
}

extension FormFile {
    /// Failure: `form.file` with line and column if the text is not YAML, lacks a key, or has an unknown key.
    static func read(_ text: String) throws(Failure) -> FormFile {
        do {
            let tree = try readYAML(text)
            do {
                let file = try YAMLDecoder().decode(FormFile.self, from: text)
                let known = try Yams.compose(yaml: YAMLEncoder().encode(file))
                if let stray = known.flatMap({ stray(in: tree, $0) }) { throw stray }
                return file
            } catch let error as DecodingError {
                throw fault(error, tree)
            }
        } catch let failure as Failure {
            throw failure
        } catch let wrong as YAMLFault {
            throw fault("\(wrong.line):\(wrong.column)", wrong.text())
        } catch {
            throw fault("", "\(error)")
        }
    }

    /// The first key that is lost when the decoded value is encoded again, which means that the key is unknown.
    private static func stray(in tree: Node, _ known: Node) -> Failure? {
        if let mapping = tree.mapping, let other = known.mapping {
            for (key, value) in mapping {
                guard let match = other[key] else { return fault(place(key), "there is no key “\(key.string ?? "")”") }
                if let found = stray(in: value, match) { return found }
            }
        }
        if let items = tree.sequence, let others = known.sequence {
            return zip(items, others).lazy.compactMap { stray(in: $0, $1) }.first
        }
        return nil
    }

    private static func fault(_ error: DecodingError, _ tree: Node) -> Failure {
        let (context, missing): (DecodingError.Context, String?) =
            switch error {
            case .keyNotFound(let key, let context): (context, key.stringValue)
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: "\(error)"), nil)
            }
        var node = tree
        for step in context.codingPath {
            let next = step.intValue.map { node.sequence?[$0] } ?? node.mapping?[step.stringValue]
            guard let next else { break }
            node = next
        }
        return fault(place(node), missing.map { "“\($0)” is missing" } ?? "this value is not of the right type")
    }

    private static func place(_ node: Node) -> String { node.mark.map { "\($0.line):\($0.column)" } ?? "1:1" }

    static func fault(_ place: String, _ what: String) -> Failure {
        Failure(
            .badInput, "form.file", "证书版式文件有误（\(place)）：\(what)。请对照 docs/certificates.md 修改。",
            en: "The certificate form is wrong at \(place): \(what). See docs/certificates.md.")
    }
}
