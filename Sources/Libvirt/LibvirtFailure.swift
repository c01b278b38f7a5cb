public import Moments

/// An error of libvirt, or an exceeded deadline.
public struct LibvirtFailure: Error, Sendable, Hashable {
    /// libvirt's code; see `virErrorNumber` in
    /// <https://libvirt.org/html/libvirt-virterror.html>.
    public var code: Int32

    /// libvirt's message.
    public var message: String

    /// Creates a failure.
    public init(_ code: Int32, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether a call did not return in time; its effect is not known.
    public var isTimeout: Bool { code == Self.timeoutCode }

    /// Whether the connection is gone or unusable, so that no other call will succeed.
    public var isOfConnection: Bool {
        // A closed connection also answers with VIR_ERR_INTERNAL_ERROR.
        isTimeout || [38, 39, 1, 6].contains(code) && !isTooLarge
    }

    /// An answer is larger than libvirt's protocol can carry, which leaves the connection usable
    /// (VIR_ERR_RPC of its encoder).
    public var isTooLarge: Bool { code == 39 && message.contains("encode message payload") }

    /// The domain is missing (VIR_ERR_NO_DOMAIN).
    public var isNoDomain: Bool { code == 42 }

    /// The checkpoint is missing (VIR_ERR_NO_DOMAIN_CHECKPOINT).
    public var isNoCheckpoint: Bool { code == 103 }

    /// An argument was refused (VIR_ERR_INVALID_ARG); when listing, a checkpoint is being created.
    public var isInvalidArgument: Bool { code == 8 }

    /// The guest's QEMU did not answer in time, or another job has it (VIR_ERR_OPERATION_TIMEOUT).
    public var isBusy: Bool { code == 68 }

    /// A bitmap is missing or broken (VIR_ERR_CHECKPOINT_INCONSISTENT).
    public var isInconsistent: Bool { code == 109 }

    static let timeoutCode: Int32 = -1

    /// A call did not return in time.
    public static func timeout(_ seconds: Int) -> LibvirtFailure {
        LibvirtFailure(timeoutCode, "no answer within \(seconds) s")
    }

    /// Returns the error for callers.
    ///
    /// - Parameter uri: The connection URI.
    public func error(at uri: String) -> MomentlogError {
        MomentlogError(
            .unreachable, "libvirt at '\(uri)' \(isTimeout ? "gives" : "says:") \(message)",
            hint: "check that its daemon runs and that the URI is right",
            cause: self
        ).detailing("uri", .text(uri))
    }
}
