public import Foundation
public import Moments

extension MomentlogError: LocalizedError {
    /// The error's message.
    public var errorDescription: String? { message }

    /// The error's hint.
    public var recoverySuggestion: String? { hint }
}
