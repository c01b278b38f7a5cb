import Foundation

/// The JSON Schemas of what ``JSONItem`` creates: of each command's items, of errors and warnings.
///
/// Source: <https://json-schema.org/draft/2020-12/schema>.
public enum JSONItemSchema {
    /// The names of the schemas: those of commands, `error` and `warning`, sorted.
    public static var names: [String] { definitions.keys.filter(isShown).sorted() }

    /// Returns a schema with everything that it refers to.
    ///
    /// - Returns: The schema as text; nil if there is none of that name.
    public static func text(named name: String) -> String? {
        guard isShown(name), var schema = definitions[name] as? [String: Any] else { return nil }
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = name
        var needed: [String: Any] = [:]
        var waiting = references(in: schema)
        while let reference = waiting.popLast() {
            guard needed[reference] == nil, let found = definitions[reference] else { continue }
            needed[reference] = found
            waiting += references(in: found)
        }
        if !needed.isEmpty { schema["$defs"] = needed }
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
        ]
        let bytes = try? JSONSerialization.data(withJSONObject: schema, options: options)
        return bytes.map { String(decoding: $0, as: UTF8.self) + "\n" }
    }

    /// The parts of others have names that no command has.
    private static func isShown(_ name: String) -> Bool { !parts.contains(name) }

    private static let parts: Set<String> = [
        "name", "names", "kinds", "disk", "health", "remedy", "checkpoint", "currentState",
        "answer", "plannedEvent", "dryRun", "change", "refusal", "repaired", "origin", "step",
        "finding", "skipped", "importedDomain", "exportedDomain", "coverage", "fault",
    ]

    private static var definitions: [String: Any] {
        let bytes = Data(PackageResources.items_json)
        return (try? JSONSerialization.jsonObject(with: bytes)) as? [String: Any] ?? [:]
    }

    /// Returns the names that a schema refers to. The depth of the shipped schemas bounds the loop.
    private static func references(in schema: Any) -> [String] {
        var found: [String] = []
        var waiting: [Any] = [schema]
        while let value = waiting.popLast() {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String {
                    found.append(String(reference.dropFirst("#/$defs/".count)))
                }
                waiting += object.values
            } else if let array = value as? [Any] {
                waiting += array
            }
        }
        return found
    }
}
