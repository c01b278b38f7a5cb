import Foundation
import TestSupport
import Testing

/// Refuses words and turns that a reader of plain English would stumble over.
struct LanguageTests {
    /// A pattern, a line that it refuses, and what to write instead.
    struct Turn: Sendable, CustomTestStringConvertible {
        let pattern: String
        let example: String
        let instead: String

        var testDescription: String { pattern }

        init(_ pattern: String, _ example: String, _ instead: String) {
            self.pattern = pattern
            self.example = example
            self.instead = instead
        }
    }

    static let turns = [
        Turn(#"\b[Mm]end(s|ed|ing)?\b"#, "mends the graph", "repair"),
        Turn(#"[Ww]hat became of"#, "what became of a line", "outcome"),
        Turn(
            #"\b[Tt]old\b|\b(is|let|var)Told\b|\b[Uu]ntold\b"#, "the caller is told",
            "report, list, return"),
        Turn(#"\b[Tt]ell(s|ing)? of\b"#, "the head file tells of more", "list, report"),
        Turn(#"\b([Bb]ears|[Bb]ore)\b"#, "the name that it bears", "has, had"),
        Turn(#"\b[Ww]hoever\b"#, "whoever reads it", "the caller, the process that"),
        Turn(#"[Bb]y which door|\b[Dd]oor(s)?\b"#, "by which door it came", "origin, channel"),
        Turn(#"errors stand\b"#, "while errors stand", "unresolved errors"),
        Turn(#"\bg(ive|ives|ave) (back )?(room|space)\b"#, "it gives room back", "reclaim space"),
        Turn(#"\b[Hh]eed(s|ed|ing)?\b"#, "heed no handlers", "use, observe"),
        Turn(#"\bletGo\b|\b[Ll]et(s|ting)? go\b"#, "lets go of the lease", "release"),
        Turn(#"\bisSpent\b"#, "isSpent", "isPoisoned, isClosed"),
        Turn(
            #"\b(most|fewest)[A-Z]\w*"#, "mostFaults", "maximumFaultCount, minimumEventCount"),
        Turn(#"\b[Pp]ut(s|ting)? aside\b"#, "the store is put aside", "replace, keep a copy"),
        Turn(#"\b(is|are|was|were) not there\b"#, "the file is not there", "is missing"),
        Turn(#"\b[Aa]new\b"#, "it is made anew", "again"),
        Turn(#"\b[Pp]assed over\b"#, "the line is passed over", "skip, ignore"),
    ]

    /// Files that quote old words: the names of former options, keys of lines, this list.
    private static let exempt: Set<String> = [
        "CHANGELOG.md", "OldWords.swift", "KnownWords.swift", "LanguageTests.swift",
        "Instruction+Fingerprint.swift", "InstructionFields.swift", "HelpTests.swift",
    ]

    /// The texts that people write and read: sources, tests, scripts, documents.
    private static func files() throws -> [URL] {
        let root = Fixtures.repository
        let folders = [
            "Sources", "Tests", "Benchmarks", "Fuzzing", "Examples", "scripts", "packaging",
        ]
        let suffixes: Set = ["swift", "md", "h", "c", "py", "sh", "yml", ""]
        let recorded = ["/.build/", "/Results/", "/Fixtures/", "/Corpus/", "/corpus/", "/Screens/"]
        var files = try FileManager.default.contentsOfDirectory(
            at: root, includingPropertiesForKeys: nil)
        for folder in folders {
            let found = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil)
            files += found?.compactMap { $0 as? URL } ?? []
        }
        return files.filter { file in
            suffixes.contains(file.pathExtension) && !exempt.contains(file.lastPathComponent)
                && !recorded.contains(where: file.path.contains)
        }
    }

    @Test("Sources, tests, scripts and documents have none of the refused turns")
    func plainLanguage() throws {
        let pattern = try Regex(Self.turns.map(\.pattern).joined(separator: "|"))
        var count = 0
        for file in try Self.files() {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            count += 1
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            where line.contains(pattern) && !Self.isOldOption(line) {
                Issue.record("\(file.path):\(number + 1): \(line)")
            }
        }
        // The test reads the files, and not an empty folder.
        #expect(count > 500)
    }

    @Test("Each pattern refuses its example", arguments: turns)
    func example(_ turn: Turn) throws {
        #expect(turn.example.contains(try Regex(turn.pattern)))
        #expect(!turn.instead.contains(try Regex(turn.pattern)))
    }

    /// Whether a line is about an option that was renamed.
    private static func isOldOption(_ line: Substring) -> Bool { line.contains("\"--mend\"") }
}
