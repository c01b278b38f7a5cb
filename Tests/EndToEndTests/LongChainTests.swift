import Foundation
import TestSupport
import Testing

struct LongChainTests {
    @Test("A chain of 100 000 checkpoints imports, lists, checks and exports")
    func chain() throws {
        let fixture = try CommandFixture()
        let count = 100_000
        let library = fixture.folder.url.appending(path: "vm")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        for index in 0..<count {
            let document = CheckpointText.document(
                "c\(index)", parent: index == 0 ? nil : "c\(index - 1)", time: index)
            try Data(document.utf8).write(
                to: library.appending(path: "c\(index).xml", directoryHint: .notDirectory))
        }
        #expect(try fixture.output("import", library.path).contains("100000 checkpoints imported."))
        // Bytes, not characters: to find those in 15 MB takes minutes in a debug build.
        let tree = try fixture.output("list", "vm", "--tree").utf8.split(separator: 0x0A)
        #expect(tree.count { $0.contains(UInt8(ascii: "c")) } == count)
        // A drawing that went ever further right would be of 20 GB.
        #expect(tree.allSatisfy { $0.count < 200 })
        #expect(try fixture.output("check") == "1 domain checked: nothing found in the record\n")
        #expect(try fixture.output("info", "vm", "c0").contains("Descendants:    99999\n"))
        _ = try fixture.output("export", "vm", "--output", fixture.folder.path("out"))
        let files = try FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.path("out/vm"))
        #expect(files.count == count + 1)
    }
}
