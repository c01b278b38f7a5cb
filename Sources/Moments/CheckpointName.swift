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
        /// The name has more bytes than are allowed.
        case tooLong(bytes: Int, allowed: Int = CheckpointName.maximumLength)
        /// This character is not allowed at all, or not as the first one.
        case character(Character, first: Bool)
    }

    /// What is wrong with a name, or nil if it may be a checkpoint's.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - limit: The most bytes that it may have.
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func fault(
        in name: some StringProtocol, limit: Int = maximumLength
    ) -> Fault? {
        var isFirst = true
        for character in name {
            guard isAllowed(character, first: isFirst) else {
                return .character(character, first: isFirst)
            }
            isFirst = false
        }
        let count = name.utf8.count
        return count == 0 ? .empty : count > limit ? .tooLong(bytes: count, allowed: limit) : nil
    }

    /// Whether a text may be a checkpoint's name.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        fault(in: name) == nil
    }

    private static func isAllowed(_ character: Character, first isFirst: Bool) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": character.utf8.count == 1
        case ".": !isFirst
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
