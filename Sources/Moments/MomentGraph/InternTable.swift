/// Stores each distinct value once and counts its uses.
///
/// Most checkpoints of a domain have the same disks and the same definition, so that a node needs
/// only a number for each.
struct InternTable<Value: Hashable & Sendable>: Sendable {
    typealias ID = Int32

    /// No value.
    static var none: ID { -1 }

    private var values: [Value?] = []
    private var uses: [Int32] = []
    private var ids: [Value: ID] = [:]
    private var free: [ID] = []

    /// Creates an empty table.
    init() {}

    /// Creates a table of values whose numbers are their indices, and whose uses are not counted
    /// yet; returns nil if two are equal.
    init?(distinct: [Value]) {
        values = distinct
        uses = Array(repeating: 0, count: distinct.count)
        ids.reserveCapacity(distinct.count)
        for (index, value) in distinct.enumerated() {
            guard ids.updateValue(ID(index), forKey: value) == nil else { return nil }
        }
    }

    /// Calls a closure with each value in use and its number, in no order of meaning.
    func forEachInUse(_ body: (ID, Value) -> Void) {
        for (place, value) in values.enumerated() {
            if let value, uses[place] > 0 { body(ID(place), value) }
        }
    }

    /// The numbers of values are below this one.
    var endID: Int { values.count }

    /// The number of distinct values in use.
    var count: Int { ids.count }

    /// The number of uses of all values.
    ///
    /// - Complexity: O(*n*) in the values.
    var useCount: Int { uses.reduce(0) { $0 + Int($1) } }

    /// The value behind a number that is in use; nil for `none`.
    subscript(id: ID) -> Value? {
        id == Self.none ? nil : values[Int(id)]
    }

    /// Counts one more use of a value and returns its number.
    ///
    /// - Complexity: O(1) expected, plus the hash of the value.
    mutating func retain(_ value: Value) -> ID {
        if let id = ids[value] {
            uses[Int(id)] += 1
            return id
        }
        let id: ID
        if let reused = free.popLast() {
            id = reused
            values[Int(id)] = value
            uses[Int(id)] = 1
        } else {
            id = ID(values.count)
            values.append(value)
            uses.append(1)
        }
        ids[value] = id
        return id
    }

    /// Counts one more use of a number that is in use.
    mutating func retain(id: ID) {
        uses[Int(id)] += 1
    }

    /// Counts one use less; the last one removes the value.
    mutating func release(_ id: ID) {
        guard id != Self.none else { return }
        uses[Int(id)] -= 1
        guard uses[Int(id)] == 0, let value = values[Int(id)] else { return }
        ids[value] = nil
        values[Int(id)] = nil
        free.append(id)
    }
}
