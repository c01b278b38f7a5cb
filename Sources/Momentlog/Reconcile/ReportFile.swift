import Files
import Glibc
import ImageReports
public import Moments

/// A file with the output of QEMU's tools.
public enum ReportFile {
    /// Returns its bytes; of one that exceeds ``ReportLimits/bytes``, only enough to detect that.
    ///
    /// It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`.
    public static func read(_ path: String) throws(MomentlogError) -> [UInt8] {
        let descriptor: CInt
        do {
            descriptor = try InputFile.openStream(path)
        } catch {
            throw unreadable(path, error)
        }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, from: path)
    }

    /// As ``read(_:)``, of an open file.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`.
    public static func read(
        descriptor: CInt, from source: String
    ) throws(MomentlogError) -> [UInt8] {
        do {
            return try FileBytes.read(descriptor, limit: ReportLimits.bytes)
        } catch {
            throw unreadable(source, error)
        }
    }

    private static func unreadable(
        _ source: String, _ failure: FileBytes.Failure
    ) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "\(source): \(failure.reason)",
            hint: "make it readable, then try again", cause: failure)
    }
}
