import Dispatch
import Foundation
import TestSupport
import Testing

struct ApplyHistoryTests {
    private static let count = 100_000
    private static let bulk = 700

    @Test("100 000 lines are answered in order, in memory that does not grow with them")
    func longHistory() throws {
        let seed = Seeds.all[Seeds.all.count - 1]
        let fixture = try CommandFixture()
        for domain in 0..<ApplyHistory.domains {
            try fixture.define("d\(domain)", digit: Character(String(domain + 1)))
        }
        let session = try CommandSession(["apply"], fixture)
        let writer = session.writer
        let lines = ApplyHistory(seed: seed, bulk: Self.bulk)
        DispatchQueue.global().async {
            var lines = lines
            for _ in 0..<Self.count / 100 {
                let chunk = (0..<100).map { _ in lines.next().line + "\n" }.joined()
                try? writer.write(contentsOf: Data(chunk.utf8))
            }
        }
        var expected = lines
        var failures = 0
        var wrong: [String] = []
        for index in 0..<Self.count where wrong.count < 5 {
            let (line, checkpoint, code) = expected.next()
            let answer = try #require(try session.next(), "seed \(seed): no answer \(index + 1)")
            if code != nil { failures += 1 }
            // Searched as bytes: parsing each would take most of the test's time.
            let sought =
                code.map { #"{"ok":false,"code":"\#($0)","# }
                ?? #""checkpoint":"\#(checkpoint ?? "")","repeated":false}"#
            let isRight =
                code == nil
                ? answer.hasPrefix(#"{"ok":true,"#) && answer.hasSuffix(sought)
                : answer.hasPrefix(sought)
            if !isRight { wrong.append("line \(index + 1), \(line.prefix(120)): \(answer)") }
        }
        try #require(wrong.isEmpty, "seed \(seed): \(wrong.joined(separator: "\n"))")
        // It waits for more lines now.
        let peak = try #require(session.peakMemory)
        print("apply: seed \(seed), \(Self.count) lines, peak \(peak >> 20) MiB")
        #expect(peak < 64 << 20, "seed \(seed): \(peak) bytes")
        let (status, errors) = try session.finish()
        #expect(status == 3)
        #expect(errors.contains("\(failures) of \(Self.count) lines failed"), "\(errors)")
        try check(expected, fixture, seed)
    }

    private func check(_ history: ApplyHistory, _ fixture: CommandFixture, _ seed: UInt64) throws {
        for (index, model) in history.models.enumerated() {
            let list = try #require(try fixture.json("list", "d\(index)") as? [[String: Any]])
            var found = ApplyHistory.Model()
            found.created = model.created
            for entry in list {
                let name = try #require(entry["name"] as? String)
                found.parents[name] = entry["parent"] as? String
                let description = entry["description"] as? String ?? ""
                found.lines[name] = description.split(separator: " ").first.flatMap { Int($0) }
                if entry["current"] as? Bool == true { found.current = name }
            }
            #expect(found == model, "seed \(seed), d\(index)")
            #expect(!list.isEmpty, "seed \(seed), d\(index)")
        }
    }
}
