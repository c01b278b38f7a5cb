/// The name of a checkpoint, as a document, a log or a caller states it.
///
/// A literal is a name, so that `graph.contains("c1")` needs no type; a text in a variable is made
/// one, so that a reference to a domain cannot take its place:
///
/// ```swift
/// let history = try await store.history(of: CheckpointName(name), in: "vm1")
/// ```
///
/// A name is part of a file name in libvirt's checkpoint directory, so only characters are valid
/// that are safe in every file system and shell. Nothing is checked when a name is created: other
/// programs write invalid ones, and commands refuse those. See ``fault``.
///
/// Source: `checkpointName` in libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>). The length is limited to what a file name of 255
/// bytes leaves, since libvirt writes `NAME.xml.new` first.
public struct CheckpointName: Sendable {
    /// The name as text.
    public let text: String

    /// Creates a name from a text.
    public init(_ text: String) { self.text = text }
}

extension CheckpointName: Hashable {
    /// Whether two names consist of the same bytes, as names of files do.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }
}

extension CheckpointName: Comparable {
    /// Whether a name precedes another, byte by byte.
    public static func < (left: Self, right: Self) -> Bool { left.text.bytesPrecede(right.text) }
}

extension CheckpointName: ExpressibleByStringInterpolation {
    /// Creates a name from a literal.
    public init(stringLiteral text: String) { self.init(text) }
}

extension CheckpointName: CustomStringConvertible {
    /// The name as text.
    public var description: String { text }
}

extension CheckpointName: CustomDebugStringConvertible {
    /// The name in quotes, with what cannot be printed as escapes.
    public var debugDescription: String { text.debugDescription }
}

extension CheckpointName: Codable {
    /// Decodes a name from its text.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the name as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension CheckpointName: CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The name as a key, so that a dictionary by names is encoded as an object.
    public var codingKey: any CodingKey { Key(stringValue: text) }

    /// Creates a name from a key.
    public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

extension CheckpointName {
    /// The maximum length of a name, in bytes: 247.
    public static let maximumLength = 247

    /// Why a text is not a valid name of a checkpoint.
    public enum Fault: Sendable, Hashable {
        case empty
        /// The name has more bytes than are allowed.
        case tooLong(bytes: Int, allowed: Int = CheckpointName.maximumLength)
        /// The character is not allowed at all, or not as the first one.
        case character(Character, first: Bool)
    }

    /// Returns what is wrong with a name, or nil if it is valid.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - limit: The maximum length of the name in bytes.
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func fault(
        in name: some StringProtocol, limit: Int = maximumLength
    ) -> Fault? {
        // Only ASCII is allowed, so the check compares bytes; the error names the whole character.
        if let isFine = name.utf8.withContiguousStorageIfAvailable(areAllowed), isFine {
            return name.utf8.isEmpty ? .empty : lengthFault(of: name.utf8.count, limit)
        }
        var isFirst = true
        for character in name {
            let isASCII = character.utf8.count == 1
            guard isASCII, character.utf8.allSatisfy({ isAllowed($0, first: isFirst) }) else {
                return .character(character, first: isFirst)
            }
            isFirst = false
        }
        return isFirst ? .empty : lengthFault(of: name.utf8.count, limit)
    }

    private static func lengthFault(of count: Int, _ limit: Int) -> Fault? {
        count > limit ? .tooLong(bytes: count, allowed: limit) : nil
    }

    private static func areAllowed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in bytes.indices where !isAllowed(bytes[index], first: index == 0) {
            return false
        }
        return true
    }

    /// What is wrong with the name, or nil if it is valid.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public var fault: Fault? { Self.fault(in: text) }

    /// Returns whether a text is a valid name of a checkpoint.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        fault(in: name) == nil
    }

    private static func isAllowed(_ byte: UInt8, first isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "."): !isFirst
        default: false
        }
    }
}

extension CheckpointName.Fault: CustomStringConvertible {
    /// The fault as the end of a sentence: "the name …".
    public var description: String {
        switch self {
        case .empty:
            "is empty"
        case .tooLong(let bytes, let allowed):
            "has \(bytes) bytes, and \(allowed) are allowed"
        case .character(let character, first: let first):
            "holds \(character.debugDescription)\(first ? " as its first character" : "");"
                + " allowed are letters, digits, '_', '-' and, after the first, '.'"
        }
    }
}
