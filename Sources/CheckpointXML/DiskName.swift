/// The rule that the name of a checkpoint's disk follows: the target in the guest, or
/// the absolute path of what is in the drive.
///
/// Source: `diskTargetDev` and `absFilePath` in libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>).
public enum DiskName {
    /// What a name may be, as the end of a sentence.
    static let allowed =
        "a target (fd, hd, sd, vd, xvd or ubd, then letters, digits or '_', such as 'vda') or an"
        + " absolute path without a line break"

    /// Whether a text may be the name of a disk in a checkpoint.
    ///
    /// - Complexity: O(*n*) in the bytes of the name.
    public static func isValid(_ name: String) -> Bool {
        isTarget(name.utf8[...]) || isAbsolutePath(name)
    }

    private static func isTarget(_ name: Substring.UTF8View) -> Bool {
        var unit = name
        if unit.starts(with: "ioemu:".utf8) { unit = unit.dropFirst("ioemu:".utf8.count) }
        if unit.first == UInt8(ascii: "x") {
            unit = unit.dropFirst()
            guard unit.first == UInt8(ascii: "v") else { return false }
        }
        switch unit.popFirst() {
        case UInt8(ascii: "f"), UInt8(ascii: "h"), UInt8(ascii: "s"), UInt8(ascii: "v"): break
        case UInt8(ascii: "u"): guard unit.popFirst() == UInt8(ascii: "b") else { return false }
        default: return false
        }
        guard unit.popFirst() == UInt8(ascii: "d") else { return false }
        return !unit.isEmpty && unit.allSatisfy { isWord($0) }
    }

    /// Bytes rather than characters, because CR and LF together are one character.
    private static func isAbsolutePath(_ name: String) -> Bool {
        let bytes = name.utf8
        guard !bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return false }
        if bytes.first == UInt8(ascii: "/") { return bytes.count > 1 }
        return bytes.count > 3 && bytes.first.map(isLetter) == true
            && bytes.dropFirst().starts(with: ":\\".utf8)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        // Setting this bit makes an ASCII letter a small one.
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
