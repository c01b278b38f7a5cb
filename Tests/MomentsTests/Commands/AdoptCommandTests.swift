import Testing

@testable import Moments

/// What is taken over from a library, and what is left out.
struct AdoptCommandTests {
    /// The documents of a sketch: `c1 c2<-c1*`.
    private func documents(
        _ sketch: String, definition: DefinitionDigest? = nil, uuid: DomainUUID? = nil
    ) throws -> [Adoption.Document] {
        var graph = MomentGraph()
        return try sketch.split(separator: " ").map { word in
            let event = try graph.redefinition(String(word))
            guard case .checkpointRedefined(var checkpoint, claimsCurrent: let claims) = event
            else { throw InvalidSketch() }
            try graph.apply(event)
            checkpoint.definition = definition
            return Adoption.Document(
                checkpoint, claimsCurrent: claims,
                domainName: definition == nil ? nil : "vm1", domainUUID: uuid,
                place: "/lib/\(checkpoint.name).xml", name: "\(checkpoint.name).xml",
                folder: "vm1", sha256: "00")
        }
    }

    private func adoption(
        _ documents: [Adoption.Document], pointer: Adoption.Pointer? = nil,
        folder: String = "vm1", isWhole: Bool = false, replaces: Bool = false,
        isNamedByFolder: Bool = true
    ) throws -> Adoption {
        Adoption(
            of: documents,
            owner: try DocumentOwner(
                of: documents, at: "/lib", folder: folder, isNamedByFolder: isNamedByFolder),
            place: "/lib", folders: ["vm1"], pointers: pointer.map { [$0] } ?? [],
            isWhole: isWhole, replaces: replaces)
    }

    private func decided(
        _ adoption: Adoption, _ domain: Domain = Domain(name: "vm1"),
        nameHolder: DecisionContext.NameHolder? = nil
    ) throws -> AdoptionDecision {
        try decide(
            adoption, for: domain,
            in: DecisionContext(creationTime: 0, nameHolder: nameHolder))
    }

    @Test(
        "An import defines a new domain, records its checkpoints parents first, and takes the current that a file claims or that libvirt would choose",
        arguments: [
            ("c1", "defined vm1, redefined c1, current c1", "libvirt-choice"),
            (
                "c2<-c1 c1", "defined vm1, redefined c1, redefined c2<-c1, current c2",
                "libvirt-choice"
            ),
            ("c1* c2<-c1", "defined vm1, redefined c1, redefined c2<-c1, current c1", "claimed"),
            ("c1 c2", "defined vm1, redefined c1, redefined c2", "libvirt-choice"),
            ("c1* c2*", "defined vm1, redefined c1*, redefined c2*", "unsettled"),
            ("c1<-c0", "defined vm1, redefined c1<-c0", "unsettled"),
            ("c1<-c2 c2<-c1", "defined vm1, redefined c1<-c2, redefined c2<-c1", "unsettled"),
        ])
    func new(sketch: String, events: String, source: String) throws {
        let decision = try decided(adoption(documents(sketch)))
        #expect(decision.events.words == events)
        #expect(decision.report.currentSource.rawValue == source)
        #expect(decision.report.skipped.isEmpty)
        #expect(decision.origins.first == .importedLibrary)
        #expect(
            decision.origins.count(where: { $0.channel == .import && $0 != .importedLibrary })
                == sketch.split(separator: " ").count)
    }

    @Test(
        "What is recorded stays unless it is to be replaced",
        arguments: [
            ("c1 c2<-c1", false, "", ["c1", "c2"], []),
            ("c1 c2", false, "", ["c1"], ["exists"]),
            ("c1 c2@2", true, "redefined c2", ["c1"], []),
            ("c1 c3<-c2", false, "redefined c3<-c2", ["c1"], []),
            ("c1* c2<-c1", false, "current c1", ["c1", "c2"], []),
        ])
    func known(
        sketch: String, replaces: Bool, events: String, there: [String], skipped: [String]
    ) throws {
        let decision = try decided(
            adoption(documents(sketch), replaces: replaces), .guest("c1 c2<-c1", current: "c2"))
        #expect(decision.events.words == events)
        #expect(decision.report.alreadyThere.map(\.text) == there)
        #expect(decision.report.skipped.map(\.code) == skipped)
        #expect(decision.report.hasProblems == !skipped.isEmpty)
    }

    @Test("The pointer of an export is restored in a domain without checkpoints, and with replace")
    func pointer() throws {
        let pointer = Adoption.Pointer(folder: "vm1", checkpoint: "c1")
        let documents = try documents("c1 c2<-c1")
        let known = try Domain.guest("c1 c2<-c1", current: "c2")
        let new = try decided(adoption(documents, pointer: pointer))
        #expect(new.events.words.hasSuffix("current c1"))
        #expect(new.report.currentSource == .claimed)
        #expect(try decided(adoption(documents, pointer: pointer), known).events == [])
        #expect(
            try decided(adoption(documents, pointer: pointer, replaces: true), known).events.words
                == "current c1")
        let cleared = Adoption.Pointer(folder: "vm1", checkpoint: nil)
        #expect(
            try decided(adoption(documents, pointer: cleared, replaces: true), known).events.words
                == "current none")
    }

    @Test("A definition with another domain's UUID, or none, is foreign to a domain with a UUID")
    func foreign() throws {
        for uuid in [Guest.uuid(2), nil] {
            let documents = try documents("c1", definition: Guest.digest(2), uuid: uuid)
            var adoption = try adoption(documents)
            adoption.owner = try DocumentOwner(
                of: [], at: "/lib", folder: "vm1", isNamedByFolder: true)
            let decision = try decided(adoption, .guest())
            #expect(decision.events == [])
            #expect(decision.report.skipped.map(\.code) == ["foreign-domain"])
            let message = decision.report.findings.first?.message
            #expect(message?.contains("not \(uuid?.description ?? "none")") == true)
            // It is the same for single commands.
            let redefinition = Redefinition(
                documents[0].checkpoint, domainUUID: uuid, domainDisks: Guest.disks)
            try Domain.guest().expectRefusal(
                .redefine([redefinition]), .foreignDomain, "must use uuid")
            try Domain.guest().expectRefusal(
                .record([redefinition]), .foreignDomain, "must use uuid")
        }
        // Where no UUID is known, nothing contradicts it.
        let documents = try documents("c1", definition: Guest.digest(2))
        let decision = try decided(adoption(documents), .guest(uuid: nil))
        #expect(decision.report.imported == ["c1"])
    }

    @Test(
        "A domain's name follows one rule, and may not be another live domain's",
        arguments: ["a/b", " ", "a\u{1B}b", "."])
    func names(name: String) throws {
        let adoption = try adoption(documents("c1"), folder: name)
        let error = #expect(throws: MomentlogError.self) {
            try decided(adoption, Domain(name: name))
        }
        #expect(error?.code == .invalidXML)
        let taken = #expect(throws: MomentlogError.self) {
            try decided(
                self.adoption(documents("c1")),
                nameHolder: DecisionContext.NameHolder(uuid: Guest.uuid(2)))
        }
        #expect(taken?.code == .exists)
    }

    @Test("A checkpoint that no single command could record is left out")
    func invalid() throws {
        var documents = try documents("c1 c2 c3 c4")
        documents[0].checkpoint.name = "a/b"
        documents[1].checkpoint.creationTime = -1
        documents[2].checkpoint.description = "\u{1}"
        let decision = try decided(adoption(documents))
        #expect(decision.report.imported == ["c4"])
        #expect(
            decision.report.skipped.map(\.code).sorted()
                == ["invalid-name", "unreadable-file", "unreadable-file"])
    }

    @Test("A guessed name alone does not add checkpoints to a domain")
    func guess() throws {
        let domain = try Domain.guest("c1", current: "c1")
        for (sketch, isTaken) in [("x", false), ("x<-c1", true), ("c1 x", true)] {
            let adoption = try adoption(documents(sketch), isNamedByFolder: false)
            guard isTaken else {
                let error = #expect(throws: MomentlogError.self) { try decided(adoption, domain) }
                #expect(error?.code == .noDomain)
                continue
            }
            let report = try decided(adoption, domain).report
            #expect(report.imported == ["x"])
            #expect(report.findings.map(\.kind).contains(.guessedDomain))
        }
    }

    @Test("Checkpoints that a whole library lacks are reported, and stay")
    func missing() throws {
        let domain = try Domain.guest("c1 c2<-c1", current: "c2")
        let whole = try decided(adoption(documents("c1"), isWhole: true), domain)
        #expect(whole.events == [])
        let finding = whole.report.findings.first { $0.kind == .missingFromLibrary }
        #expect(finding?.checkpoints == ["c2"])
        let part = try decided(adoption(documents("c1")), domain)
        #expect(!part.report.findings.contains { $0.kind == .missingFromLibrary })
    }

    @Test("A name whose former deletion was recorded is not reported as reused by an import")
    func deletedBefore() throws {
        var domain = try Domain.guest("c1@1", current: "c1")
        try domain.apply(contentsOf: [.checkpointDeleted("c1"), .currentSet(nil)])
        try domain.apply(
            .checkpointRedefined(Checkpoint(name: "x", creationTime: 1), claimsCurrent: false))
        try domain.apply(.checkpointDeleted("x"))
        let report = try decided(adoption(documents("x@9")), domain).report
        #expect(report.imported == ["x"])
        #expect(!report.findings.contains { $0.kind == .nameReused })
    }

    @Test("The revision that is expected is compared before anything is decided")
    func expectedRevision() throws {
        let adoption = try adoption(documents("c1"))
        let context = DecisionContext(creationTime: 0, expectedRevision: 7)
        try Domain.guest().expectRefusal(
            .adopt(adoption), in: context, .revisionConflict, "is at revision 1, not 7")
        #expect(throws: MomentlogError.self) {
            try decide(adoption, for: .guest(), in: context)
        }
    }

    @Test("The command leads to the events of the decision")
    func command() throws {
        let adoption = try adoption(documents("c1 c2<-c1"))
        let context = DecisionContext(creationTime: 0)
        #expect(
            try decide(.adopt(adoption), for: Domain(name: "vm1"), in: context)
                == decided(adoption).events)
    }
}
