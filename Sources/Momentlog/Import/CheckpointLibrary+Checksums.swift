import Crypto

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
        guard let checksums else { return }
        let found = Set(names)
        for name in checksums.names where !found.contains(name) {
            unreadable.append(
                (entry(name), "it is in \(FolderChecksums.fileName), and not in the folder"))
        }
        guard found.contains(Self.orderFile) else { return }
        switch CheckpointFile.bytes(at: entry(Self.orderFile), limit: FolderChecksums.mostBytes) {
        case .failure(let failure): unreadable.append((entry(Self.orderFile), failure.reason))
        case .success(let bytes):
            let digest = Hexadecimal.text(SHA256.hash(data: bytes))
            guard let fault = checksums.fault(of: Self.orderFile, digest) else { return }
            unreadable.append((entry(Self.orderFile), fault))
        }
    }

    private func entry(_ name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }
}
