/// The words for an enumeration's cases in lines.
struct LineWords<Value>: Sendable
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    private let entries: [(word: String, value: Value)]

    init() { entries = Value.allCases.map { ($0.rawValue, $0) } }

    /// Returns the case of a text; nil if there is none.
    func value(_ text: LineText) -> Value? {
        for entry in entries where text.hasSameBytes(as: entry.word) { return entry.value }
        return nil
    }
}
