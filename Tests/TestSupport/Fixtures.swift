public import Foundation

/// What the tests read.
public enum Fixtures {
    /// The repository.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Checkpoints that libvirt 9.0.0 wrote.
    public static let corpus = repository.appending(path: "Tests/Fixtures/corpus")

    /// The libraries in the corpus that have files as libvirt keeps them: folder, and
    /// the domain in it.
    public static let libraries = [
        Library(folder: "linear", domain: "lin"), Library(folder: "two-disks", domain: "two"),
        Library(folder: "branched", domain: "branch"),
        Library(folder: "after-delete", domain: "mid"), Library(folder: "bitmaps", domain: "bm"),
    ]

    /// One library of the corpus.
    public struct Library: Sendable, CustomStringConvertible {
        /// Its folder in the corpus.
        public let folder: String
        /// The name of the domain in it.
        public let domain: String

        /// The folder's name.
        public var description: String { folder }

        /// The folder that holds the domains' folders.
        public var checkpointFolder: URL { corpus.appending(path: "\(folder)/checkpoint") }

        /// The folder with the domain's files.
        public var domainFolder: URL { checkpointFolder.appending(path: domain) }

        /// The checkpoints' names, sorted.
        public var names: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: domainFolder.path)
                    .map { String($0.dropLast(".xml".count)) }.sorted()
            }
        }

        /// What `checkpoint-dumpxml` printed; the variant is "", ".secure" or
        /// ".nodomain".
        public func dump(of name: String, variant: String = "") throws -> [UInt8] {
            try bytes(of: corpus.appending(path: "\(folder)/dumpxml/\(name)\(variant).xml"))
        }

        /// The checkpoints' parents as libvirt reported them; a root's is nil.
        public var parents: [String: String?] {
            get throws {
                let text = try String(
                    contentsOf: corpus.appending(path: "\(folder)/lists.txt"), encoding: .utf8)
                var parents: [String: String?] = [:]
                for line in text.split(separator: "\n") {
                    guard let match = try /^parent\((.+?)\) = (\S+)/.firstMatch(in: String(line))
                    else { continue }
                    let parent = String(match.2)
                    parents[String(match.1)] = .some(parent == "103" ? nil : parent)
                }
                return parents
            }
        }

        /// What libvirt listed under a heading of `lists.txt`, such as "roots".
        public func list(_ heading: String) throws -> [String] {
            let text = try String(
                contentsOf: corpus.appending(path: "\(folder)/lists.txt"), encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix(heading + ": ") }
            return line?.dropFirst(heading.count + 2).split(separator: " ").map(String.init) ?? []
        }
    }

    /// The bytes of a file.
    public static func bytes(of file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
}
