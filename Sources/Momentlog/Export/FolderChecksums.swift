import Crypto
import Moments

/// The SHA-256 of each file of an exported folder, in the form that sha256sum(1) writes and
/// `sha256sum --check` reads: nothing else in such a folder shows a changed bit.
struct FolderChecksums: Sendable {
    /// The name of the file.
    static let fileName = "SHA256SUMS"

    /// The maximum size of such a file in bytes.
    static let maximumByteCount = 1 << 28

    /// The digests in hexadecimal, by the files' names.
    private var digests: [String: String] = [:]

    /// Whether a file that is not listed is a fault: the whole folder is read.
    private var listsAll = true

    init() {}

    /// Reads what ``text`` gives; nil for anything else.
    ///
    /// - Complexity: O(*n* log *n*) in the files.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), text.hasSuffix("\n") else {
            return nil
        }
        for line in text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
            let digest = line.prefix(64)
            let name = String(decoding: line.dropFirst(66), as: UTF8.self)
            guard line.dropFirst(64).starts(with: "  ".utf8), !name.isEmpty,
                digest.count == 64, digest.allSatisfy("0123456789abcdef".utf8.contains),
                digests.updateValue(String(decoding: digest, as: UTF8.self), forKey: name) == nil
            else { return nil }
        }
        // If it is not sorted, something else has changed the order.
        guard text == self.text else { return nil }
    }

    /// The names of the files that have to exist.
    var names: [String] { digests.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The file's content.
    ///
    /// - Complexity: O(*n* log *n*) in the files.
    var text: String { names.map { "\(digests[$0] ?? "")  \($0)\n" }.joined() }

    /// Adds a file's digest.
    mutating func note(_ name: String, _ bytes: [UInt8]) {
        digests[name] = Hexadecimal.text(SHA256.hash(data: bytes))
    }

    /// Those of a folder of which only some files are read: another file may have been put there.
    var ofSingleFiles: FolderChecksums {
        var checksums = self
        checksums.listsAll = false
        return checksums
    }

    /// Returns what is wrong with a file according to its digest; nil if it matches.
    ///
    /// - Parameter digest: In hexadecimal.
    func fault(of name: String, _ digest: String) -> String? {
        guard let noted = digests[name] else {
            guard listsAll else { return nil }
            return "it is not in \(Self.fileName): it was not part of the export"
        }
        return noted == digest
            ? nil : "its SHA-256 is not the one in \(Self.fileName): it was altered"
    }
}
