public import Foundation

/// A folder that goes away with the last reference to it.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes an empty folder; its name may hold this text.
    public init(_ label: String = "test") throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "momentlog \(label) \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of something in it.
    public func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file in it, making the folders above; returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Everything below it, as relative paths, sorted.
    public var contents: [String] {
        get throws {
            try FileManager.default.subpathsOfDirectory(atPath: url.path).sorted()
        }
    }
}
