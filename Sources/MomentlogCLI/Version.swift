/// The version of the command.
enum Version {
    /// The version of this source, as in CHANGELOG.md.
    static let number = "0.1.0"

    /// The version, and how it was compiled.
    static var text: String {
        #if DEBUG
            "\(number) (debug build)"
        #else
            number
        #endif
    }
}
