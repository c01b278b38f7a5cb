extension String {
    /// Whether another text is this one in UTF-8, byte by byte.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String? {
    /// Whether both are nil, or the same byte by byte.
    package func hasSameBytes(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let text?, let other?): text.hasSameBytes(as: other)
        case (nil, _?), (_?, nil): false
        }
    }
}
