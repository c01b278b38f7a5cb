/// A domain's checkpoints as the plainest of programs would keep them: what the store is held
/// against.
///
/// The rules are libvirt's; see `decide(_:for:in:)`.
struct PlainDomain: Hashable, Sendable {
    /// The parent of each checkpoint.
    var parents: [String: String?] = [:]
    var current: String?

    func children(of name: String) -> [String] {
        parents.filter { $0.value == name }.map(\.key).sorted()
    }

    func descendants(of name: String) -> [String] {
        var found: [String] = []
        var next = children(of: name)
        while let child = next.popLast() {
            found.append(child)
            next += children(of: child)
        }
        return found.sorted()
    }

    mutating func create(_ name: String) {
        parents[name] = .some(current)
        current = name
    }

    /// Takes a checkpoint as it is given.
    mutating func redefine(_ name: String, parent: String?) {
        parents[name] = .some(parent)
        if current == nil || (current == parent && current != name) { current = name }
    }

    mutating func delete(_ name: String) {
        let parent = parents[name] ?? nil
        for child in children(of: name) { parents[child] = .some(parent) }
        parents[name] = nil
        if current == name { current = parent }
    }

    mutating func deleteSubtree(_ name: String) {
        let gone = descendants(of: name) + [name]
        let parent = parents[name] ?? nil
        for one in gone { parents[one] = nil }
        if let current, gone.contains(current) { self.current = parent }
    }

    mutating func deleteChildren(_ name: String) {
        let gone = descendants(of: name)
        for one in gone { parents[one] = nil }
        if let current, gone.contains(current) { self.current = name }
    }
}
