import Moments

/// The rule for the name of a checkpoint's disk: the target in the guest, or the absolute path of
/// its source.
///
/// Source: `absFilePath` in libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>), and `DiskTarget`.
public enum DiskName {
    /// What is allowed as a name, as the end of a sentence.
    static let allowed =
        "\(DiskTarget.allowed), or an absolute path without a line break"

    /// Returns whether a text is a valid name of a disk in a checkpoint.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func isValid(_ name: String) -> Bool {
        DiskTarget.isValid(name) || isAbsolutePath(name)
    }

    /// Checks bytes rather than characters, because CR and LF together are one character.
    private static func isAbsolutePath(_ name: String) -> Bool {
        let bytes = name.utf8
        guard !bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return false }
        if bytes.first == UInt8(ascii: "/") { return bytes.count > 1 }
        return bytes.count > 3 && bytes.first.map(isLetter) == true
            && bytes.dropFirst().starts(with: ":\\".utf8)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        // Setting this bit makes an ASCII letter a small one.
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
