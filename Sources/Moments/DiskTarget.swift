/// The rule for the targets of a guest's disks.
///
/// Source: `diskTargetDev` in libvirt's `domaincommon.rng`
/// (<https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms>); names of NVMe
/// namespaces came with the bus `nvme` of libvirt 11.
package enum DiskTarget {
    /// What is allowed as a target, as a noun phrase.
    package static let allowed =
        "a target (fd, hd, sd, vd, xvd or ubd, then letters, digits or '_', such as 'vda', or"
        + " nvmeXnY)"

    /// Returns whether a text is a valid target of a disk.
    ///
    /// - Complexity: O(*n*) in the bytes of the text.
    package static func isValid(_ text: some StringProtocol) -> Bool {
        var unit = Substring(text).utf8[...]
        if unit.starts(with: "ioemu:".utf8) { unit = unit.dropFirst("ioemu:".utf8.count) }
        for prefix in ["fd", "hd", "sd", "vd", "xvd", "ubd"]
        where unit.starts(with: prefix.utf8) {
            unit = unit.dropFirst(prefix.utf8.count)
            return !unit.isEmpty && unit.allSatisfy(isWord)
        }
        return isNVMe(text)
    }

    /// Whether a text is the target of a disk on the bus `nvme`: a namespace of a controller,
    /// such as `nvme0n1`.
    ///
    /// - Complexity: O(*n*) in the bytes of the text.
    package static func isNVMe(_ text: some StringProtocol) -> Bool {
        let text = Substring(text).utf8
        guard text.starts(with: "nvme".utf8) else { return false }
        let numbers = text.dropFirst("nvme".utf8.count).split(
            separator: UInt8(ascii: "n"), omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        // Setting this bit makes an ASCII letter a small one.
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte == UInt8(ascii: "_") || isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
