extension String {
    /// The text, or its beginning if it is a long one.
    package var clipped: String {
        utf8.count <= 60 ? self : String(unicodeScalars.prefix(40)) + "…"
    }
}
