import Moments

/// Identifies requests that ask for the same, whatever the store's settings were at the time.
///
/// A store that strips secrets stores a fingerprint of the rest: not even a hash of a secret. One
/// that does not stores that of the whole. A setting that is changed between a request and its
/// retry does not make it another request, so both count.
struct RequestFingerprint {
    /// The one to store.
    let kept: [UInt8]
    /// The one that would be stored under the other setting; nil if it is the same.
    private let other: [UInt8]?

    init(kept: [UInt8], other: [UInt8]?) {
        self.kept = kept
        self.other = other
    }

    /// - Parameter strips: Whether secrets are stripped now.
    /// - Complexity: O(*n*) in the arguments and the definitions.
    init(_ instruction: Instruction, strips: Bool) {
        if case .adopt(let adoption) = instruction.command {
            self.init(adoption, of: instruction, strips: strips)
            return
        }
        let whole = instruction.fingerprint
        guard !instruction.definitions.isEmpty else {
            self.init(kept: whole, other: nil)
            return
        }
        let stripped = instruction.withoutSecrets().fingerprint
        self.init(kept: strips ? stripped : whole, other: strips ? whole : stripped)
    }

    /// Returns whether a stored fingerprint belongs to the same request.
    func matches(_ fingerprint: [UInt8]) -> Bool {
        fingerprint == kept || fingerprint == other
    }
}
