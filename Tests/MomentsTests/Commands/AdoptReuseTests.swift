import TestSupport
import Testing

@testable import Moments

/// Imports that replace a checkpoint by another one of its name.
struct AdoptReuseTests {
    private func replacing(
        _ sketch: String, pointer: Adoption.Pointer? = nil, replaces: Bool = true
    ) throws -> Adoption {
        let documents = try sketch.split(separator: " ").map { word in
            guard
                case .checkpointRedefined(let checkpoint, claimsCurrent: let claims) =
                    try MomentGraph().redefinition(String(word))
            else { throw InvalidSketch() }
            return Adoption.Document(
                checkpoint, claimsCurrent: claims, domainName: nil, domainUUID: nil,
                place: "/lib/\(checkpoint.name).xml", name: "\(checkpoint.name).xml",
                folder: "vm1", sha256: "00")
        }
        return Adoption(
            of: documents,
            owner: try DocumentOwner(
                of: documents, at: "/lib", folder: "vm1", isNamedByFolder: true),
            place: "/lib", folders: ["vm1"], pointers: pointer.map { [$0] } ?? [],
            isWhole: false, replaces: replaces)
    }

    @Test(
        "A checkpoint that an import replaces by another one of its name is deleted and recorded again; its children and the current pointer stay",
        arguments: [
            ("c3@9<-c2", "deleted c3, redefined c3<-c2, current c3"),
            ("c2@9<-c1", "deleted c2, redefined c2<-c1, redefined c3<-c2"),
            ("c1@9", "deleted c1, redefined c1, redefined c2<-c1"),
            ("c1@9<-c4 c4@8", "redefined c4, deleted c1, redefined c1<-c4, redefined c2<-c1"),
            (
                "c1@8 c2@9<-c1",
                "deleted c1, redefined c1, deleted c2, redefined c2<-c1, redefined c3<-c2"
            ),
            ("c2@2", "redefined c2"),
            (
                "c1@9<-c3",
                "deleted c1, redefined c1<-c3, redefined c2<-c1"
            ),
        ])
    func replaced(sketch: String, events: String) throws {
        var domain = try Domain.guest("c1@1 c2@2<-c1 c3@3<-c2", current: "c3")
        let decision = try decide(
            replacing(sketch), for: domain, in: DecisionContext(creationTime: 0))
        #expect(decision.events.words == events)
        let met = decision.report.findings.filter { $0.kind == .nameReused }
        #expect(met.allSatisfy { $0.severity == .error })
        try domain.apply(contentsOf: decision.events)
        #expect(domain.graph.brokenInvariants() == [])
        let stays = domain.graph.findings(domain: "vm1").filter { $0.kind == .nameReused }
        #expect(stays.map(\.severity) == met.map { _ in .warning })
        #expect(stays.map(\.checkpoints) == met.map(\.checkpoints))
        #expect(domain.graph.recordedCurrent == "c3")
        #expect(domain.graph.parentName(of: "c3") == "c2")
        #expect(domain.nameReuses(by: []) == [])
    }

    @Test(
        "An import that replaces nothing advises to replace, not to acknowledge what is not recorded"
    )
    func kept() throws {
        let domain = try Domain.guest("c1@1", current: "c1")
        let decision = try decide(
            replacing("c1@9", replaces: false), for: domain,
            in: DecisionContext(creationTime: 0))
        #expect(decision.events.words == "")
        let met = decision.report.findings.filter { $0.kind == .nameReused }
        #expect(
            met.flatMap(\.remedies).map(\.action) == [
                .importFile(path: "/lib/c1.xml", domain: .named("vm1"), replaces: true)
            ])
        #expect(met.flatMap(\.remedies).allSatisfy { $0.precondition != nil })
    }

    @Test("A redefinition with another creation time never raises it")
    func redefined() throws {
        var domain = try Domain.guest("c1@1 c2@2<-c1", current: "c2")
        #expect(try domain.carryOut(.redefine("c1@9")) == "redefined c1")
        #expect(!domain.graph.findings(domain: "vm1").contains { $0.kind == .nameReused })
    }

    @Test("A folder that states no current clears the pointer of a checkpoint that is replaced")
    func cleared() throws {
        let domain = try Domain.guest("c1@1", current: "c1")
        let adoption = try replacing(
            "c1@2", pointer: Adoption.Pointer(folder: "vm1", checkpoint: nil))
        let decision = try decide(adoption, for: domain, in: DecisionContext(creationTime: 0))
        #expect(decision.events.words == "deleted c1, redefined c1, current none")
    }

    @Test(
        "Whatever an import replaces, the parents are those of the files and the record",
        arguments: Seeds.all)
    func parents(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var reuses = 0
        for round in 0..<300 {
            let names = (1...5).map { "c\($0)" }
            func sketch(_ chosen: [String]) -> String {
                chosen.map { name in
                    let parent = ([nil] + names).randomElement(using: &generator) ?? nil
                    return "\(name)@\(Int.random(in: 1...3, using: &generator))"
                        + (parent.map { "<-" + $0 } ?? "")
                }.joined(separator: " ")
            }
            let place: Comment = "seed \(seed), round \(round)"
            let domain = try Domain.guest(sketch(names))
            let chosen = names.filter { _ in Bool.random(using: &generator) }
            let adoption = try replacing(sketch(chosen))
            let decision = try decide(
                adoption, for: domain, in: DecisionContext(creationTime: 0))
            var after = domain
            try after.apply(contentsOf: decision.events)
            #expect(after.graph.brokenInvariants() == [], place)
            for name in names {
                let document = adoption.documents.first { $0.checkpoint.name.text == name }
                let expected =
                    document?.checkpoint.parent ?? domain.graph.parentName(of: CheckpointName(name))
                #expect(
                    after.graph.parentName(of: CheckpointName(name))
                        == (document == nil ? expected : document?.checkpoint.parent), place)
            }
            let met = decision.report.findings.filter {
                $0.kind == .nameReused && $0.severity == .error
            }
            reuses += met.count
            #expect(
                met.map(\.checkpoints) == domain.nameReuses(by: decision.events).map(\.checkpoints),
                place)
        }
        #expect(reuses > 100)
    }
}
