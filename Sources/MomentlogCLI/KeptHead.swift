import EventLog
import Files
import Foundation
import Momentlog
import Moments

/// A head as an argument: a file's path, or '-' for standard input.
enum KeptHead {
    static func read(_ path: String) throws(MomentlogError) -> StoreHead {
        guard path != "-" else {
            return try StoreHead(reading: .standardInput, from: "standard input")
        }
        let descriptor: CInt
        do throws(FileBytes.Failure) {
            descriptor = try InputFile.openStream(path)
        } catch {
            throw MomentlogError(
                .unreadableFile, "cannot read \(path): \(error.reason)",
                hint: "use a file with a head", suggestion: .printHead, cause: error)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return try StoreHead(reading: file, from: path)
    }
}
