import Momentlog
import Moments

/// A document as an argument: a file's path, or '-' for standard input.
enum InputArgument {
    ///
    /// - Parameter hint: What to do if there is no such file: a name may have been meant.
    static func read(
        _ path: String, hint: String? = nil
    ) throws(MomentlogError) -> SourceDocument {
        guard path != "-" else {
            return try SourceDocument(descriptor: 0, from: "standard input")
        }
        do throws(MomentlogError) {
            return try SourceDocument(contentsOf: path)
        } catch {
            guard let hint, error.code == .unreadableFile else { throw error }
            var hinting = error
            hinting.hint = hint
            throw hinting
        }
    }
}
