/// The rule that whole numbers in documents follow: digits, and nothing else.
///
/// Swift's own reading lets a sign stand before them, which libvirt refuses.
///
/// Source: `unsignedLong` in libvirt's `basictypes.rng`
/// (<https://libvirt.org/formatcheckpoint.html>).
enum WholeNumber {
    /// The number that a text holds; nil if it holds none, or one too large.
    static func read<Number: FixedWidthInteger>(_ text: String) -> Number? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return text.utf8.allSatisfy(digits.contains) ? Number(text) : nil
    }
}
