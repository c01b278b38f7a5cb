import Foundation
package import Moments

extension Timestamp {
    /// The moment that the system's clock shows.
    package static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
