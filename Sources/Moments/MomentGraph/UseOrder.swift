/// The values of a table that are in use, numbered from 1 in the order of their first use.
struct UseOrder {
    private(set) var ids: [Int32] = []
    private var numbers: [Int]

    init(of table: InternTable<some Any>) { numbers = Array(repeating: 0, count: table.endID) }

    mutating func insert(_ id: Int32) {
        guard id >= 0, numbers[Int(id)] == 0 else { return }
        ids.append(id)
        numbers[Int(id)] = ids.count
    }

    /// Returns the number of a value; 0 for none.
    func number(of id: Int32) -> Int { id < 0 ? 0 : numbers[Int(id)] }
}

/// Reads numbers of values, and checks that they are in the order of their first use.
struct UseOrderReader {
    private let endID: Int
    private var usedCount = 0

    init(endID: Int) { self.endID = endID }

    /// Whether each value was used.
    var isAtEnd: Bool { usedCount == endID }

    mutating func next(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Int32 {
        let number = try reader.index(below: min(usedCount + 1, endID) + 1)
        usedCount = max(usedCount, number)
        return Int32(number - 1)
    }
}
