import Foundation
import TestSupport
import Testing

struct EndlessInputTests {
    @Test(
        "Of 1 GiB of spaces no more is read than a document may have",
        arguments: ["create vm1 -", "redefine vm1 -", "define -"])
    func spaces(command: String) throws {
        let fixture = try CommandFixture()
        let momentlog = CommandRun.products.appending(path: "momentlog").path
        // The pipe's writer is ended by the signal that tells it of a reader who has gone.
        let run = try CommandRun.run(
            "/bin/sh",
            ["-c", "head -c 1073741824 /dev/zero | tr '\\0' ' ' | '\(momentlog)' \(command)"],
            environment: fixture.environment, folder: fixture.folder.url)
        #expect(run.status == 1)
        #expect(run.errors.contains("standard input: the document has more than the 1048576 bytes"))
        #expect(try fixture.folder.contents.isEmpty)
    }
}
