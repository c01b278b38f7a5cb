import Moments

/// A domain's checkpoints as the plainest of programs would keep them: what the store is held
/// against.
///
/// The rules are libvirt's; see `decide(_:for:in:)`.
struct PlainDomain: Hashable, Sendable {
    /// The parent of each checkpoint.
    var parents: [CheckpointName: CheckpointName?] = [:]
    var current: CheckpointName?

    func children(of name: CheckpointName) -> [CheckpointName] {
        parents.filter { $0.value == name }.map(\.key).sorted()
    }

    func descendants(of name: CheckpointName) -> [CheckpointName] {
        var found: [CheckpointName] = []
        var next = children(of: name)
        while let child = next.popLast() {
            found.append(child)
            next += children(of: child)
        }
        return found.sorted()
    }

    mutating func create(_ name: CheckpointName) {
        parents[name] = .some(current)
        current = name
    }

    /// Takes a checkpoint as it is given.
    mutating func redefine(_ name: CheckpointName, parent: CheckpointName?) {
        parents[name] = .some(parent)
        if current == nil || (current == parent && current != name) { current = name }
    }

    mutating func delete(_ name: CheckpointName) {
        let parent = parents[name] ?? nil
        for child in children(of: name) { parents[child] = .some(parent) }
        parents[name] = nil
        if current == name { current = parent }
    }

    mutating func deleteSubtree(_ name: CheckpointName) {
        let gone = descendants(of: name) + [name]
        let parent = parents[name] ?? nil
        for one in gone { parents[one] = nil }
        if let current, gone.contains(current) { self.current = parent }
    }

    mutating func deleteChildren(_ name: CheckpointName) {
        let gone = descendants(of: name)
        for one in gone { parents[one] = nil }
        if let current, gone.contains(current) { self.current = name }
    }
}
