import Moments

/// What is the same for two requests that ask for the same, whatever the store's settings were
/// at the time.
///
/// A store that strips secrets keeps a fingerprint of what is left: not even a hash of what is
/// secret. One that does not keeps that of the whole. A setting that is changed between a request
/// and its repetition makes no other request of it, so both count.
struct RequestFingerprint {
    /// The one to keep.
    let kept: [UInt8]
    /// The one that would be kept under the other setting; nil if it is the same.
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

    /// Whether a fingerprint that was kept is of the same request.
    func matches(_ fingerprint: [UInt8]) -> Bool {
        fingerprint == kept || fingerprint == other
    }
}
