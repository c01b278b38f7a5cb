/// The characters that XML, and so a checkpoint's document, can contain.
///
/// Source: `Char` in <https://www.w3.org/TR/xml/#charsets>.
enum XMLCharacters {
    /// Returns the first character of a text that XML cannot contain; nil if there is none.
    ///
    /// - Complexity: O(*n*) in the text.
    static func fault(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: false
            case 0..<0x20, 0xFFFE, 0xFFFF: true
            default: false
            }
        }
    }

    /// Refuses what could be recorded, but never printed again.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    static func check(
        _ description: String?, _ disks: [Disk], of checkpoint: CheckpointName
    ) throws(MomentlogError) {
        if let description, let found = fault(in: description) {
            throw .unprintable("the description", found, checkpoint)
        }
        for disk in disks {
            if let found = fault(in: disk.name) {
                throw .unprintable("the name of a disk", found, checkpoint)
            }
            if let bitmap = disk.bitmap, let found = fault(in: bitmap) {
                throw .unprintable("the name of a bitmap", found, checkpoint)
            }
        }
    }
}

extension CheckpointRequest {
    /// Refuses a request of which no document can be written, since XML cannot contain some
    /// character of it. Creating a checkpoint checks this, and more.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    /// - Complexity: O(*n*) in the texts.
    public func checkPrintable() throws(MomentlogError) {
        let place = name ?? "that is asked for"
        if let name, let found = XMLCharacters.fault(in: name.text) {
            throw .unprintable("the name", found, place)
        }
        try XMLCharacters.check(description, disks, of: place)
    }
}
