import Crypto
import Moments

extension CheckpointLibrary {
    /// Reads the checksums of the folder's files.
    ///
    /// A checksum file that cannot be read, or was altered, is reported as any unreadable file: it
    /// is not applied to the others then.
    mutating func readChecksums(at path: String) {
        switch CheckpointFile.bytes(at: path, limit: FolderChecksums.maximumByteCount) {
        case .failure(let failure): unreadable.append((path, failure.reason))
        case .success(let bytes):
            checksums = FolderChecksums(bytes)
            guard checksums == nil else { return }
            unreadable.append(
                (path, "it does not contain digests in the form of an export: it was altered"))
        }
    }

    /// Reads the checksums in the folder of single files: such a file that was altered is not read
    /// either. A list that is not an export's is not about them.
    mutating func readChecksumsBeside() {
        let path = entry(FolderChecksums.fileName)
        guard
            case .success(let bytes) = CheckpointFile.bytes(
                at: path, limit: FolderChecksums.maximumByteCount)
        else { return }
        checksums = FolderChecksums(bytes)?.ofSingleFiles
    }

    /// Reports files that the checksums list, and that are missing or, if nothing is read from
    /// them, altered.
    ///
    /// - Parameter names: The existing names.
    mutating func noteWhatIsMissing(in names: [String]) {
        let found = Set(names)
        if found.contains(OrderFile.name) { readOrder() }
        guard let checksums else { return }
        for name in checksums.names where !found.contains(name) {
            unreadable.append(
                (entry(name), "it is in \(FolderChecksums.fileName), but not in the folder"))
        }
    }

    /// Reads the current pointer from `ORDER`, which must not be altered if there are checksums.
    mutating func readOrder() {
        let path = entry(OrderFile.name)
        switch CheckpointFile.bytes(at: path, limit: OrderFile.maximumByteCount) {
        case .failure(let failure): unreadable.append((path, failure.reason))
        case .success(let bytes):
            let digest = Hexadecimal.text(SHA256.hash(data: bytes))
            if let fault = checksums?.fault(of: OrderFile.name, digest) {
                unreadable.append((path, fault))
            } else {
                current = OrderFile(bytes)?.current
            }
        }
    }

    private func entry(_ name: String) -> String {
        let path = isWhole ? path : folder
        return path.hasSuffix("/") ? path + name : path + "/" + name
    }
}
