/// The rule for names of checkpoints.
///
/// A name is part of a file name in libvirt's checkpoint directory, so the rule allows only
/// characters that are safe in every file system and shell.
///
/// Source: `checkpointName` in libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>). The length is limited to what a file name of 255
/// bytes leaves, since libvirt writes `NAME.xml.new` first.
public enum CheckpointName {
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
