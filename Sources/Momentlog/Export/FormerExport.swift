import Files
import Foundation
import Glibc
import Moments

/// What a folder that an export is to replace holds: a former export, and nothing else.
enum FormerExport {
    /// Why a folder is not a former export, as the end of a sentence that begins with its path, and
    /// the offending entry.
    struct Obstacle: Sendable, Hashable {
        let entry: String
        let reason: String
    }

    /// Returns the first thing that makes a folder something other than a former export: a missing
    /// `ORDER`, an entry that `ORDER` does not name, a name in it without a file, or an entry that
    /// is not a regular file. Nil if there is none.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - names: Its entries.
    /// - Complexity: O(*n*) expected in the entries.
    static func obstacle(in folder: OpenFolder, _ names: [String]) -> Obstacle? {
        guard names.contains(OrderFile.name) else {
            let first = names.first ?? OrderFile.name
            return Obstacle(
                entry: first, reason: "has no \(OrderFile.name), but contains '\(first)'")
        }
        for name in names where !isRegularFile(folder, name) {
            return Obstacle(entry: name, reason: "contains '\(name)', which is not a regular file")
        }
        guard let bytes = orderBytes(folder), bytes.count <= OrderFile.maximumByteCount,
            let order = OrderFile(bytes)
        else {
            return Obstacle(
                entry: OrderFile.name,
                reason: "contains an \(OrderFile.name) that no export has written")
        }
        let files = Set(order.names.map { "\($0).xml" })
        let own = files.union([OrderFile.name, FolderChecksums.fileName])
        if let stranger = names.first(where: { !own.contains($0) }) {
            return Obstacle(
                entry: stranger,
                reason: "contains '\(stranger)', which its \(OrderFile.name) does not name")
        }
        if let missing = files.subtracting(names).min() {
            return Obstacle(
                entry: missing,
                reason: "lacks '\(missing)', which its \(OrderFile.name) names")
        }
        return nil
    }

    private static func orderBytes(_ folder: OpenFolder) -> [UInt8]? {
        guard
            let file = try? InputFile.openRegular(
                OrderFile.name, in: folder.descriptor, followsLinks: false)
        else { return nil }
        defer { close(file.descriptor) }
        return try? FileBytes.read(
            file.descriptor, limit: OrderFile.maximumByteCount, expecting: file.size)
    }

    private static func isRegularFile(_ folder: OpenFolder, _ name: String) -> Bool {
        folder.status(of: name).map { $0.st_mode & S_IFMT } == S_IFREG
    }
}
