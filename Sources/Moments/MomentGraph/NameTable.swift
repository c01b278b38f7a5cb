/// An index of nodes by name: a hash table of slots with open addressing.
///
/// It stores eight bytes an entry and no names: those are in the nodes, which are passed to every
/// operation. It uses linear probing, and deletes by moving later entries back.
///
/// Source: D. E. Knuth, The Art of Computer Programming, vol. 3, 6.4,
/// algorithms L and R.
struct NameTable: Sendable {
    /// A slot, or `none`, and the hash of its node's name: another name is recognised, and the
    /// table grows, without a look at the nodes, which are all over the memory.
    struct Entry {
        var slot = MomentGraph.none
        var hash: UInt32 = 0
    }

    /// The count is a power of two, at most two thirds of it in use.
    private var entries: [Entry] = []
    private var taken = 0

    /// The number of names.
    var count: Int { taken }

    /// Returns the slot of the node that has this name.
    ///
    /// - Complexity: O(1) expected.
    func slot(of name: CheckpointName, in nodes: [MomentGraph.Node]) -> MomentGraph.Slot? {
        guard !entries.isEmpty else { return nil }
        let hash = Self.hash(of: name)
        var place = home(of: hash)
        while entries[place].slot != MomentGraph.none {
            let entry = entries[place]
            if entry.hash == hash, nodes[Int(entry.slot)].name == name {
                return entry.slot
            }
            place = next(place)
        }
        return nil
    }

    /// Adds a node's slot; its name must not exist yet.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insert(_ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]) {
        growIfFull()
        put(Entry(slot: slot, hash: Self.hash(of: nodes[Int(slot)].name)))
        taken += 1
    }

    /// Adds a node's slot unless a node with its name exists; returns whether it was added.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insertIfAbsent(
        _ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]
    ) -> Bool {
        growIfFull()
        let name = nodes[Int(slot)].name
        let hash = Self.hash(of: name)
        var place = home(of: hash)
        while entries[place].slot != MomentGraph.none {
            let entry = entries[place]
            if entry.hash == hash, nodes[Int(entry.slot)].name == name { return false }
            place = next(place)
        }
        entries[place] = Entry(slot: slot, hash: hash)
        taken += 1
        return true
    }

    /// Reserves capacity in an empty table.
    mutating func reserveCapacity(_ count: Int) {
        guard taken == 0 else { return }
        var size = 16
        while size * 2 < (count + 1) * 3 { size *= 2 }
        entries = Array(repeating: Entry(), count: size)
    }

    /// Removes a node's slot, while the node still has its name.
    ///
    /// - Complexity: O(1) expected.
    mutating func remove(_ slot: MomentGraph.Slot, in nodes: [MomentGraph.Node]) {
        guard !entries.isEmpty else { return }
        let mask = entries.count - 1
        var hole = home(of: Self.hash(of: nodes[Int(slot)].name))
        while entries[hole].slot != slot {
            if entries[hole].slot == MomentGraph.none { return }
            hole = next(hole)
        }
        var later = next(hole)
        while entries[later].slot != MomentGraph.none {
            // It may move into the gap unless its home position is after the gap.
            if (later - home(of: entries[later].hash)) & mask >= (later - hole) & mask {
                entries[hole] = entries[later]
                hole = later
            }
            later = next(later)
        }
        entries[hole] = Entry()
        taken -= 1
    }

    private static func hash(of name: CheckpointName) -> UInt32 {
        UInt32(truncatingIfNeeded: name.text.hashValue)
    }

    private func home(of hash: UInt32) -> Int { Int(hash) & (entries.count - 1) }

    private func next(_ place: Int) -> Int { (place + 1) & (entries.count - 1) }

    private mutating func put(_ entry: Entry) {
        var place = home(of: entry.hash)
        while entries[place].slot != MomentGraph.none { place = next(place) }
        entries[place] = entry
    }

    private mutating func growIfFull() {
        guard (taken + 1) * 3 > entries.count * 2 else { return }
        let old = entries
        entries = Array(repeating: Entry(), count: max(16, old.count * 2))
        for entry in old where entry.slot != MomentGraph.none { put(entry) }
    }
}
