/// The rule that names of checkpoints follow.
///
/// A name is a part of a file's name in libvirt's checkpoint directory, so the
/// rule keeps it to characters that no file system and no shell trips over.
///
/// Source: `checkpointName` in libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>). The bound on the length is
/// what a file name of 255 bytes leaves, since libvirt writes
/// `NAME.xml.new` first.
public enum CheckpointName {
    /// The most bytes that a name may have: 247.
    public static let maximumLength = 247

    /// Why a text is no checkpoint's name.
    public enum Fault: Sendable, Hashable {
        case empty
        /// The name has this many bytes, more than ``CheckpointName/maximumLength``.
        case tooLong(bytes: Int)
        /// This character is not allowed at all, or not as the first one.
        case character(Character, first: Bool)
    }

    /// What is wrong with a name, or nil if it may be a checkpoint's.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func fault(in name: some StringProtocol) -> Fault? {
        var count = 0
        for byte in name.utf8 {
            let isWordByte =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            guard isWordByte || (byte == UInt8(ascii: ".") && count > 0) else {
                return .character(firstRefused(in: name), first: count == 0)
            }
            count += 1
        }
        if count == 0 { return .empty }
        return count > maximumLength ? .tooLong(bytes: count) : nil
    }

    /// Whether a text may be a checkpoint's name.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        fault(in: name) == nil
    }

    private static func firstRefused(in name: some StringProtocol) -> Character {
        let refused = name.enumerated().first { offset, character in
            character != "." || offset == 0
                ? fault(in: String(character)) != nil : false
        }
        return refused?.element ?? "?"
    }
}

extension CheckpointName.Fault: CustomStringConvertible {
    /// The fault as the end of a sentence: "the name …".
    public var description: String {
        switch self {
        case .empty:
            "is empty"
        case .tooLong(let bytes):
            "has \(bytes) bytes, and \(CheckpointName.maximumLength) are allowed"
        case .character(let character, first: let first):
            "holds \(character.debugDescription)\(first ? " as its first character" : "");"
                + " allowed are letters, digits, '_', '-' and, after the first, '.'"
        }
    }
}
