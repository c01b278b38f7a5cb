extension MomentGraph {
    /// Writes all that the graph is made of: shared values first, then each checkpoint with
    /// the numbers of what it shares and of its parent.
    ///
    /// - Complexity: O(*n*).
    func encode(to writer: inout ByteWriter) {
        let lists = diskLists.numbered()
        let digests = definitions.numbered()
        writer.write(lists.values.count)
        for list in lists.values {
            writer.write(list.count)
            for entry in list { entry.encode(to: &writer) }
        }
        writer.write(digests.values.count)
        for digest in digests.values { writer.write(digest) }
        let seen = healths.numbered()
        writer.write(seen.values.count)
        for list in seen.values {
            writer.write(list.count)
            for health in list { health.encode(to: &writer) }
        }

        // A parent is 0 for none, or one more than its place: checkpoints first, then names
        // that no checkpoint has.
        var places = [Int](repeating: 0, count: nodes.count)
        var place = 0
        for slot in liveSlots {
            place += 1
            places[Int(slot)] = place
        }
        let absent = nodes.indices.filter { nodes[$0].state == .missing }
        for slot in absent {
            place += 1
            places[slot] = place
        }
        writer.write(absent.count)
        for slot in absent { writer.write(nodes[slot].name) }
        writer.write(count)
        for slot in liveSlots {
            let node = nodes[Int(slot)]
            writer.write(node.name)
            writer.write(node.details)
            writer.write(Int(node.creationTime))
            writer.write(places[Int(node.parent)])
            writer.write(lists.number(of: node.disks))
            writer.write(digests.number(of: node.definition))
            writer.write(seen.number(of: node.health))
            writer.write(UInt8(node.claimsCurrent ? 1 : 0))
        }
        writer.write(recordedCurrentSlot == Self.none ? 0 : places[Int(recordedCurrentSlot)])
        writer.write(UInt8(areClaimsSettled ? 1 : 0))
        let detached = detachedParents.map { (places[Int($0)], $1) }.sorted { $0.0 < $1.0 }
        writer.write(detached.count)
        for (place, parent) in detached {
            writer.write(place - 1)
            writer.write(parent)
        }
        let replaced = replacedTimes.map { (places[Int($0)], $1) }.sorted { $0.0 < $1.0 }
        writer.write(replaced.count)
        for (place, time) in replaced {
            writer.write(place - 1)
            writer.write(Int(time))
        }
    }

    /// Reads a graph that was written.
    ///
    /// - Complexity: O(*n*) expected.
    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        self.init()
        let lists = try Self.diskLists(&reader)
        diskLists = InternTable(lists)
        let digestCount = try reader.count()
        var digests: [DefinitionDigest] = []
        for _ in 0..<digestCount { digests.append(try reader.digest()) }
        definitions = InternTable(digests)
        let seen = try Self.healthLists(&reader)
        healths = InternTable(seen)

        let absentCount = try reader.count()
        var absent: [String] = []
        for _ in 0..<absentCount { absent.append(try reader.text()) }
        count = try reader.count()
        // The slots are the two sentinels', then the checkpoints', then the absent names'.
        let all = count + absentCount
        nodes.reserveCapacity(all + 2)
        names.reserveCapacity(all)
        for _ in 0..<count {
            var node = Node(
                name: try reader.text(), details: try reader.optionalText(),
                creationTime: Int64(try reader.number()), parent: Self.none,
                disks: InternTable<[DiskEntry]>.none,
                definition: InternTable<DefinitionDigest>.none, state: .live)
            let parent = try reader.index(below: all + 1)
            node.parent = parent == 0 ? Self.root : Slot(parent + 1)
            node.disks = Int32(try reader.index(below: lists.count + 1)) - 1
            node.definition = Int32(try reader.index(below: digests.count + 1)) - 1
            node.health = Int32(try reader.index(below: seen.count + 1)) - 1
            node.claimsCurrent = try reader.flag()
            add(node)
        }
        for name in absent {
            add(
                Node(
                    name: name, details: nil, creationTime: 0, parent: Self.missing,
                    disks: InternTable<[DiskEntry]>.none,
                    definition: InternTable<DefinitionDigest>.none, state: .missing))
        }
        for slot in nodes.indices.dropFirst(2) {
            link(Slot(slot), under: nodes[slot].parent)
        }
        let current = try reader.index(below: count + 1)
        recordedCurrentSlot = current == 0 ? Self.none : Slot(current + 1)
        areClaimsSettled = try reader.flag()
        let detachedCount = try reader.count()
        for _ in 0..<detachedCount {
            let slot = Slot(try reader.index(below: count) + 2)
            detachedParents[slot] = try reader.text()
        }
        let replacedCount = try reader.count()
        for _ in 0..<replacedCount {
            let slot = Slot(try reader.index(below: count) + 2)
            replacedTimes[slot] = Int64(try reader.number())
        }
        isUnsettled = true
        settle()
    }

    private mutating func add(_ node: Node) {
        nodes.append(node)
        names.insert(Slot(nodes.count - 1), in: nodes)
        if node.disks != InternTable<[DiskEntry]>.none { diskLists.retain(id: node.disks) }
        if node.definition != InternTable<DefinitionDigest>.none {
            definitions.retain(id: node.definition)
        }
        if node.health != InternTable<[DiskHealth]>.none { healths.retain(id: node.health) }
        if node.claimsCurrent { claimCount += 1 }
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
            var list: [DiskEntry] = []
            for _ in 0..<entryCount { list.append(try DiskEntry(from: &reader)) }
            lists.append(list)
        }
        return lists
    }
}

extension DiskEntry {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(UInt8(mode == .bitmap ? 1 : 0))
        switch bitmap {
        case .none: writer.write(UInt8(0))
        case .own: writer.write(UInt8(1))
        case .named(let name):
            writer.write(UInt8(2))
            writer.write(name)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        name = try reader.text()
        mode = try reader.flag() ? .bitmap : .no
        switch try reader.byte() {
        case 0: bitmap = .none
        case 1: bitmap = .own
        case 2: bitmap = .named(try reader.text())
        default: throw ByteReader.Malformed()
        }
    }
}

extension DiskHealth {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.write(disk)
        writer.write(verdict.rawValue)
        writer.write(Int(observationTime))
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        let disk = try reader.text()
        guard let verdict = BitmapVerdict(rawValue: try reader.text()) else {
            throw ByteReader.Malformed()
        }
        self.init(
            disk: disk, verdict: verdict, observationTime: Int64(try reader.number()))
    }
}

extension InternTable {
    /// The values in use, and what number each has among them.
    fileprivate struct Numbered {
        var values: [Value] = []
        fileprivate var numbers: [ID: Int] = [:]

        /// One more than its place; 0 for none.
        func number(of id: ID) -> Int { numbers[id] ?? 0 }
    }

    fileprivate func numbered() -> Numbered {
        var numbered = Numbered()
        forEachInUse { id, value in
            numbered.values.append(value)
            numbered.numbers[id] = numbered.values.count
        }
        return numbered
    }
}
