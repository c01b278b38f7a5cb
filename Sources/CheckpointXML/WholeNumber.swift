/// The rule for whole numbers in documents: digits only.
///
/// Swift's own parser accepts a sign, which libvirt refuses.
///
/// Source: `unsignedLong` in libvirt's `basictypes.rng`
/// (<https://libvirt.org/formatcheckpoint.html>).
enum WholeNumber {
    /// Returns the number in a text; nil if it is not one, or too large.
    static func read<Number: FixedWidthInteger>(_ text: String) -> Number? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return text.utf8.allSatisfy(digits.contains) ? Number(text) : nil
    }
}
