import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The folder that keeps what an export has replaced: `DIR.replaced-YYYYMMDDTHHMMSSZ` beside
/// the export's output folder.
struct ReplacedFolder {
    /// Its path.
    let path: String

    /// Creates a new folder beside `output`, with a number at its end if the name is taken.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` if it cannot be created, or is on
    ///   another file system than `output`.
    init(beside output: String, of device: dev_t, at time: Timestamp) throws(MomentlogError) {
        let stamp = time.rfc3339(fractionDigits: 0).filter { $0 != "-" && $0 != ":" }
        var suffix = ""
        for number in 2..<1_000 {
            let path = "\(output).replaced-\(stamp)\(suffix)"
            if mkdir(path, 0o700) == 0 {
                var status = stat()
                guard lstat(path, &status) == 0, status.st_dev == device else {
                    rmdir(path)
                    throw MomentlogError(
                        .outputRefused,
                        "cannot move the former export out of \(output): the folder above it is"
                            + " on another file system",
                        hint: "choose another output folder")
                }
                self.path = path
                return
            }
            guard errno == EEXIST else {
                throw MomentlogError(
                    .outputRefused,
                    "cannot create \(path), to which the former export would be moved:"
                        + " \(String(cString: strerror(errno)))",
                    hint: "choose another output folder")
            }
            suffix = "-\(number)"
        }
        throw MomentlogError(
            .outputRefused, "\(output).replaced-\(stamp) and 997 more folders exist already",
            hint: "choose another output folder")
    }

    /// Removes the folder if nothing was moved into it.
    func removeIfEmpty() { rmdir(path) }
}
