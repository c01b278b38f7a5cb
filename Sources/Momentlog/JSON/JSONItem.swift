import EventLog
import Moments

/// A value in the form of `--format json`: a service that prints these prints the same as the
/// command.
///
/// ```swift
/// for finding in try await store.findings() { print(JSONItem.finding(finding)) }
/// ```
///
/// Keys are in camelCase, times in RFC 3339 and UTC, creation times in seconds since
/// 1970-01-01T00:00:00Z, and a number's unit is in its key. ``JSONItemSchema`` has the schemas.
public struct JSONItem: Sendable, Hashable, CustomStringConvertible {
    /// The JSON on one line, without a line feed. Control characters, and those that change the
    /// direction of writing, are escaped.
    public let text: String

    /// The JSON on one line.
    public var description: String { text }

    init(_ members: (inout JSONText) -> Void) {
        var json = JSONText()
        json.object(members)
        text = HarmlessText.json(json.text)
    }

    /// Creates an item from text that is JSON already.
    package init(json: String) { text = HarmlessText.json(json) }
}

extension JSONText {
    /// Writes a member with several texts.
    mutating func member(_ name: StaticString, _ texts: [String]) {
        key(name)
        array { json in
            for text in texts { json.value(text) }
        }
    }

    /// Writes a member with several names of checkpoints.
    mutating func member(_ name: StaticString, _ checkpoints: [CheckpointName]) {
        member(name, checkpoints.map(\.text))
    }

    /// Writes a member with several items.
    mutating func member(_ name: StaticString, _ items: [JSONItem]) {
        key(name)
        array { json in
            for item in items { json.raw(item.text) }
        }
    }

    /// Writes a member with an item, or null.
    mutating func member(_ name: StaticString, _ item: JSONItem?) {
        key(name)
        if let item { raw(item.text) } else { null() }
    }

    /// Writes a member with a time in seconds as RFC 3339 in UTC, or null.
    mutating func member(_ name: StaticString, time seconds: Int64?) {
        member(name, seconds.map { Timestamp(seconds: $0).rfc3339(fractionDigits: 0) })
    }

    /// Writes the member `sequence`: the first and the last, empty if nothing was appended.
    mutating func sequence(_ sequences: ClosedRange<Int>?) {
        key("sequence")
        array { json in
            guard let sequences else { return }
            json.value(sequences.lowerBound)
            json.value(sequences.upperBound)
        }
    }

    /// Writes the member `findings` with the kinds of findings.
    mutating func findings(_ kinds: [Finding.Kind]) { member("findings", kinds.map(\.rawValue)) }
}
