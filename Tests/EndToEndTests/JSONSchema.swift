import Foundation
import TestSupport

/// A JSON Schema, as far as the schemas in this repository need it: a keyword that is not
/// known here is a fault of the schema, so that none is ignored.
///
/// Source: <https://json-schema.org/draft/2020-12/json-schema-validation>.
struct JSONSchema {
    private let root: [String: Any]

    init(_ text: String) throws {
        root =
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    /// What of a text in JSON breaks the schema, each with its place; empty for a valid one.
    func faults(in text: String) throws -> [String] {
        var faults: [String] = []
        check(try JSONSerialization.jsonObject(with: Data(text.utf8)), root, "$", &faults)
        return faults
    }

    private func check(
        _ value: Any, _ schema: [String: Any], _ place: String, _ faults: inout [String]
    ) {
        for (keyword, rule) in schema {
            var holds = true
            switch (keyword, rule) {
            case ("$schema", _), ("$defs", _), ("title", _), ("description", _): break
            case ("properties", _): break
            case ("$ref", let name as String):
                let definitions = root["$defs"] as? [String: Any] ?? [:]
                let target = definitions[String(name.dropFirst("#/$defs/".count))]
                guard let target = target as? [String: Any] else {
                    faults.append("\(place): \(name) is missing")
                    continue
                }
                check(value, target, place, &faults)
            case ("type", let name as String): holds = Self.type(of: value) == name
            case ("type", let names as [String]): holds = names.contains(Self.type(of: value))
            case ("anyOf", let schemas as [[String: Any]]):
                holds = schemas.contains { schema in
                    var found: [String] = []
                    check(value, schema, place, &found)
                    return found.isEmpty
                }
            case ("enum", let values as [String]): holds = values.contains(value as? String ?? "")
            case ("required", let keys as [String]):
                let object = value as? [String: Any]
                holds = object.map { object in keys.allSatisfy { object[$0] != nil } } ?? true
            case ("additionalProperties", let isAllowed as Bool):
                let known = schema["properties"] as? [String: Any] ?? [:]
                let object = value as? [String: Any] ?? [:]
                holds = isAllowed || object.keys.allSatisfy { known[$0] != nil }
            case ("items", let schema as [String: Any]):
                for (index, element) in (value as? [Any] ?? []).enumerated() {
                    check(element, schema, "\(place)[\(index)]", &faults)
                }
            case ("uniqueItems", true as Bool):
                let texts = (value as? [Any] ?? []).map { "\($0)" }
                holds = Set(texts).count == texts.count
            case ("minLength", let count as Int):
                holds = (value as? String).map { $0.unicodeScalars.count >= count } ?? true
            case ("maxLength", let count as Int):
                holds = (value as? String).map { $0.unicodeScalars.count <= count } ?? true
            case ("minimum", let least as Int): holds = (value as? Int).map { $0 >= least } ?? true
            case ("pattern", let pattern as String):
                holds =
                    (value as? String).map {
                        $0.range(of: pattern, options: .regularExpression) != nil
                    } ?? true
            default: faults.append("\(place): the schema's '\(keyword)' is not known")
            }
            if !holds { faults.append("\(place): '\(keyword)' does not hold") }
        }
        guard let properties = schema["properties"] as? [String: [String: Any]],
            let object = value as? [String: Any]
        else { return }
        for (key, schema) in properties {
            if let value = object[key] { check(value, schema, "\(place).\(key)", &faults) }
        }
    }

    private static func type(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is [String: Any]: "object"
        // A number is none of these, and true is not 1.
        case let number as NSNumber where isBoolean(number): "boolean"
        case is Int: "integer"
        case is Double: "number"
        default: "unknown"
        }
    }

    /// Whether a number stands for true or false.
    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
