import Foundation
import Moments
import TestSupport
import Testing

/// Stores that builds of earlier schemas wrote, and what those builds answered.
struct EarlierStoreAnswerTests {
    private static let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores")

    /// A command fixture whose store is a copy of a fixture store and its head file.
    private func fixture(schema: Int) throws -> CommandFixture {
        let fixture = try CommandFixture()
        for suffix in ["", ".head"] {
            try FileManager.default.copyItem(
                at: Self.stores.appending(path: "schema-\(schema).db\(suffix)"),
                to: fixture.folder.url.appending(path: "store.db\(suffix)"))
        }
        // git keeps no modes, and a store is its owner's alone.
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: fixture.folder.path("store.db"))
        return fixture
    }

    private func answers(schema: Int, _ name: String) throws -> [[String: Any]] {
        let file = Self.stores.appending(path: "answers/schema-\(schema)/\(name).jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Whether an answer has all that an earlier one had; it may have more keys.
    private func contains(_ answer: Any?, _ earlier: Any) -> Bool {
        switch (answer, earlier) {
        case (let answer as [String: Any], let earlier as [String: Any]):
            return earlier.allSatisfy { contains(answer[$0.key], $0.value) }
        case (let answer as [Any], let earlier as [Any]):
            return answer.count == earlier.count
                && zip(answer, earlier).allSatisfy { contains($0, $1) }
        case (let answer as NSObject, let earlier as NSObject): return answer == earlier
        default: return false
        }
    }

    @Test("A store of an earlier schema prints the same canonical lines", arguments: 1...9)
    func lines(schema: Int) throws {
        let fixture = try fixture(schema: schema)
        let file = Self.stores.appending(path: "answers/schema-\(schema)/log.jsonl")
        #expect(
            try fixture.output("log", "--format", "jsonl")
                == String(contentsOf: file, encoding: .utf8))
    }

    @Test("A store of an earlier schema verifies against its old head", arguments: 1...9)
    func head(schema: Int) throws {
        let fixture = try fixture(schema: schema)
        let head = Self.stores.appending(path: "schema-\(schema).db.head").path
        _ = try fixture.output("verify", "--head", head)
        #expect(try fixture.output("head") == String(contentsOfFile: head, encoding: .utf8))
    }

    @Test("A store of an earlier schema lists the same checkpoints", arguments: 1...9)
    func lists(schema: Int) throws {
        let fixture = try fixture(schema: schema)
        for answer in try answers(schema: schema, "list") {
            let domain = try #require(answer["domain"] as? String)
            let earlier = try #require(answer["list"])
            let list = try fixture.json("list", domain)
            #expect(contains(list, earlier), "\(domain): \(list) instead of \(earlier)")
        }
    }

    /// Histories as they were printed before, with an origin's kind in place of the origin.
    private static func namingOrigins(_ histories: Any) -> Any {
        guard let lives = histories as? [[String: Any]] else { return histories }
        return lives.map { life in
            var life = life
            life["steps"] = (life["steps"] as? [[String: Any]])?.map { step in
                var step = step
                step["origin"] = (step["origin"] as? [String: Any])?["kind"]
                step["observationTime"] = seconds(step["observationTime"])
                step["observationTimeBefore"] = seconds(step["observationTimeBefore"])
                return step
            }
            return life
        }
    }

    /// A time in RFC 3339 as seconds; another value as it is.
    private static func seconds(_ value: Any?) -> Any? {
        (value as? String).flatMap { Timestamp(rfc3339: $0) }.map { $0.microseconds / 1_000_000 }
            ?? value
    }

    @Test("A store of an earlier schema prints the same histories", arguments: 1...9)
    func histories(schema: Int) throws {
        let fixture = try fixture(schema: schema)
        for answer in try answers(schema: schema, "history") {
            let domain = try #require(answer["domain"] as? String)
            let name = try #require(answer["checkpoint"] as? String)
            let earlier = try #require(answer["history"])
            let printed = try fixture.json("history", domain, name)
            // A step's origin was the name of its kind.
            let history = schema < 9 ? Self.namingOrigins(printed) : printed
            #expect(
                contains(history, earlier), "\(domain) \(name): \(history) instead of \(earlier)")
        }
    }
}
