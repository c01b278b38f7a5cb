/// Redefinitions that form one commit.
struct RedefinitionBatch {
    private let redefinitions: [Redefinition]
    private let places: [CheckpointName: Int]

    /// The redefinitions as given, but each after that of its parent; in a cycle of parents, after
    /// those that come first.
    let parentsFirst: [Redefinition]

    /// - Throws: ``MomentlogError`` with `usage` for an empty list, or if two claim to be current;
    ///   with `invalid-xml` for a name or a time that is not allowed; with `exists` if two have one
    ///   name.
    init(_ redefinitions: [Redefinition]) throws(MomentlogError) {
        guard !redefinitions.isEmpty else {
            throw MomentlogError(
                .usage, "no checkpoint is given", hint: "give at least one document")
        }
        var places: [CheckpointName: Int] = [:]
        for (place, redefinition) in redefinitions.enumerated() {
            let name = redefinition.checkpoint.name
            if let fault = name.fault { throw .checkpointName(name, fault) }
            try redefinition.checkpoint.checkContent()
            guard places.updateValue(place, forKey: name) == nil else {
                throw MomentlogError(
                    .exists, "domain moment \(name) is given twice",
                    hint: "leave one of its documents out")
            }
        }
        let claims = redefinitions.filter { $0.claimsCurrent == true }.map(\.checkpoint.name)
        guard claims.count < 2 else {
            throw MomentlogError(
                .usage,
                "\(claims.count) documents claim to be the current checkpoint, among"
                    + " them '\(claims[0])' and '\(claims[1])'",
                hint: "remove <current> from all but one")
        }
        self.redefinitions = redefinitions
        self.places = places
        parentsFirst = Self.parentsFirst(redefinitions, places)
    }

    /// The names in the order in which they were given.
    var names: some Sequence<CheckpointName> { redefinitions.lazy.map(\.checkpoint.name) }

    /// Returns the redefinition of a name; nil if there is none.
    subscript(name: CheckpointName) -> Redefinition? { places[name].map { redefinitions[$0] } }

    /// The checkpoint whose document claims that it is the current one.
    var claimedCurrent: CheckpointName? {
        redefinitions.first { $0.claimsCurrent == true }?.checkpoint.name
    }

    /// - Complexity: O(*n*) expected.
    private static func parentsFirst(
        _ redefinitions: [Redefinition], _ places: [CheckpointName: Int]
    ) -> [Redefinition] {
        var sorted: [Redefinition] = []
        sorted.reserveCapacity(redefinitions.count)
        var isSorted = [Bool](repeating: false, count: redefinitions.count)
        for start in redefinitions.indices {
            var path: [Int] = []
            var next: Int? = start
            while let place = next, !isSorted[place] {
                isSorted[place] = true
                path.append(place)
                next = redefinitions[place].checkpoint.parent.flatMap { places[$0] }
            }
            sorted += path.reversed().map { redefinitions[$0] }
        }
        return sorted
    }
}

extension Checkpoint {
    /// Refuses what could be recorded, but not printed so that libvirt can read it.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    func checkContent() throws(MomentlogError) {
        guard creationTime >= 0 else { throw .creationTime(of: self) }
        try XMLCharacters.check(description, disks, of: name)
    }
}
