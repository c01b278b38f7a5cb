import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// A store to be tampered with: a history of domains that follow each other under one name, come
/// back and are renamed, with requests, settings, observations, name reuse and snapshots.
struct TamperedStore {
    /// The files of the store, closed.
    let files: [String: Data]
    /// Another store of the same origin whose history differs in one event: every hash of it is
    /// as it should be.
    let forged: [String: Data]
    /// A copy of the store that carried out ``later``, and the requests of these.
    let ahead: [String: Data]
    /// The head of the store.
    let head: StoreHead
    let questions: StoreQuestions
    /// What is done to a store to see what tampering does to later commits.
    let later: [Instruction]

    private static let actor = "harness@host"

    /// - Parameter seed: What the history follows from.
    init(seed: UInt64) async throws {
        let folder = try FastFolder()
        let history = try History(seed: seed)
        files = try await history.record(in: folder, forging: nil)
        let store = try await Self.open(folder)
        head = try await store.head()
        questions = try await StoreQuestions(store, requests: history.requests)
        await store.close()
        let instructions = try history.later
        later = instructions
        ahead = try await Self.carryOut(instructions, folder)
        forged = try await history.record(in: folder, forging: history.steps.count / 2)
    }

    private static func open(_ folder: FastFolder) async throws -> CheckpointStore {
        try await CheckpointStore.open(at: folder.store, options: .init(createsStore: false))
    }

    private static func carryOut(
        _ instructions: [Instruction], _ folder: FastFolder
    ) async throws -> [String: Data] {
        let store = try await open(folder)
        _ = await store.perform(instructions)
        await store.close()
        return try folder.files()
    }

    /// The commands of a history.
    private struct History {
        private(set) var steps: [Step] = []
        private(set) var requests: [String] = []
        private var random: SplitMix64
        private var names: [String: [String]] = [:]

        enum Step {
            case instruction(Instruction)
            case strippingSecrets(Bool)
            case snapshots
        }

        init(seed: UInt64) throws {
            random = SplitMix64(seed: seed)
            // Two that end under one name, one of them comes back under another.
            try define("web", "1")
            try create("web", count: Int.random(in: 1...6, using: &random))
            try end("web")
            try define("web", "2")
            try create("web", count: Int.random(in: 1...6, using: &random))
            if Bool.random(using: &random) { steps.append(.snapshots) }
            try end("web")
            try define("gone", "1")
            try create("gone", count: 2)
            try end("gone")
            try define("web", "3")
            try define("vm", "4")
            try defineBare("bare")
            steps.append(.strippingSecrets(true))
            for number in 0..<Int.random(in: 20...50, using: &random) {
                try change(["web", "vm", "www"].randomElement(using: &random) ?? "vm", number)
                if number == 12 { steps.append(.snapshots) }
            }
            steps.append(.snapshots)
            try create("web", count: 2)
            steps.append(.strippingSecrets(Bool.random(using: &random)))
        }

        /// Commands that come after the tampering: retries, new requests, and new commands.
        var later: [Instruction] {
            get throws {
                var later = steps.compactMap { step -> Instruction? in
                    guard case .instruction(let instruction) = step,
                        instruction.submission.request != nil
                    else { return nil }
                    return instruction
                }
                later.removeFirst(max(0, later.count - 4))
                let new = try line(
                    #"{"command":"create","domain":"web","request":"late-1","at":1790000001"#
                        + #","xml":"<domaincheckpoint><name>late1</name></domaincheckpoint>"}"#)
                later.append(new)
                later.append(
                    try line(
                        #"{"command":"create","domain":"vm","at":1790000002"#
                            + #","xml":"<domaincheckpoint><name>late2</name></domaincheckpoint>"}"#)
                )
                later.append(
                    try line(
                        #"{"command":"delete","domain":"web","checkpoint":"late1","#
                            + #""request":"late-2"}"#))
                later.append(new)
                return later
            }
        }

        func record(in folder: FastFolder, forging forged: Int?) async throws -> [String: Data] {
            let former = try? folder.files()
            try folder.empty()
            let store = try await CheckpointStore.open(at: folder.store)
            for (index, step) in steps.enumerated() {
                switch step {
                case .instruction(var instruction):
                    if forged.map({ index >= $0 }) == true {
                        instruction.submission.actor = "mallory@host"
                    }
                    _ = await store.perform([instruction])
                case .strippingSecrets(let strips):
                    var settings = try await store.settings()
                    settings.stripsSecrets = strips
                    try await store.changeSettings(
                        to: settings, by: Submission(actor: TamperedStore.actor))
                case .snapshots: _ = try await store.keepSnapshots()
                }
            }
            await store.close()
            guard forged != nil, let former else { return try folder.files() }
            // The forged store says that it is the other one.
            let origin = try FastFolder()
            try origin.replace(with: former)
            let uuid = try SQLTampering.value("SELECT quote(uuid) FROM store", in: origin.store)
            try SQLTampering.execute(["UPDATE store SET uuid = \(uuid)"], in: folder.store)
            var files = try folder.files()
            files[".head"] = nil
            return files
        }

        private func line(_ json: String, request: String? = nil) throws -> Instruction {
            try InstructionLine.decode(
                Array(json.utf8),
                submission: Submission(actor: TamperedStore.actor, request: request))
        }

        private mutating func add(_ json: String) throws {
            var request: String?
            if Int.random(in: 0..<3, using: &random) == 0 {
                request = "r\(requests.count)"
                requests.append("r\(requests.count)")
            }
            steps.append(.instruction(try line(json, request: request)))
        }

        private mutating func define(_ name: String, _ digit: Character) throws {
            let xml = CheckpointText.guest(name, digit: digit).replacing("\"", with: "\\\"")
            names[name] = []
            try add(#"{"command":"define","xml":"\#(xml)"}"#)
        }

        private mutating func defineBare(_ name: String) throws {
            try add(#"{"command":"define","xml":"<domain><name>\#(name)</name></domain>"}"#)
        }

        private mutating func end(_ name: String) throws {
            try add(#"{"command":"undefine","domain":"\#(name)","checkpoints":true}"#)
        }

        private mutating func create(_ domain: String, count: Int) throws {
            for _ in 0..<count {
                let number = steps.count
                names[domain, default: []].append("c\(number)")
                let text =
                    number.isMultiple(of: 3)
                    ? "<description>\u{E4} \(number) \\\"q\\\" \\\\ \u{2028}</description>" : ""
                try add(
                    #"{"command":"create","domain":"\#(domain)","at":\#(1_700_000_000 + number),"#
                        + #""xml":"<domaincheckpoint><name>c\#(number)</name>\#(text)"#
                        + #"</domaincheckpoint>"}"#)
            }
        }

        private mutating func change(_ domain: String, _ number: Int) throws {
            let known = names[domain] ?? []
            guard names[domain] != nil, let chosen = known.randomElement(using: &random) else {
                return try create(names[domain] == nil ? "web" : domain, count: 1)
            }
            switch Int.random(in: 0..<14, using: &random) {
            case 0, 1:
                names[domain]?.removeAll { $0 == chosen }
                try add(#"{"command":"delete","domain":"\#(domain)","checkpoint":"\#(chosen)"}"#)
            case 2:
                try add(
                    #"{"command":"set-current","domain":"\#(domain)","checkpoint":"\#(chosen)"}"#)
            case 3, 4:
                let info =
                    #"{"filename":"/img/vda.qcow2","format":"qcow2","virtual-size":1,"#
                    + #""format-specific":{"type":"qcow2","data":{"compat":"1.1","bitmaps":"#
                    + #"[{"name":"\#(chosen)","granularity":65536,"flags":["auto"]}]}}}"#
                try add(
                    #"{"command":"observe","domain":"\#(domain)","at":\#(1_750_000_000 + number),"#
                        + #""images":[{"disk":"vda","info":\#(info)}]}"#)
            case 5:
                let document = CheckpointText.document(
                    chosen, time: 1_760_000_000 + number)
                try add(#"{"command":"record","domain":"\#(domain)","xml":"\#(document)"}"#)
            case 6, 7:
                let document = CheckpointText.document(
                    "x\(number)", parent: chosen, time: 1_700_500_000 + number)
                names[domain]?.append("x\(number)")
                try add(#"{"command":"redefine","domain":"\#(domain)","xml":"\#(document)"}"#)
            case 8 where domain == "vm":
                names["www"] = names.removeValue(forKey: "vm")
                try add(#"{"command":"rename","domain":"vm","name":"www"}"#)
            case 9 where domain == "www":
                names["vm"] = names.removeValue(forKey: "www")
                try add(#"{"command":"rename","domain":"www","name":"vm"}"#)
            default: try create(domain, count: 1)
            }
        }
    }
}
