import Foundation
import Momentlog
import Synchronization

/// Announces a store that this process creates, so that a mistyped path is noticed.
enum NewStore {
    private static let path = Mutex<String?>(nil)

    /// Remembers a store whose file did not exist when it was opened for writing.
    static func watch(_ path: String) { self.path.withLock { $0 = path } }

    /// Prints that the store was created, if it was. With JSON output nothing but warnings and
    /// errors is printed.
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
