import Moments
import TestSupport
import Testing

struct FindingTests {
    static func finding(
        _ kind: Finding.Kind, _ checkpoints: [String] = ["c1"], domain: DomainReference? = "vm1",
        message: String = "m"
    ) -> Finding {
        Finding(
            kind, domain: domain, checkpoints: checkpoints.map { CheckpointName($0) },
            message: message)
    }

    @Test("The identifiers of errors are the documented ones")
    func errors() {
        let errors = Finding.Kind.allCases.filter { $0.severity == .error }.map(\.rawValue)
        #expect(
            errors == [
                "self-parent", "parent-cycle", "dangling-parent", "multiple-current",
                "duplicate-name", "foreign-domain", "unreadable-file", "invalid-name",
                "lost", "other-domain", "name-taken", "stale-source", "unsettled",
            ])
    }

    @Test("The identifiers of warnings are the documented ones")
    func warnings() {
        let warnings = Finding.Kind.allCases.filter { $0.severity == .warning }.map(\.rawValue)
        #expect(
            warnings == [
                "name-reused", "unknown-here", "detached-by-repair",
                "stray-file", "name-differs-from-file", "duplicate-disk", "bitmap-name-differs",
                "child-older-than-parent", "libvirt-current-differs",
                "missing-from-library", "identical-copy", "guessed-domain", "clock-ahead",
            ])
    }

    @Test("A finding is as grave as its kind", arguments: Finding.Kind.allCases)
    func severity(kind: Finding.Kind) {
        #expect(Self.finding(kind).severity == kind.severity)
    }

    @Test("A finding that is graver than its kind comes before all warnings")
    func graver() {
        let error = Finding(
            .nameReused, severity: .error, domain: "z", checkpoints: [], message: "m")
        #expect(error.severity == .error)
        #expect([Self.finding(.nameReused), error].sorted() == [error, Self.finding(.nameReused)])
        #expect(
            [error, Self.finding(.invalidName)].sorted() == [Self.finding(.invalidName), error])
    }

    /// In order: by kind, domain, checkpoints, message.
    static let ordered = [
        finding(.selfParent, ["z"], domain: "z"),
        finding(.parentCycle, ["a"], domain: "a"),
        finding(.parentCycle, ["a"], domain: "b"),
        finding(.danglingParent, ["a"]),
        finding(.danglingParent, ["a", "b"]),
        finding(.danglingParent, ["b"]),
        finding(.unreadableFile, ["z"], domain: nil),
        finding(.unreadableFile, ["a"], domain: "a"),
        finding(.lost), finding(.staleSource, domain: nil),
        finding(.nameReused), finding(.detachedByRepair),
        finding(.duplicateDisk, message: "disk 'vda'"),
        finding(.duplicateDisk, message: "disk 'vdb'"),
        finding(.childOlderThanParent, ["a"], domain: "a"),
        finding(.libvirtCurrentDiffers, [], domain: "a"),
        finding(.clockAhead, [], domain: nil), finding(.clockAhead, [], domain: "a"),
    ]

    @Test("Findings are sorted by kind, then domain, then checkpoints, then sentence")
    func ordering() {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<20 {
            #expect(Self.ordered.shuffled(using: &generator).sorted() == Self.ordered)
        }
    }

    @Test("Of two findings at most one comes before the other")
    func strictness() {
        for (left, one) in Self.ordered.enumerated() {
            for (right, other) in Self.ordered.enumerated() {
                #expect((one < other) == (left < right))
            }
        }
    }
}
