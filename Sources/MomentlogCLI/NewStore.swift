import Foundation
import Momentlog
import Synchronization

/// A store that this process may create: it is said once, so that a mistyped path is noticed.
enum NewStore {
    private static let path = Mutex<String?>(nil)

    /// Remembers a store whose file did not exist when it was opened for writing.
    static func watch(_ path: String) { self.path.withLock { $0 = path } }

    /// Prints that the store was created, if it was. Programs name their store, and get nothing
    /// but warnings and errors.
    static func announce() {
        guard
            let path = path.withLock({ path in
                defer { path = nil }
                return path
            }), !GlobalArguments.current.isJSON, FileManager.default.fileExists(atPath: path)
        else { return }
        Notice.note(
            "store-created",
            "created the store \(URL(fileURLWithPath: path).standardizedFileURL.path)")
    }
}
