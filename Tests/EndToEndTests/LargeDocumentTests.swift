import Foundation
import TestSupport
import Testing

/// Documents that libvirt would skip when they are written, though they can be read.
struct LargeDocumentTests {
    @Test("An import skips a document that would be too large when it is written")
    func escapes() throws {
        let fixture = try CommandFixture()
        func document(_ name: String, _ description: String, declared: String = "UTF-8") -> String {
            "<?xml version='1.0' encoding='\(declared)'?>"
                + CheckpointText.document(
                    name, extra: "<description>\(description)</description>")
        }
        let marks = String(repeating: "\"", count: 300_000)
        try fixture.folder.write(document("quoted", marks), to: "lib/vm/quoted.xml")
        try fixture.folder.write(document("sound", "\"short\""), to: "lib/vm/sound.xml")
        let latin = document(
            "latin", String(repeating: "ü", count: 700_000), declared: "ISO-8859-1")
        let bytes = try #require(latin.data(using: .isoLatin1))
        try bytes.write(to: fixture.folder.url.appending(path: "lib/vm/latin.xml"))
        let run = try fixture.run("import", "lib")
        #expect(run.status == 3)
        #expect((run.output + run.errors).contains("libvirt skips larger files"))
        #expect(try fixture.graph() == "sound*")
        _ = try fixture.output("export", "vm", "--output", "out")
        let again = try fixture.run(
            "import", "out/vm", "--domain", "vm2", environment: fixture.environment)
        #expect(again.status == 0, "\(again.output)\(again.errors)")
    }
}
