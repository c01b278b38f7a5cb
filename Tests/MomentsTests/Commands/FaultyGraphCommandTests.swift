import Moments
import Testing

/// What the operations do to a graph with an error. That `create` is refused stands
/// with it.
struct FaultyGraphCommandTests {
    @Test(
        "Deleting leaves the pointer on the parent that was recorded, if that is still there",
        arguments: [
            // A parent that is missing.
            ("a b<-x c<-b", "b", .checkpoint, "deleted b, current none", "a c<-x"),
            ("a b<-x c<-b", "c", .checkpoint, "deleted c, current b", "a b<-x"),
            ("a b<-x c<-b", "b", .children, "deleted c, deleted b, current none", "a"),
            ("a b<-x c<-b", "b", .childrenOnly, "deleted c", "a b<-x"),
            // A cycle of two: the other becomes a root.
            ("a<-b b<-a", "a", .checkpoint, "deleted a, current b", "b"),
            ("a<-b b<-a", "b", .checkpoint, "deleted b, current a", "a"),
            ("a<-b b<-a", "a", .children, "deleted b, deleted a, current none", ""),
            ("a<-b b<-a", "b", .children, "deleted b, current a", "a"),
            ("a<-b b<-a", "a", .childrenOnly, "deleted b", "a"),
            // Of three, shown as a .b ..c.
            ("a<-c b<-a c<-b", "b", .checkpoint, "deleted b, current a", "a<-c c<-a"),
            ("a<-c b<-a c<-b", "a", .checkpoint, "deleted a, current c", "b<-c c<-b"),
            ("a<-c b<-a c<-b", "b", .children, "deleted c, deleted b, current a", "a"),
            ("a<-c b<-a c<-b", "a", .children, "deleted c, deleted b, deleted a, current none", ""),
            // Its own parent.
            ("a<-a b<-a", "a", .checkpoint, "deleted a, current none", "b"),
            ("a<-a b<-a", "b", .checkpoint, "deleted b, current a", "a<-a"),
            ("a<-a b<-a", "a", .children, "deleted b, deleted a, current none", ""),
            ("a<-a b<-a", "a", .childrenOnly, "deleted b", "a<-a"),
        ] as [(String, String, DeletionScope, String, String)])
    func deletes(
        sketch: String, name: String, scope: DeletionScope, words: String, links: String
    ) throws {
        var domain = try Domain.guest(sketch.ascending, current: name)
        #expect(try domain.carryOut(.delete(CheckpointName(name), scope)) == words)
        #expect(domain.graph.links == links)
        let recorded = words.split(separator: "current ").dropFirst().first.map(String.init)
        #expect(domain.graph.recordedCurrent?.text == (recorded == "none" ? nil : recorded ?? name))
    }

    @Test(
        "Deleting a current descendant moves the pointer to the nearest remaining ancestor",
        arguments: [
            ("a<-c b<-a c<-b", "c", "a", .childrenOnly, "deleted c, deleted b, current a"),
            ("a<-c b<-a c<-b", "c", "b", .children, "deleted c, deleted b, current a"),
            ("b<-x c<-b", "c", "b", .children, "deleted c, deleted b, current none"),
            ("b<-x c<-b", "c", "b", .childrenOnly, "deleted c, current b"),
            ("r<-x a<-r b<-a", "b", "a", .children, "deleted b, deleted a, current r"),
        ] as [(String, String, String, DeletionScope, String)])
    func descendantIsCurrent(
        sketch: String, current: String, name: String, scope: DeletionScope, words: String
    ) throws {
        var domain = try Domain.guest(sketch.ascending, current: current)
        #expect(try domain.carryOut(.delete(CheckpointName(name), scope)) == words)
    }

    @Test(
        "The recorded pointer is kept, nothing is current, and it holds again after repair",
        arguments: [
            ("c<-x", Command.delete("c", .checkpoint)), ("c<-x", .delete("c", .children)),
            ("c<-d d<-c", .delete("c", .checkpoint)), ("c<-d d<-c", .delete("d", .children)),
            ("c<-c", .delete("c", .checkpoint)), ("a* c*", .delete("c", .checkpoint)),
            ("a* c*", .setCurrent("b")),
        ])
    func recordedPointer(fault: String, repair: Command) throws {
        var domain = try Domain.guest("a b<-a " + fault, current: nil)
        try domain.apply(.currentSet("b"))
        if fault.contains("*") {
            for word in fault.split(separator: " ") {
                try domain.apply(domain.graph.redefinition(String(word)))
            }
        }
        #expect(domain.graph.current == nil)
        #expect(domain.graph.recordedCurrent == "b")
        domain.expectRefusal(.create(CheckpointRequest(name: "n")), .inconsistent, "inconsistent")
        try domain.carryOut(repair)
        #expect(domain.graph.current == "b")
        #expect(
            try domain.carryOut(.create(CheckpointRequest(name: "n")))
                == "created n<-b, current n")
    }

    @Test(
        "A redefinition below the recorded current moves it, another does not",
        arguments: [
            ("b<-x", "n<-a", "redefined n<-a, current n"), ("b<-x", "n<-b", "redefined n<-b"),
            ("b<-x", "b", "redefined b"), ("b<-x", "b<-a", "redefined b<-a, current b"),
            ("b<-c c<-b", "n<-a", "redefined n<-a, current n"), ("b<-c c<-b", "b", "redefined b"),
        ])
    func redefines(fault: String, redefined: String, words: String) throws {
        var domain = try Domain.guest("a " + fault, current: "a")
        #expect(try domain.carryOut(.redefine(redefined)) == words)
    }

    @Test(
        "With none recorded, what is redefined becomes it, though an error keeps it back",
        arguments: ["b<-x", "b<-b", "b<-c c<-b"])
    func redefinesWithNone(fault: String) throws {
        var domain = try Domain.guest("a " + fault)
        #expect(try domain.carryOut(.redefine("n")) == "redefined n, current n")
        #expect(domain.graph.current == nil)
        #expect(domain.graph.recordedCurrent == "n")
    }

    @Test(
        "The pointer is set on a graph with an error too",
        arguments: ["b<-x", "b<-c c<-b", "b<-b"])
    func setsCurrent(fault: String) throws {
        var domain = try Domain.guest("a " + fault, current: "a")
        #expect(try domain.carryOut(.setCurrent("b")) == "current b")
        #expect(try domain.carryOut(.setCurrent("b")) == "")
        #expect(try domain.carryOut(.setCurrent(nil)) == "current none")
        #expect(domain.graph.hasErrors)
    }
}

/// Several checkpoints that claim to be current against each other.
struct ClaimCommandTests {
    @Test(
        "No redefinition and no deletion chooses among several claims",
        arguments: [
            (Command.delete("a", .checkpoint), "deleted a"),
            (.delete("b", .checkpoint), "deleted b"),
            (.delete("d", .checkpoint), "deleted d"),
        ])
    func deletes(command: Command, words: String) throws {
        var domain = try Domain.guest("r a<-r b<-a* c<-b* d<-c*", current: nil)
        for current in ["a", "b", "d", nil] {
            // Set first: claims that came later are not settled by it.
            domain = try Domain.guest("r a<-r b<-a c<-b d<-c", current: current)
            for word in ["b<-a*", "c<-b*", "d<-c*"] {
                try domain.apply(domain.graph.redefinition(word))
            }
            #expect(try domain.carryOut(command) == words)
            let isThere = current.map { domain.graph.contains(CheckpointName($0)) } ?? false
            #expect(domain.graph.recordedCurrent?.text == (isThere ? current : nil))
        }
    }

    @Test(
        "What claims without another against it, or is heir to all, is current after a deletion",
        arguments: [
            ("b", "c", .children, "deleted d, deleted c, current b"),
            ("b", nil, .children, "deleted d, deleted c, current b"),
            ("r", "a", .childrenOnly, "deleted d, deleted c, deleted b, deleted a, current r"),
            ("r", nil, .childrenOnly, "deleted d, deleted c, deleted b, deleted a"),
            ("b", "a", .children, "deleted d, deleted c"),
        ] as [(String, String?, DeletionScope, String)])
    func lastClaim(
        name: String, current: String?, scope: DeletionScope, words: String
    ) throws {
        var domain = try Domain.guest("r a<-r b<-a c<-b d<-c", current: current)
        for word in ["b<-a*", "c<-b*", "d<-c*"] {
            try domain.apply(domain.graph.redefinition(word))
        }
        let deleted = name == "b" ? "c" : name
        #expect(try domain.carryOut(.delete(CheckpointName(deleted), scope)) == words)
        #expect(domain.graph.errors.isEmpty)
        let isKept = current.map { domain.graph.contains(CheckpointName($0)) } ?? false
        let claim = words.split(separator: " ").suffix(2)
        #expect(
            domain.graph.current?.text
                == (isKept ? current : claim.first == "current" ? claim.last.map(String.init) : nil)
        )
    }

    @Test(
        "A redefinition moves no pointer and resolves no claim",
        arguments: ["x", "x<-a", "x<-b", "a", "b<-a", "c", "x y<-x"])
    func redefines(sketch: String) throws {
        for current in ["a", nil] {
            var domain = try Domain.guest("a b<-a c<-a d", current: current)
            for word in ["b<-a*", "c<-a*", "d*"] {
                try domain.apply(domain.graph.redefinition(word))
            }
            #expect(try !domain.carryOut(.redefine(sketch)).contains("current"))
            #expect(domain.graph.recordedCurrent?.text == current)
            #expect(domain.graph.errors.count == 1)
            #expect(domain.graph.currentClaims == ["b", "c", "d"])
        }
    }

    @Test(
        "A redefinition whose document claims to be current resolves several claims",
        arguments: ["x<-a*", "b<-a*", "a*", "x y<-x*"])
    func redefinesCurrent(sketch: String) throws {
        for current in ["a", nil] {
            var domain = try Domain.guest("a b<-a c<-a d", current: current)
            for word in ["b<-a*", "c<-a*", "d*"] {
                try domain.apply(domain.graph.redefinition(word))
            }
            #expect(
                try domain.carryOut(.redefine(sketch)).hasSuffix(
                    ", current \(Self.claimed(in: sketch))"))
            #expect(domain.graph.current == Self.claimed(in: sketch))
            #expect(domain.graph.errors.isEmpty)
        }
    }

    /// The name before the star: `x` in `x<-a*`.
    private static func claimed(in sketch: String) -> CheckpointName {
        let word = sketch.split(separator: " ").first { $0.hasSuffix("*") } ?? ""
        return CheckpointName(String(word.prefix { $0 != "<" && $0 != "*" }))
    }

    @Test("A redefinition whose document says that it is not the current one takes its claim back")
    func withdrawn() throws {
        var domain = try Domain.guest("a b<-a c<-a d", current: "a")
        for word in ["b<-a*", "c<-a*", "d*"] { try domain.apply(domain.graph.redefinition(word)) }
        let checkpoint = try #require(domain.graph.checkpoint(named: "c"))
        let withdrawal = Redefinition(checkpoint, claimsCurrent: false)
        _ = try domain.carryOut(.redefine([withdrawal]))
        #expect(domain.graph.currentClaims == ["b", "d"])
        #expect(domain.graph.recordedCurrent == "a")
    }

    @Test("Setting the pointer resolves several claims, even to its present position")
    func settled() throws {
        for name in ["a", "b", "c", nil] {
            var domain = try Domain.guest("a b<-a c", current: "a")
            for word in ["b<-a*", "c*"] { try domain.apply(domain.graph.redefinition(word)) }
            #expect(
                try domain.carryOut(.setCurrent(name.map { CheckpointName($0) }))
                    == "current \(name ?? "none")")
            #expect(domain.graph.current?.text == name)
            #expect(domain.graph.currentClaims == [])
            #expect(try domain.carryOut(.setCurrent(name.map { CheckpointName($0) })) == "")
        }
    }

    @Test("Resolved claims no longer suspend the current checkpoint")
    func afterwards() throws {
        var domain = try Domain.guest("a* b<-a*", current: "b")
        #expect(try domain.carryOut(.redefine("c<-b")) == "redefined c<-b, current c")
        #expect(try domain.carryOut(.delete("c", .checkpoint)) == "deleted c, current b")
    }
}

extension String {
    /// A sketch with a time for each checkpoint, in its order of names.
    fileprivate var ascending: String {
        let order = [Character]("rabcdx")
        return split(separator: " ").map { word in
            "\(word.prefix(1))@\(order.firstIndex(of: word[word.startIndex]) ?? 0)"
                + word.dropFirst()
        }.joined(separator: " ")
    }
}
