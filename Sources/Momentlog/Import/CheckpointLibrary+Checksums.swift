import Crypto
import Moments

extension CheckpointLibrary {
    /// Reads what the folder's files have to be.
    ///
    /// One that cannot be read, or is not as it was written, is told of as any file that
    /// cannot: it does not speak for the others then.
    mutating func readChecksums(at path: String) {
        switch CheckpointFile.bytes(at: path, limit: FolderChecksums.mostBytes) {
        case .failure(let failure): unreadable.append((path, failure.reason))
        case .success(let bytes):
            checksums = FolderChecksums(bytes)
            guard checksums == nil else { return }
            unreadable.append(
                (path, "it does not hold digests as an export writes them: it was altered"))
        }
    }

    /// Notes files that have to be there, and are not, or are not as they have to be though
    /// nothing is read from them.
    ///
    /// - Parameter names: What there is.
    mutating func noteWhatIsMissing(in names: [String]) {
        let found = Set(names)
        if found.contains(OrderFile.name) { readOrder() }
        guard let checksums else { return }
        for name in checksums.names where !found.contains(name) {
            unreadable.append(
                (entry(name), "it is in \(FolderChecksums.fileName), and not in the folder"))
        }
    }

    /// Reads the current pointer from `ORDER`, which has to be as it was written if there are
    /// checksums.
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
