import Foundation
import Kernel
import Testing

@testable import Web

/// Schemas derived from types, and the faults that they report.
@Suite struct JSONSchemaTests {
    enum Level: String, Codable, CaseIterable { case junior, senior }

    struct Course: Codable {
        let title: String
        let hours: Int?
    }

    struct Person: Codable {
        let name: String
        let age: Int
        let isAway: Bool
        let level: Level
        let former: Level?
        let course: Course
        let courses: [Course]?
        let facts: [String: String?]
        let key: Data

        enum CodingKeys: String, CodingKey {
            case name, age
            case isAway = "away"
            case level, former, course, courses, facts, key
        }
    }

    private func document(_ type: (some Decodable).Type, isRequest: Bool) throws -> String {
        String(decoding: try JSONValue.encoder.encode(JSONSchema(type).document(isRequest: isRequest)), as: UTF8.self)
    }

    @Test func aSchemaFollowsFromItsType() throws {
        let course = JSONSchema.object([
            .init(name: "title", schema: .text(choices: nil), isOptional: false),
            .init(name: "hours", schema: .integer, isOptional: true),
        ])
        let level = JSONSchema.text(choices: ["junior", "senior"])
        let schema = JSONSchema.object([
            .init(name: "name", schema: .text(choices: nil), isOptional: false),
            .init(name: "age", schema: .integer, isOptional: false),
            .init(name: "away", schema: .flag, isOptional: false),
            .init(name: "level", schema: level, isOptional: false),
            .init(name: "former", schema: level, isOptional: true),
            .init(name: "course", schema: course, isOptional: false),
            .init(name: "courses", schema: .list(course), isOptional: true),
            .init(name: "facts", schema: .map(.optional(.text(choices: nil))), isOptional: false),
            .init(name: "key", schema: .text(choices: nil), isOptional: false),
        ])
        #expect(try JSONSchema(Person.self) == schema)
        #expect(try JSONSchema([Course].self) == .list(course))
        // This API does not use fractions.
        #expect(throws: DecodingError.self) { try JSONSchema([Float].self) }
    }

    @Test func theDocumentMarksOptionalFields() throws {
        #expect(
            try document(Course.self, isRequest: false)
                == #"{"properties":{"hours":{"type":"integer"},"title":{"type":"string"}},"required":["title"],"#
                + #""type":"object"}"#)
        #expect(
            try document(Course.self, isRequest: true)
                == #"{"additionalProperties":false,"properties":{"hours":{"anyOf":[{"type":"integer"},"#
                + #"{"type":"null"}]},"title":{"pattern":"\#(Self.sendable)","type":"string"}},"#
                + #""required":["title"],"type":"object"}"#)
        #expect(
            try document([String: Level].self, isRequest: true)
                == #"{"additionalProperties":{"enum":["junior","senior"],"type":"string"},"propertyNames":"#
                + #"{"pattern":"\#(Self.sendable)","type":"string"},"type":"object"}"#)
        #expect(try document(Level.self, isRequest: false) == #"{"enum":["junior","senior"],"type":"string"}"#)
    }

    private static let sendable =
        #"^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$"#

    private static let whole: [String: String] = [
        "name": "\"岳\"", "age": "1", "away": "true", "level": "\"junior\"", "course": #"{"title":"x"}"#,
        "facts": #"{"a":"1","b":null}"#, "key": "\"AA==\"",
    ]

    /// A field, its wrong value, and the reported fault.
    @Test(arguments: [
        ("hours", "1", "字段 hours 不在接口文档里"), ("name", "null", "字段 name 没有填写"), ("name", "1", "字段 name 应为文字，写在双引号里"),
        ("age", "\"1\"", "字段 age 应为整数，不加引号"), ("age", "1.5", "字段 age 应为整数，不加引号"),
        ("age", "1e400", "字段 age 应为整数，不加引号"), ("age", "99999999999999999999", "字段 age 应为整数，不加引号"),
        ("away", "\"true\"", "字段 away 应为真假值（true 或 false）"), ("level", "\"Junior\"", "字段 level 应为以下之一：junior、senior"),
        ("former", "\"\"", "字段 former 应为以下之一：junior、senior"), ("course", "[]", "字段 course 应为对象"),
        ("course", "{}", "字段 course.title 没有填写"), ("courses", "{}", "字段 courses 应为数组"),
        ("courses", #"[{"title":"x"},{"title":1}]"#, "字段 courses[1].title 应为文字，写在双引号里"),
        ("facts", #"{"学时":8}"#, "字段 facts.学时 应为文字，写在双引号里"),
    ])
    func anInvalidFieldIsNamed(field: String, value: String, words: String) throws {
        var fields = Self.whole
        fields[field] = value
        let failure = #expect(throws: Failure.self) { try read(fields) }
        #expect(failure?.code == "api.field" && failure?.words.chinese == "\(words)。没有登记任何内容，请按接口文档改正后再发。")
    }

    @Test func validObjectsAreRead() throws {
        let person = try read(Self.whole.merging(["former": "null", "courses": "[]"]) { $1 })
        #expect(person.name == "岳" && person.former == nil && person.courses?.isEmpty == true && person.isAway)
        #expect(person.facts == ["a": "1", "b": nil] && person.key == Data([0]))
        let failure = Failure.badField(.init(path: "a", reason: .missing), line: 3)
        #expect(failure.words.chinese.hasPrefix("第 3 行字段 a 没有填写"))
    }

    private func read(_ fields: [String: String]) throws -> Person {
        let text = "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        return try JSONSchema(Person.self).read(Array(text.utf8))
    }
}
