import Crypto
public import Moments

extension DefinitionDigest {
    /// Computes the digest of a definition's bytes.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public init(of bytes: [UInt8]) {
        let words = SHA256.hash(data: bytes).withUnsafeBytes { digest in
            (0..<4).map {
                UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }
}
