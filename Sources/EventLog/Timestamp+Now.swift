import Foundation
public import Moments

extension Timestamp {
    /// The time that the system's clock shows.
    public static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
