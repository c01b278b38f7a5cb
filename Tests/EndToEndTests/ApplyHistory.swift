import Foundation
import TestSupport

/// A long random history for `apply`: its lines, and by its own model how each is
/// answered and what is there in the end.
struct ApplyHistory: Sendable {
    /// The checkpoints of a domain as libvirt's rules leave them.
    struct Model: Sendable, Equatable {
        var parents: [String: String] = [:]
        /// The number of the line that described each last.
        var lines: [String: Int] = [:]
        var current: String?
        /// Those that were created, the oldest first.
        var created: [String] = []

        mutating func redefine(_ name: String, parent: String?, line: Int) {
            if current == nil || parent != nil && parent == current { current = name }
            parents[name] = parent
            lines[name] = line
        }

        mutating func create(_ name: String, line: Int) {
            parents[name] = current
            lines[name] = line
            current = name
            created.append(name)
        }

        mutating func delete(_ name: String) {
            let parent = parents.removeValue(forKey: name)
            lines[name] = nil
            for (child, itsParent) in parents where itsParent == name { parents[child] = parent }
            if current == name { current = parent }
            created.removeAll { $0 == name }
        }
    }

    static let domains = 4

    private(set) var models = [Model](repeating: Model(), count: domains)
    private var generator: SplitMix64
    private var line = 0
    private let bulk: String

    /// - Parameter bulk: How many bytes each description has at least.
    init(seed: UInt64, bulk: Int) {
        generator = SplitMix64(seed: seed)
        self.bulk = String(repeating: "x", count: bulk)
    }

    /// The next line, and the checkpoint that its answer names or the code that it has.
    mutating func next() -> (line: String, checkpoint: String?, code: String?) {
        line += 1
        let domain = number(Self.domains)
        let head = #""domain":"d\#(domain)""#
        switch number(20) {
        case 0..<2:
            let line = bad()
            return (line, nil, ["nonsense", "[]"].contains(line) ? "invalid-json" : "usage")
        case 2..<11:
            let index = number(6)
            let parent = index > 0 && number(4) > 0 ? "c\(number(index))" : nil
            let name = "c\(index)"
            let link = parent.map { "<parent><name>\($0)</name></parent>" } ?? ""
            let text =
                #"{"command":"redefine",\#(head),"xml":"<domaincheckpoint><name>\#(name)</name>"#
                + "<description>\(line) \(bulk)</description>\(link)"
                + #"<creationTime>7</creationTime></domaincheckpoint>"}"#
            guard parent.map({ models[domain].lines[$0] != nil }) ?? true else {
                return (text, nil, "parent-not-found")
            }
            models[domain].redefine(name, parent: parent, line: line)
            return (text, name, nil)
        case 11..<15:
            // One name is always taken, another always new.
            let name = models[domain].created.first.flatMap { number(5) == 0 ? $0 : nil }
            let text =
                #"{"command":"create",\#(head),"at":\#(line),"xml":"<domaincheckpoint>"#
                + (name.map { "<name>\($0)</name>" } ?? "")
                + #"<description>\#(line) \#(bulk)</description></domaincheckpoint>"}"#
            guard name == nil else { return (text, nil, "exists") }
            models[domain].create(String(line), line: line)
            return (text, String(line), nil)
        case 15..<16:
            let name = "c\(number(6))"
            let text = #"{"command":"set-current",\#(head),"checkpoint":"\#(name)"}"#
            guard models[domain].lines[name] != nil else { return (text, nil, "no-checkpoint") }
            models[domain].current = name
            return (text, name, nil)
        default:
            let oldest = models[domain].created.first
            let name = number(8) == 0 ? "c\(number(6))" : oldest ?? "none"
            let text = #"{"command":"delete",\#(head),"checkpoint":"\#(name)"}"#
            guard models[domain].lines[name] != nil else { return (text, nil, "no-checkpoint") }
            models[domain].delete(name)
            return (text, name, nil)
        }
    }

    private mutating func bad() -> String {
        let lines = [
            "nonsense", #"{"command":"delete","domain":"d0"}"#, #"{"command":"no"}"#, "[]",
            #"{"command":"delete","domain":"d0","checkpoint":"c0","x":"\#(bulk)"}"#,
        ]
        return lines[number(lines.count)]
    }

    private mutating func number(_ end: Int) -> Int {
        Int.random(in: 0..<end, using: &generator)
    }
}
