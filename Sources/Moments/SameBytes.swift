extension String {
    /// Returns whether another text has the same bytes in UTF-8.
    package func hasSameBytes(as other: String) -> Bool {
        // Swift compares fastest, but takes texts for equal that differ only in their Unicode form.
        self == other && compareBytes(with: other) == 0
    }

    /// Returns whether a text precedes another when their bytes in UTF-8 are compared.
    package func bytesPrecede(_ other: String) -> Bool { compareBytes(with: other) < 0 }

    /// Returns a number below 0 if the bytes in UTF-8 precede those of another text, 0 if they are
    /// the same, and a number above 0 if they follow them.
    private func compareBytes(with other: String) -> Int {
        var (text, other) = (self, other)
        return text.withUTF8 { left in
            other.withUTF8 { right in
                Self.compare(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
    }

    /// Compares bytes, eight at a time.
    private static func compare(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int {
        let count = Swift.min(left.count, right.count)
        var index = 0
        while count - index >= 8 {
            let one = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let other = right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if one != other { return one.bigEndian < other.bigEndian ? -1 : 1 }
            index += 8
        }
        while index < count {
            if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
            index += 1
        }
        return left.count - right.count
    }
}

extension String? {
    /// Returns whether both are nil, or have the same bytes in UTF-8.
    package func hasSameBytes(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let text?, let other?): text.hasSameBytes(as: other)
        case (nil, _?), (_?, nil): false
        }
    }
}
