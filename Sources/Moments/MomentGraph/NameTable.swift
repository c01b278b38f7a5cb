/// An index of nodes by name: a hash table of slots with open addressing.
///
/// It stores four bytes an entry and no names: those are in the nodes, which are passed to every
/// operation. It uses linear probing, and deletes by moving later entries back.
///
/// Source: D. E. Knuth, The Art of Computer Programming, vol. 3, 6.4,
/// algorithms L and R.
struct NameTable: Sendable {
    /// A slot, or `none`. The count is a power of two, at most two thirds of it in use.
    private var places: [MomentGraph.Slot] = []
    private var taken = 0

    /// The number of names.
    var count: Int { taken }

    /// Returns the slot of the node that has this name.
    ///
    /// - Complexity: O(1) expected.
    func slot(of name: String, in nodes: [MomentGraph.Node]) -> MomentGraph.Slot? {
        guard !places.isEmpty else { return nil }
        var place = home(of: name)
        while places[place] != MomentGraph.none {
            let slot = places[place]
            if Self.areSame(nodes[Int(slot)].name, name) { return slot }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// Adds a node's slot; its name must not exist yet.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insert(_ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]) {
        if (taken + 1) * 3 > places.count * 2 { grow(nodes) }
        place(slot, nodes)
        taken += 1
    }

    /// Adds a node's slot unless a node with its name exists; returns whether it was added.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insertIfAbsent(
        _ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]
    ) -> Bool {
        if (taken + 1) * 3 > places.count * 2 { grow(nodes) }
        var place = home(of: nodes[Int(slot)].name)
        while places[place] != MomentGraph.none {
            if Self.areSame(nodes[Int(places[place])].name, nodes[Int(slot)].name) {
                return false
            }
            place = (place + 1) & (places.count - 1)
        }
        places[place] = slot
        taken += 1
        return true
    }

    /// Reserves capacity in an empty table.
    mutating func reserveCapacity(_ count: Int) {
        guard taken == 0 else { return }
        var size = 16
        while size * 2 < (count + 1) * 3 { size *= 2 }
        places = Array(repeating: MomentGraph.none, count: size)
    }

    /// Removes a node's slot, while the node still has its name.
    ///
    /// - Complexity: O(1) expected.
    mutating func remove(_ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]) {
        guard !places.isEmpty else { return }
        let mask = places.count - 1
        var hole = home(of: nodes[Int(slot)].name)
        while places[hole] != slot {
            if places[hole] == MomentGraph.none { return }
            hole = (hole + 1) & mask
        }
        var next = (hole + 1) & mask
        while places[next] != MomentGraph.none {
            let home = home(of: nodes[Int(places[next])].name)
            // It may move into the gap unless its home position is after the gap.
            if (next - home) & mask >= (next - hole) & mask {
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        places[hole] = MomentGraph.none
        taken -= 1
    }

    /// Names are ASCII. Other texts that Swift treats as equal to them, such as the KELVIN SIGN to
    /// K, have more bytes.
    private static func areSame(_ left: String, _ right: String) -> Bool {
        left == right && left.utf8.count == right.utf8.count
    }

    private func home(of name: String) -> Int {
        name.hashValue & (places.count - 1)
    }

    private mutating func place(_ slot: MomentGraph.Slot, _ nodes: [MomentGraph.Node]) {
        var place = home(of: nodes[Int(slot)].name)
        while places[place] != MomentGraph.none { place = (place + 1) & (places.count - 1) }
        places[place] = slot
    }

    private mutating func grow(_ nodes: [MomentGraph.Node]) {
        let old = places
        places = Array(repeating: MomentGraph.none, count: max(16, old.count * 2))
        for slot in old where slot != MomentGraph.none { place(slot, nodes) }
    }
}
