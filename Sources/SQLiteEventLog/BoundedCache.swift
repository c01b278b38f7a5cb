import EventLog

/// A bounded cache: it forgets values when there are too many.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: Value] = [:]

    private static var most: Int { 4096 }

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            if values.count >= Self.most { values.removeAll() }
            values[key] = newValue
        }
    }
}
