import Files
import Momentlog
import Moments

/// A file, a pipe or a terminal as an argument, to be read to its end.
enum NamedInput {
    /// Opens it; the caller closes the descriptor.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`.
    static func open(_ path: String) throws(MomentlogError) -> CInt {
        do throws(FileBytes.Failure) {
            return try InputFile.openStream(path)
        } catch {
            throw unreadable(path, error.reason)
        }
    }

    static func unreadable(_ source: String, _ reason: String) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "\(source): \(reason)", hint: "make it readable, then try again")
    }
}
