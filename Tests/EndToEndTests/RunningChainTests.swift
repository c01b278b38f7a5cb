import Foundation
import TestSupport
import Testing

/// Verdicts on chains of three images that a real QEMU has open, in each combination of states of
/// a bitmap, compared with libvirt's rule.
@Suite(.enabled(if: StorageDaemon.isThere && QemuImages.areMade))
struct RunningChainTests {
    /// The state of a bitmap in one image.
    private enum State: Character, CaseIterable {
        case present = "p"
        case disabled = "d"
        case missing = "m"
        case inconsistent = "i"
    }

    private static let images = ["vda", "mid", "base"]

    /// Each combination is a bitmap whose name has its state in each image, from the top down.
    private static let names = State.allCases.flatMap { top in
        State.allCases.flatMap { mid in
            State.allCases.map { base in
                "c-" + [top, mid, base].map { String($0.rawValue) }.joined()
            }
        }
    }

    private static func states(_ name: String) -> [State] {
        name.dropFirst(2).compactMap { State(rawValue: $0) }
    }

    /// Whether libvirt 9.0 takes the bitmap: `qemuBlockBitmapChainIsValid` in `qemu_block.c`.
    private static func isValid(_ states: [State]) -> Bool {
        var isFound = false
        var hasEnded = false
        for state in states {
            guard state != .missing else {
                if !isFound { return false }
                hasEnded = true
                continue
            }
            if hasEnded || state != .present { return false }
            isFound = true
        }
        return isFound
    }

    /// Adds the bitmaps that are in a state in an image.
    private func add(_ state: State, to image: String, at depth: Int, _ path: String) throws {
        let daemon = try StorageDaemon([path])
        for name in Self.names where Self.states(name)[depth] == state {
            try daemon.add(name, to: image)
            guard state == .disabled else { continue }
            let answer = try daemon.answer(
                #"{"execute":"block-dirty-bitmap-disable","arguments":{"node":"\#(image)","name":"\#(name)"}}"#
            )
            #expect(answer == #"{"return": {}}"#)
        }
        try daemon.quit()
        guard state == .inconsistent else { return }
        // Opened again and killed: what was stored is in use for ever.
        try StorageDaemon([path]).kill()
    }

    @Test("In each combination of three images' bitmaps the verdict is libvirt's, nested and flat")
    func combinations() throws {
        let fixture = try CommandFixture()
        let images = QemuImages(in: fixture.folder.url)
        let paths = Self.images.map { fixture.folder.path("\($0).qcow2") }
        for depth in [2, 1, 0] {
            try images.create(
                "\(Self.images[depth]).qcow2",
                on: depth < 2 ? "\(Self.images[depth + 1]).qcow2" : nil)
        }
        for depth in 0..<3 {
            for state in [State.inconsistent, .disabled, .present] {
                try add(state, to: Self.images[depth], at: depth, paths[depth])
            }
        }
        let guest = CheckpointText.guest("vm", disks: ["vda"]).replacingOccurrences(
            of: "/img/", with: fixture.folder.url.path + "/")
        #expect(try fixture.run(["define", "-"], input: guest).status == 0)
        let lines = Self.names.map {
            #"{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>\#($0)</name></domaincheckpoint>"}"#
        }
        #expect(
            try fixture.run(["apply"], input: lines.joined(separator: "\n") + "\n").status == 0)
        let daemon = try StorageDaemon([paths[0]])
        for flat in ["false", "true"] {
            let dump = try daemon.answer(
                #"{"execute":"query-named-block-nodes","arguments":{"flat":\#(flat)}}"#)
            let run = try fixture.run(
                ["reconcile", "vm", "--qmp", "-", "--format", "json"], input: dump)
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]],
                "\(run.errors)")
            var verdicts: [String: String] = [:]
            for row in rows {
                verdicts[try #require(row["bitmap"] as? String)] = row["verdict"] as? String
                let remedies = try #require(row["remedies"] as? [[String: Any]])
                let removals = remedies.filter { $0["action"] as? String == "removeBitmap" }
                let states = Self.states(try #require(row["bitmap"] as? String))
                // QEMU removes a bitmap only from the image that it writes to.
                let isRemovable = states == [.inconsistent, .missing, .missing]
                #expect(removals.count == (isRemovable ? 1 : 0), "\(row)")
            }
            #expect(verdicts.count == Self.names.count)
            for name in Self.names {
                let verdict = try #require(verdicts[name])
                #expect(
                    (verdict == "valid") == Self.isValid(Self.states(name)),
                    "\(name), flat \(flat): \(verdict)")
                #expect(verdict != "unknown", "\(name)")
            }
        }
        try daemon.quit()
    }
}
