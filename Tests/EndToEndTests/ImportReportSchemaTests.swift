import Foundation
import TestSupport
import Testing

struct ImportReportSchemaTests {
    private func schema(_ fixture: CommandFixture) throws -> String {
        try fixture.output("schema", "import")
    }

    /// Reports of all that an import can come to.
    private func reports(_ fixture: CommandFixture) throws -> [String] {
        let claim = "<current>1</current>"
        for (name, text) in [
            ("lib/a/x.xml", CheckpointText.document("x")),
            ("lib/b/x.xml", CheckpointText.document("x", parent: "lost", extra: claim)),
            ("lib/b/y.xml", CheckpointText.document("z", parent: "x", extra: claim)),
            ("lib/b/no.xml", "<domaincheckpoint"), ("lib/b/README", "no"), ("lib/stray.xml", "no"),
            ("lib/c/1.xml", CheckpointText.document("p", extra: CheckpointText.domain("c"))),
            (
                "lib/c/2.xml",
                CheckpointText.document("q", extra: CheckpointText.domain("c", digit: "b"))
            ),
            ("2/a/x.xml", CheckpointText.document("x", time: 9)),
            ("only/x.xml", CheckpointText.document("x")),
        ] { try fixture.folder.write(text, to: name) }
        return try [
            ["lib", "--dry-run"], ["lib", "--strict"], ["lib"], ["lib"], ["2/a", "--domain", "a"],
            ["2/a", "--domain", "a", "--replace"], ["only", "--dry-run"],
        ].map { arguments in
            try fixture.run(["import", "--format", "json"] + arguments).output
        }
    }

    @Test("Reports of all kinds of imports are valid")
    func valid() throws {
        let fixture = try CommandFixture()
        let schema = try JSONSchema(try schema(fixture))
        for report in try reports(fixture) {
            #expect(try schema.faults(in: report) == [], "\(report)")
        }
    }

    @Test("A report that is changed in any place is not")
    func invalid() throws {
        let fixture = try CommandFixture()
        let schema = try JSONSchema(try schema(fixture))
        let report = try reports(fixture)[2]
        for (part, other) in [
            ("\"dryRun\":false", "\"dryRun\":0"), ("\"dryRun\":false,", ""),
            ("\"dangling-parent\"", "\"lost-parent\""), ("\"error\"", "\"fatal\""),
            ("\"read\":1", "\"read\":-1"), ("\"read\":1", "\"read\":\"1\""),
            ("\"commit\":1", "\"commit\":0"),
            ("\"imported\":[\"x\"]", "\"imported\":[\"x\",\"x\"]"),
            ("\"imported\":[\"x\"]", "\"imported\":[\"/\"]"), ("\"domains\"", "\"guests\""),
            ("\"currentSource\":\"", "\"currentSource\":\"x"), ("\"remedies\":", "\"cure\":"),
            ("\"code\":\"unreadable-file\"", "\"code\":\"none\""),
        ] {
            let changed = report.replacingOccurrences(of: part, with: other)
            try #require(changed != report, "\(part)")
            #expect(try !schema.faults(in: changed).isEmpty, "\(part)")
        }
    }

    @Test(
        "A validator that is not ours says the same",
        .enabled(if: Validator.isComparedWith))
    func otherValidator() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(try schema(fixture), to: "schema.json")
        for (index, report) in try reports(fixture).enumerated() {
            try fixture.folder.write(report, to: "report\(index).json")
            let run = try Validator.run(
                fixture.folder.path("schema.json"), fixture.folder.path("report\(index).json"))
            #expect(run.status == 0, "\(run.errors)")
        }
        try fixture.folder.write("{\"dryRun\":true}", to: "bad.json")
        let run = try Validator.run(
            fixture.folder.path("schema.json"), fixture.folder.path("bad.json"))
        #expect(run.status != 0)
    }
}

/// Python's validator of JSON Schemas, where it is installed.
private enum Validator {
    private static let program = """
        import json, sys, jsonschema
        schema, report = (json.load(open(path)) for path in sys.argv[1:])
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(report)
        """

    /// Whether it is there, or has to be.
    static var isComparedWith: Bool {
        ProcessInfo.processInfo.environment["MOMENTLOG_REQUIRE_PEER"] == "1"
            || (try? CommandRun.run("/usr/bin/python3", ["-c", "import jsonschema"]))?.status == 0
    }

    static func run(_ schema: String, _ report: String) throws -> CommandRun {
        try CommandRun.run("/usr/bin/python3", ["-c", program, schema, report])
    }
}
