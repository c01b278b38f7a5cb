import CheckpointXML
import Crypto
import Files
import Foundation
import Glibc
import Moments

/// A file that may hold a checkpoint.
struct CheckpointFile: Sendable, Hashable {
    /// Its path, for messages.
    let path: String

    /// Its name without folders.
    var name: String {
        let slash = UInt8(ascii: "/")
        guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return path }
        let whole = path.utf8[...last]
        guard let before = whole.lastIndex(of: slash) else { return String(Substring(whole)) }
        return String(Substring(whole[whole.index(after: before)...]))
    }

    /// Whether the caller named it, rather than a folder that contains it: then it has to be a
    /// checkpoint.
    let isNamed: Bool

    /// The result of reading it.
    enum Content: Sendable {
        /// A checkpoint.
        case checkpoint(CheckpointDocument, sha256: String)
        /// Not a checkpoint, and nothing states that it should be one.
        case stray(reason: String)
        /// It should be a checkpoint, but cannot be read as one.
        case unreadable(reason: String)
        /// A checkpoint with a name that is not allowed.
        case invalidName(reason: String)
    }

    /// Whether its name suggests a checkpoint.
    var claimsToBeCheckpoint: Bool { isNamed || name.hasSuffix(".xml") }

    /// Reads it.
    func read(_ reader: CheckpointReader) -> Content {
        if !isNamed && name.hasSuffix(".xml.new") {
            return .stray(reason: "the leftover of an interrupted write of libvirt; not read")
        }
        let bytes: [UInt8]
        switch Self.bytes(at: path, limit: reader.limits.bytes) {
        case .success(let read): bytes = read
        case .failure(let failure):
            return claimsToBeCheckpoint || failure.looksLikeCheckpoint
                ? .unreadable(reason: failure.reason) : .stray(reason: failure.reason)
        }
        do {
            let document = try reader.read(bytes, as: .record)
            let digest = Hexadecimal.text(SHA256.hash(data: bytes))
            return .checkpoint(document, sha256: digest)
        } catch {
            guard claimsToBeCheckpoint || Self.looksLikeCheckpoint(bytes) else {
                return .stray(reason: "not a checkpoint")
            }
            return error.problems.allSatisfy { $0.kind == .name }
                ? .invalidName(reason: error.summary) : .unreadable(reason: error.summary)
        }
    }

    /// Returns whether a file's beginning contains the name of a checkpoint's root element.
    static func looksLikeCheckpoint(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes.prefix(4096), as: UTF8.self).contains("<domaincheckpoint")
    }

    /// Whether the file's content suggests a checkpoint, readable or not.
    var looksLikeCheckpoint: Bool {
        switch Self.bytes(at: path, limit: 4096) {
        case .success(let bytes): Self.looksLikeCheckpoint(bytes)
        case .failure(let failure): failure.looksLikeCheckpoint
        }
    }

    /// Whether the file is a checkpoint, or has the name of one and may be damaged. A file that
    /// has another root element is something else.
    var mayBeCheckpoint: Bool {
        let isXML = name.hasSuffix(".xml")
        switch Self.bytes(at: path, limit: 4096) {
        case .success(let bytes):
            return Self.looksLikeCheckpoint(bytes)
                || isXML && !XMLRoot.isOther(than: "domaincheckpoint", bytes)
        case .failure(let failure):
            return failure.looksLikeCheckpoint || isXML && !failure.hasOtherRoot
        }
    }

    /// Whether the file is a domain's definition as virtnbdbackup names it.
    var isConfiguration: Bool {
        guard name.hasPrefix("vmconfig"), name.hasSuffix(".xml") else { return false }
        return !looksLikeCheckpoint
    }

    /// Why the file cannot be read: it is a pipe, a device, or forbidden; else nil.
    var reasonUnread: String? {
        guard case .failure(let failure) = Self.bytes(at: path, limit: 0), !failure.isTooLarge
        else { return nil }
        return failure.reason
    }

    // MARK: Bytes

    struct ReadFailure: Error {
        var reason: String
        var looksLikeCheckpoint = false
        /// Whether its readable beginning has another root element than a checkpoint.
        var hasOtherRoot = false
        /// Whether it was read, up to the limit.
        var isTooLarge = false
    }

    /// Returns the bytes of a regular file up to a limit.
    static func bytes(at path: String, limit: Int) -> Result<[UInt8], ReadFailure> {
        let bytes: [UInt8]
        let size: Int
        do throws(FileBytes.Failure) {
            let file = try InputFile.openRegular(path)
            defer { close(file.descriptor) }
            size = file.size
            bytes = try FileBytes.read(file.descriptor, limit: limit, expecting: size)
        } catch {
            return .failure(ReadFailure(reason: error.reason))
        }
        guard bytes.count <= limit else {
            return .failure(
                ReadFailure(
                    reason:
                        "the file has \(max(size, bytes.count)) bytes, and \(limit) are allowed:"
                        + " libvirt skips larger ones at its next start",
                    looksLikeCheckpoint: looksLikeCheckpoint(bytes),
                    hasOtherRoot: XMLRoot.isOther(than: "domaincheckpoint", bytes),
                    isTooLarge: true))
        }
        return .success(bytes)
    }
}
