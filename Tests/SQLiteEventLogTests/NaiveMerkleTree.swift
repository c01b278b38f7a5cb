import Crypto

/// The hash of a list of leaves, word for word as RFC 9162, 2.1.1 defines it.
func naiveMerkleRoot(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    guard leaves.count > 1 else {
        return Array(SHA256.hash(data: leaves.first.map { [0x00] + $0 } ?? []))
    }
    // The largest power of two below the number of leaves.
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let left = naiveMerkleRoot(leaves.prefix(split))
    let right = naiveMerkleRoot(leaves.dropFirst(split))
    return Array(SHA256.hash(data: [0x01] + left + right))
}

func naiveMerkleRoot(ofLines lines: some Collection<String>) -> [UInt8] {
    naiveMerkleRoot(lines.map { Array($0.utf8) }[...])
}
