import Foundation
import TestSupport
import Testing

/// Questions about a log of which an event was removed.
struct MissingEventTests {
    @Test(
        "A question about events that are missing is no answer that there were none",
        arguments: [
            ["log"], ["log", "vm"], ["log", "--reverse"], ["log", "vm", "--reverse"],
            ["log", "-n", "15"], ["log", "--since", "3"], ["log", "--checkpoint", "c2"],
            ["log", "vm", "--checkpoint", "c2"], ["history", "vm", "c2"], ["show", "4"],
            ["log", "--format", "jsonl"], ["list", "vm"],
        ])
    func removed(question: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
        let before = try fixture.run(question)
        #expect(before.status == 0, "\(before.errors)")
        try fixture.tamper("DELETE FROM event WHERE sequence IN (4, 5)")
        let run = try fixture.run(question)
        #expect(run.status == 4, "\(run.output)\(run.errors)")
        #expect(run.errors.contains("missing"), "\(run.errors)")
    }

    @Test("What does not touch the missing event is answered")
    func others() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
        try fixture.tamper("DELETE FROM event WHERE sequence IN (4, 5)")
        for question in [["log", "--until", "3"], ["log", "-n", "2"], ["show", "6"]] {
            let run = try fixture.run(question)
            #expect(run.status == 0, "\(question): \(run.errors)")
        }
    }
}
