import CShims
import Files
import Glibc
import Moments

/// Creates files, and never overwrites one.
package enum NewFile {
    private static let draft = "file"

    /// Writes a file that only its owner can read. It appears whole or not at all.
    ///
    /// It is written in a folder that only this user can enter: the owner of the target folder can
    /// neither read it meanwhile nor replace it unnoticed.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` if it exists, or cannot be written: then
    ///   nothing is left of it; with `outcome-unknown` if it exists, but may not be on stable
    ///   storage.
    package static func create(_ path: String, with bytes: [UInt8]) throws(MomentlogError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        guard !["", ".", ".."].contains(name), !path.utf8.contains(0) else {
            throw failure(path, "it is not the name of a file", hint: "name a new file")
        }
        let folder: OpenFolder
        do throws(MomentlogError) {
            let above = slash.map { String(path[..<$0]) } ?? "."
            folder = try OpenFolder(above.isEmpty ? "/" : above)
        } catch {
            throw failure(path, error.message, hint: nil)
        }
        guard folder.status(of: name) == nil else { throw exists(path) }
        let staging = try folder.createStagingFolder(".momentlog-new-")
        defer { folder.remove(staging.folder, at: staging.name) }
        do throws(MomentlogError) {
            try publish(bytes, from: staging.folder, to: folder, name, path)
        } catch {
            staging.folder.removeFile(draft)
            throw error
        }
        do throws(MomentlogError) {
            try folder.sync()
        } catch {
            throw MomentlogError(
                .outcomeUnknown,
                "\(path) is written, but may not be on stable storage: \(error.message)",
                hint: "check the disk, and write another file", cause: error)
        }
    }

    private static func publish(
        _ bytes: [UInt8], from staging: OpenFolder, to folder: OpenFolder, _ name: String,
        _ path: String
    ) throws(MomentlogError) {
        let identity = try staging.write(bytes, to: draft, isDurable: true)
        guard
            momentlog_rename_to_new(staging.descriptor, draft, folder.descriptor, name) == 0
        else {
            throw errno == EEXIST
                ? exists(path) : failure(path, String(cString: strerror(errno)), hint: nil)
        }
        var status = stat()
        guard folder.holds(identity, at: name), lstat(path, &status) == 0,
            FileIdentity(status) == identity
        else {
            throw failure(
                path, "another process has replaced or moved what was written",
                hint: "choose a folder that no other user can write to")
        }
    }

    private static func exists(_ path: String) -> MomentlogError {
        failure(path, String(cString: strerror(EEXIST)), hint: "name a new file")
    }

    private static func failure(_ path: String, _ reason: String, hint: String?) -> MomentlogError {
        MomentlogError(.outputRefused, "cannot write '\(path)': \(reason)", hint: hint)
    }
}
