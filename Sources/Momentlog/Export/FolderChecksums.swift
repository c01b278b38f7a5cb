import Crypto
import Moments

/// The SHA-256 of each file of an exported folder, in the form that sha256sum(1) writes and
/// `sha256sum --check` reads: nothing else in such a folder tells of a bit that has changed.
struct FolderChecksums: Sendable {
    /// The file that holds them.
    static let fileName = "SHA256SUMS"

    /// The most bytes that such a file may have.
    static let mostBytes = 1 << 28

    /// The digests in hexadecimal, by the files' names.
    private var digests: [String: String] = [:]

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
        // Of what is not sorted, another has changed the order.
        guard text == self.text else { return nil }
    }

    /// The names of the files that there have to be.
    var names: [String] { digests.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The file's content.
    ///
    /// - Complexity: O(*n* log *n*) in the files.
    var text: String { names.map { "\(digests[$0] ?? "")  \($0)\n" }.joined() }

    /// Notes a file's digest.
    mutating func note(_ name: String, _ bytes: [UInt8]) {
        digests[name] = Hexadecimal.text(SHA256.hash(data: bytes))
    }

    /// What a file's digest tells of it; nil if it is the one that was noted.
    ///
    /// - Parameter digest: In hexadecimal.
    func fault(of name: String, _ digest: String) -> String? {
        guard let noted = digests[name] else {
            return "it is not in \(Self.fileName): it was not a part of the export"
        }
        return noted == digest
            ? nil : "its SHA-256 is not the one in \(Self.fileName): it was altered"
    }
}
