import Foundation
import TestSupport
import Testing

struct QuickstartTests {
    @Test("The README's program runs")
    func run() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun.run(
            "Quickstart",
            [folder.path("store.db"), Fixtures.libraries[2].checkpointFolder.path])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("branch 9 no current\n"))
        #expect(run.output.contains("checkpoint 'b1' (2023-11-14T22:13:20Z) is older"))
    }
}
