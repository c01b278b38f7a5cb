import Foundation
import TestSupport
import Testing

/// House rules that neither the compiler nor the formatter sees.
struct TidyTests {
    /// The sources of the libraries: all but the command's.
    private static func librarySources() throws -> [URL] {
        let sources = Fixtures.repository.appending(path: "Sources")
        let files = try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        return files.compactMap { $0 as? URL }.filter { file in
            file.pathExtension == "swift" && !file.path.contains("/MomentlogCLI/")
        }
    }

    @Test("Libraries name no command and no option in what they say")
    func noCommands() throws {
        let word = #/"[^"]*(?:momentlog [a-z]|[ '\u{28}"]--[a-z]{2,})[^"]*"/#
        for file in try Self.librarySources() {
            let text = try String(contentsOf: file, encoding: .utf8)
            for line in text.split(separator: "\n") {
                let code = line.drop { $0 == " " }
                guard !code.hasPrefix("//") else { continue }
                let matches = code.matches(of: word).map { String($0.output) }.filter {
                    !$0.contains("momentlog store") && !$0.contains("momentlog that")
                        && !$0.contains("momentlog does") && !$0.contains("momentlog writes")
                        && !$0.contains("earlier momentlog,") && !$0.contains("qemu-img info")
                }
                #expect(matches.isEmpty, "\(file.lastPathComponent): \(matches)")
            }
        }
    }
}
