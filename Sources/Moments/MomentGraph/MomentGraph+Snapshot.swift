extension MomentGraph {
    /// Writes the state of the graph: shared values first, then each checkpoint with the numbers of
    /// its shared values and of its parent.
    ///
    /// The encoding does not depend on the layout of the slots. Checkpoints are sorted by creation
    /// time, those of one second by the bytes of their names; names that are only parents' by their
    /// bytes; shared values by their first use. The order in which a parent's children are linked
    /// is not encoded, since they are sorted when they are listed; nor are the cuts of cycles,
    /// which follow from the links.
    ///
    /// - Complexity: O(*n* log *n*); O(*n*) if the slots are in that order.
    func encode(to writer: inout ByteWriter) {
        let live = slotsInCanonicalOrder(.live)
        let absent = slotsInCanonicalOrder(.missing)
        var lists = UseOrder(of: diskLists)
        var digests = UseOrder(of: definitions)
        var seen = UseOrder(of: healths)
        // A parent is 0 for none, or one more than its index: checkpoints first, then names
        // that no checkpoint has.
        var numbers = [Int](repeating: 0, count: nodes.count)
        for (index, slot) in live.enumerated() {
            numbers[Int(slot)] = index + 1
            lists.insert(nodes[Int(slot)].disks)
            digests.insert(nodes[Int(slot)].definition)
            seen.insert(nodes[Int(slot)].health)
        }
        for (index, slot) in absent.enumerated() { numbers[Int(slot)] = live.count + index + 1 }

        writer.write(lists.ids.count)
        for list in lists.ids.lazy.compactMap({ diskLists[$0] }) {
            writer.write(list.count)
            for entry in list { entry.encode(to: &writer) }
        }
        writer.write(digests.ids.count)
        for digest in digests.ids.lazy.compactMap({ definitions[$0] }) { writer.write(digest) }
        writer.write(seen.ids.count)
        for list in seen.ids.lazy.compactMap({ healths[$0] }) {
            writer.write(list.count)
            for health in list { health.encode(to: &writer) }
        }
        writer.write(absent.count)
        for slot in absent { writer.write(nodes[Int(slot)].name.text) }
        writer.write(live.count)
        for slot in live {
            let node = nodes[Int(slot)]
            writer.write(node.name.text)
            writer.write(node.details?.isEmpty == true ? nil : node.details)
            writer.write(Int(node.creationTime))
            writer.write(numbers[Int(node.parent)])
            writer.write(lists.number(of: node.disks))
            writer.write(digests.number(of: node.definition))
            writer.write(seen.number(of: node.health))
            writer.write(UInt8(node.claimsCurrent ? 1 : 0))
        }
        writer.write(recordedCurrentSlot == Self.none ? 0 : numbers[Int(recordedCurrentSlot)])
        writer.write(UInt8(areClaimsSettled ? 1 : 0))
        let detached = detachedParents.map { (numbers[Int($0)], $1) }.sorted { $0.0 < $1.0 }
        writer.write(detached.count)
        for (number, parent) in detached {
            writer.write(number)
            writer.write(parent.text)
        }
        let replaced = replacedTimes.map { (numbers[Int($0)], $1) }.sorted { $0.0 < $1.0 }
        writer.write(replaced.count)
        for (number, time) in replaced {
            writer.write(number)
            writer.write(Int(time))
        }
    }

    private func slotsInCanonicalOrder(_ state: Node.State) -> [Slot] {
        var entries: [(time: Int64, slot: Slot)] = []
        if state == .live { entries.reserveCapacity(count) }
        for index in nodes.indices where nodes[index].state == state {
            entries.append((nodes[index].creationTime, Slot(index)))
        }
        func areInOrder(_ left: (time: Int64, slot: Slot), _ right: (time: Int64, slot: Slot))
            -> Bool
        {
            left.time == right.time
                ? nodes[Int(left.slot)].name < nodes[Int(right.slot)].name
                : left.time < right.time
        }
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { areInOrder($0, $1) }
        if !isSorted { entries.sort(by: areInOrder) }
        return entries.map(\.slot)
    }

    /// Reads a graph from its encoding.
    ///
    /// - Throws: `Malformed` for bytes that are not the encoding of a graph that events can
    ///   produce.
    /// - Complexity: O(*n*) expected.
    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        self.init()
        let lists = try Self.diskLists(&reader)
        let digests = try Self.digests(&reader)
        let seen = try Self.healthLists(&reader)
        guard let diskLists = InternTable(distinct: lists),
            let definitions = InternTable(distinct: digests),
            let healths = InternTable(distinct: seen)
        else { throw ByteReader.Malformed() }
        self.diskLists = diskLists
        self.definitions = definitions
        self.healths = healths
        let absent = try Self.absentNames(&reader)
        let mayHaveCycles = try readCheckpoints(
            &reader, absentCount: absent.count, bitmaps: Self.namedBitmaps(in: lists))
        try link(absent)
        let current = try reader.index(below: count + 1)
        recordedCurrentSlot = current == 0 ? Self.none : Slot(current + 1)
        areClaimsSettled = try reader.flag()
        guard areClaimsSettled || claimCount > 0 else { throw ByteReader.Malformed() }
        try readDetachedParents(&reader)
        try readReplacedTimes(&reader)
        isUnsettled = mayHaveCycles
        resolveCycles()
    }

    /// Reads the checkpoints into the slots after the sentinels', unlinked; returns whether
    /// one has a parent that does not precede it.
    ///
    /// - Parameters:
    ///   - absentCount: The number of names that are only parents'; their slots follow.
    ///   - bitmaps: The names of bitmaps in lists of disks that name some, by list.
    private mutating func readCheckpoints(
        _ reader: inout ByteReader, absentCount: Int,
        bitmaps: [InternTable<[DiskEntry]>.ID: Set<[UInt8]>]
    ) throws(ByteReader.Malformed) -> Bool {
        // A checkpoint takes at least eight bytes.
        count = try reader.count(ofSize: 8)
        let all = count + absentCount
        nodes.reserveCapacity(all + 2)
        names.reserveCapacity(all)
        var lists = UseOrderReader(endID: diskLists.endID)
        var digests = UseOrderReader(endID: definitions.endID)
        var seen = UseOrderReader(endID: healths.endID)
        var previous: (time: Int64, name: Slice<UnsafeRawBufferPointer>)?
        var mayHaveCycles = false
        for index in 0..<count {
            let utf8 = try reader.utf8()
            var node = Node(
                name: CheckpointName(try ByteReader.text(utf8)), details: try reader.optionalText(),
                creationTime: Int64(try reader.number()), parent: Self.root,
                disks: InternTable<[DiskEntry]>.none,
                definition: InternTable<DefinitionDigest>.none, state: .live)
            guard node.details?.isEmpty != true else { throw ByteReader.Malformed() }
            if let previous {
                guard
                    previous.time == node.creationTime
                        ? previous.name.lexicographicallyPrecedes(utf8)
                        : previous.time < node.creationTime
                else { throw ByteReader.Malformed() }
            }
            previous = (node.creationTime, utf8)
            let parent = try reader.index(below: all + 1)
            if parent > 0 { node.parent = Slot(parent + 1) }
            mayHaveCycles = mayHaveCycles || (index < parent && parent <= count)
            node.disks = try lists.next(&reader)
            node.definition = try digests.next(&reader)
            node.health = try seen.next(&reader)
            node.claimsCurrent = try reader.flag()
            if !bitmaps.isEmpty, bitmaps[node.disks]?.contains(Array(utf8)) == true {
                throw ByteReader.Malformed()
            }
            try add(node)
        }
        guard lists.isAtEnd, digests.isAtEnd, seen.isAtEnd else { throw ByteReader.Malformed() }
        return mayHaveCycles
    }

    private mutating func add(_ node: Node) throws(ByteReader.Malformed) {
        nodes.append(node)
        guard names.insertIfAbsent(Slot(nodes.count - 1), in: nodes) else {
            throw ByteReader.Malformed()
        }
        if node.disks != InternTable<[DiskEntry]>.none { diskLists.retain(id: node.disks) }
        if node.definition != InternTable<DefinitionDigest>.none {
            definitions.retain(id: node.definition)
        }
        if node.health != InternTable<[DiskHealth]>.none { healths.retain(id: node.health) }
        if node.claimsCurrent { claimCount += 1 }
    }

    /// Adds the names that are only parents', and links all nodes.
    private mutating func link(_ absent: [CheckpointName]) throws(ByteReader.Malformed) {
        let firstAbsent = nodes.count
        for name in absent {
            try add(
                Node(
                    name: name, details: nil, creationTime: 0, parent: Self.missing,
                    disks: InternTable<[DiskEntry]>.none,
                    definition: InternTable<DefinitionDigest>.none, state: .missing))
        }
        for slot in nodes.indices.dropFirst(2) {
            link(Slot(slot), under: nodes[slot].parent)
        }
        guard nodes[firstAbsent...].allSatisfy({ $0.firstChild != Self.none }) else {
            throw ByteReader.Malformed()
        }
    }

    /// - Precondition: The nodes are linked.
    private mutating func readDetachedParents(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) {
        let detachedCount = try reader.count(ofSize: 2)
        var previous = 0
        for _ in 0..<detachedCount {
            let slot = try slot(after: &previous, &reader)
            let parent = CheckpointName(try reader.text())
            guard nodes[Int(slot)].parent == Self.root, names.slot(of: parent, in: nodes) != slot
            else { throw ByteReader.Malformed() }
            detachedParents[slot] = parent
        }
    }

    private mutating func readReplacedTimes(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) {
        let replacedCount = try reader.count(ofSize: 2)
        var previous = 0
        for _ in 0..<replacedCount {
            let slot = try slot(after: &previous, &reader)
            replacedTimes[slot] = Int64(try reader.number())
        }
    }

    /// The slot of a checkpoint after another in the order of the encoding.
    private func slot(
        after previous: inout Int, _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> Slot {
        let number = try reader.index(below: count + 1)
        guard number > previous else { throw ByteReader.Malformed() }
        previous = number
        return Slot(number + 1)
    }

    private static func absentNames(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> [CheckpointName] {
        let absentCount = try reader.count()
        var names: [CheckpointName] = []
        var previous: Slice<UnsafeRawBufferPointer>?
        for _ in 0..<absentCount {
            let utf8 = try reader.utf8()
            guard previous?.lexicographicallyPrecedes(utf8) != false else {
                throw ByteReader.Malformed()
            }
            previous = utf8
            names.append(CheckpointName(try ByteReader.text(utf8)))
        }
        return names
    }

    private static func digests(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> [DefinitionDigest] {
        let digestCount = try reader.count(ofSize: 32)
        var digests: [DefinitionDigest] = []
        digests.reserveCapacity(digestCount)
        for _ in 0..<digestCount { digests.append(try reader.digest()) }
        return digests
    }

    private static func healthLists(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> [[DiskHealth]] {
        let listCount = try reader.count()
        var lists: [[DiskHealth]] = []
        for _ in 0..<listCount {
            let healthCount = try reader.count()
            var list: [DiskHealth] = []
            for _ in 0..<healthCount { list.append(try DiskHealth(from: &reader)) }
            guard list.count == 1 || !list.isEmpty && DiskHealth.areOfDistinctDisks(list) else {
                throw ByteReader.Malformed()
            }
            lists.append(list)
        }
        return lists
    }

    private static func diskLists(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> [[DiskEntry]] {
        let listCount = try reader.count()
        var lists: [[DiskEntry]] = []
        for _ in 0..<listCount {
            let entryCount = try reader.count()
            guard entryCount > 0 else { throw ByteReader.Malformed() }
            var list: [DiskEntry] = []
            for _ in 0..<entryCount { list.append(try DiskEntry(from: &reader)) }
            lists.append(list)
        }
        return lists
    }

    /// Returns the names of bitmaps in lists of disks that name some. A bitmap with the
    /// checkpoint's name is not named.
    private static func namedBitmaps(
        in lists: [[DiskEntry]]
    ) -> [InternTable<[DiskEntry]>.ID: Set<[UInt8]>] {
        var bitmaps: [InternTable<[DiskEntry]>.ID: Set<[UInt8]>] = [:]
        for (index, list) in lists.enumerated() {
            for entry in list {
                guard case .named(let name) = entry.bitmap else { continue }
                bitmaps[InternTable<[DiskEntry]>.ID(index), default: []].insert(Array(name.utf8))
            }
        }
        return bitmaps
    }
}
