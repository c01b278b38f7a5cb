import EventLog
import Foundation
import SQLiteEventLog

/// A folder for one test's files, which goes with it.
///
/// It is a class because it owns the folder.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("momentlog-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of the store that most tests need.
    var store: String { file("store.db") }

    func file(_ name: String) -> String { path + "/" + name }

    /// The names of all that is in the folder, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// The bytes of each file in the folder.
    func contents() throws -> [String: Data] {
        try Dictionary(uniqueKeysWithValues: names().map { ($0, try bytes(of: file($0))) })
    }
}

/// The bytes of a file.
func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// The size of a file in bytes, 0 if it is missing.
func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
}
