public import Foundation
public import Moments

extension CreationTime {
    /// The creation time of a checkpoint that is made at a date: the whole seconds that have passed
    /// by then; the nearest ones for a date that has none.
    public init(_ date: Date) {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        self.init(seconds: Int64(exactly: seconds) ?? (seconds < 0 ? .min : .max))
    }

    /// The date of the creation.
    public var date: Date { Date(timeIntervalSince1970: Double(seconds)) }
}
