import Foundation
import TestSupport
import Testing

struct ReadmeTests {
    @Test("The README's program is the one that is built and run by the tests")
    func program() throws {
        let readme = try String(
            contentsOf: Fixtures.repository.appending(path: "README.md"), encoding: .utf8)
        let program = try String(
            contentsOf: Fixtures.repository.appending(path: "Examples/Quickstart/main.swift"),
            encoding: .utf8)
        #expect(readme.contains("```swift\n\(program)```"))
    }
}
