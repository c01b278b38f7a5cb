extension String {
    /// Returns whether another text has the same bytes in UTF-8.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
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
