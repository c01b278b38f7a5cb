import Moments
import Testing

/// Graphs of tests as text. A sketch is a row of checkpoints that are redefined
/// one after the other: `c1 c2<-c1` is c2 with parent c1, `c2@7<-c1` gives its
/// creation time, and a `*` at the end claims to be current. Without a time a
/// checkpoint keeps the one it has, or is one second younger than the last.
extension MomentGraph {
    /// Makes the graph of a sketch and then sets the current.
    init(
        _ sketch: String, current: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        self.init()
        try redefine(sketch, sourceLocation: sourceLocation)
        if let current { try apply(.currentSet(CheckpointName(current))) }
    }

    /// Redefines the checkpoints of a sketch.
    mutating func redefine(
        _ sketch: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for word in sketch.split(separator: " ") {
            try applySound(
                redefinition(String(word), sourceLocation: sourceLocation), sourceLocation)
        }
    }

    /// The event that a word of a sketch stands for.
    func redefinition(
        _ word: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Event {
        let claims = word.last == "*"
        let link = (claims ? word.dropLast() : word[...]).split(separator: "<-")
        let child = link[0].split(separator: "@")
        let name = CheckpointName(String(child[0]))
        let time =
            child.count > 1
            ? Int64(child[1]) : checkpoint(named: name)?.creationTime.seconds ?? Int64(count + 1)
        let checkpoint = Checkpoint(
            name: name, parent: link.count > 1 ? CheckpointName(String(link[1])) : nil,
            creationTime: CreationTime(
                seconds: try #require(time, sourceLocation: sourceLocation)))
        return .checkpointRedefined(checkpoint, claimsCurrent: claims)
    }

    /// Deletes checkpoints, one after the other.
    mutating func delete(
        _ names: CheckpointName..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for name in names { try applySound(.checkpointDeleted(name), sourceLocation) }
    }

    private mutating func applySound(
        _ event: Event, _ sourceLocation: SourceLocation
    ) throws {
        try apply(event)
        #expect(brokenInvariants() == [], sourceLocation: sourceLocation)
    }

    /// The checkpoints as the tree shows them, a dot for each level: `a .b ..c d`.
    var tree: String {
        var words: [String] = []
        _ = forEachInTree { place in
            words.append(String(repeating: ".", count: place.depth) + place.name.text)
        }
        return words.joined(separator: " ")
    }

    /// The recorded links as a sketch without times, by name.
    var links: String {
        (list() ?? []).map(\.checkpoint).sorted { $0.name < $1.name }
            .map { $0.name.text + ($0.parent.map { "<-\($0)" } ?? "") }
            .joined(separator: " ")
    }

    /// What its findings are and whom they are about: `dangling-parent b`.
    var faults: [String] {
        findings(domain: "vm1").map {
            ([$0.kind.rawValue] + $0.checkpoints.map(\.text)).joined(separator: " ")
        }
    }

    /// The same without warnings.
    var errors: [String] {
        let errors = Set(
            Finding.Kind.allCases.filter { $0.severity == .error }.map(\.rawValue))
        return faults.filter { errors.contains(String($0.prefix { $0 != " " })) }
    }
}
