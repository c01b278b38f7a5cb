import Foundation
import TestSupport
import Testing

/// A store and files for every command: `vm` with the checkpoints c1 to c3, and `bad`, whose
/// checkpoint c2 has a parent that is missing.
struct ContractStore {
    let fixture: CommandFixture

    /// Made once: a copy is enough for each test.
    private static let template = Result { try ContractStore(making: ()) }

    init() throws {
        fixture = try CommandFixture()
        let files = FileManager.default
        let made = try Self.template.get().fixture.folder.url
        for name in try files.contentsOfDirectory(atPath: made.path) {
            try files.copyItem(
                at: made.appending(path: name), to: fixture.folder.url.appending(path: name))
        }
    }

    private init(making: ()) throws {
        fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3")
        let library = try fixture.library("lib/bad", ["c1": nil, "c2": "lost"])
        #expect(try fixture.run("import", library).status == 3)
        try fixture.folder.write(CheckpointText.document("d1"), to: "d1.xml")
        try fixture.folder.write(
            CheckpointText.document("c1", time: 1_700_000_000), to: "new/c1.xml")
        try fixture.folder.write(CheckpointText.guest("other", digit: "b"), to: "guest.xml")
        try fixture.folder.write(
            #"{"filename":"a.qcow2","format":"qcow2","virtual-size":1048576}"#, to: "vda.json")
        try fixture.folder.write(
            #"{"command":"set-current","domain":"vm","checkpoint":"c1","request":"q"}"# + "\n"
                + #"{"command":"set-current","domain":"no","checkpoint":"c1"}"#, to: "lines")
        try fixture.folder.write(
            try fixture.output("log", "--format", "jsonl"), to: "events.jsonl")
        try fixture.folder.write(try fixture.output("head"), to: "kept.head")
        _ = try fixture.output("backup", "kept.db")
    }

    func run(_ arguments: [String]) throws -> CommandRun { try fixture.run(arguments) }

    /// The objects on standard error, which has to be lines of JSON.
    static func errors(of run: CommandRun) throws -> [[String: Any]] {
        try run.errors.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any], "\(line)")
        }
    }

    /// The JSON values that a run printed as one array or object, or a line each.
    static func items(of run: CommandRun, isArray: Bool, format: String) throws -> [String] {
        if format == "jsonl" || !isArray {
            return run.output.split(separator: "\n").map(String.init)
        }
        let values = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return try #require(values as? [Any], "\(run.output)").map { value in
            String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
        }
    }
}
