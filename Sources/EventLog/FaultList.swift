/// The faults that were found so far: the first of each kind, and the number of the others.
package struct FaultList {
    private var kept: [Verification.Fault] = []
    private var seen: Set<Cause> = []
    private var counts: [Verification.Kind: Int] = [:]
    package private(set) var count = 0

    package init() {}

    /// One cause shows at every event that it affects, and is reported once.
    private struct Cause: Hashable {
        let place: StorePlace
        let message: String
    }

    package var isEmpty: Bool { kept.isEmpty }

    package func hasAny(of kind: Verification.Kind) -> Bool { counts[kind] != nil }

    /// The first event at fault.
    package var firstSequence: Int? { kept.lazy.compactMap(\.sequence).min() }

    package mutating func add(_ fault: Verification.Fault) {
        let cause = Cause(place: fault.place, message: fault.message)
        guard !seen.contains(cause) else { return }
        count += 1
        let ofKind = counts[fault.kind, default: 0]
        counts[fault.kind] = ofKind + 1
        guard ofKind < Verification.maximumFaultCount else { return }
        seen.insert(cause)
        kept.append(fault)
    }

    /// Counts faults that are not listed.
    package mutating func addSuppressed(_ more: Int) { count += more }

    /// The faults by event; those without an event come last, in the order in which they were
    /// found.
    package var sorted: [Verification.Fault] {
        kept.enumerated().sorted { left, right in
            (left.element.sequence ?? .max, left.offset)
                < (right.element.sequence ?? .max, right.offset)
        }.map(\.element)
    }
}
