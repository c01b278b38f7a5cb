extension String {
    /// The text, or its beginning if it is long.
    package var clipped: String {
        utf8.count <= 60 ? self : String(unicodeScalars.prefix(40)) + "…"
    }
}
