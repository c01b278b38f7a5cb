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
        isTarget(name[...]) || isAbsolutePath(name)
    }

    private static func isTarget(_ name: Substring) -> Bool {
        let plain = name.hasPrefix("ioemu:") ? name.dropFirst("ioemu:".count) : name
        guard let bus = ["fd", "hd", "sd", "vd", "xvd", "ubd"].first(where: plain.hasPrefix)
        else { return false }
        let unit = plain.utf8.dropFirst(bus.utf8.count)
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
