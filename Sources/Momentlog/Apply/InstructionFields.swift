import EventLog
import ImageReports
import Moments

/// The members of a command's line.
struct InstructionFields: Decodable {
    /// The number of keys, each once.
    let count: Int

    private let command: Name
    private let texts: [Key: String]
    private let parents: [String]
    private let at: Int64?
    private let expect: Int?
    private let checkpoints: Bool?
    private let images: ObservedImages?
    private let qmp: NamedBlockNodes?
    private let to: WrittenMoment?

    private enum Name: String, CaseIterable {
        case create, record, redefine, delete
        case setCurrent = "set-current"
        case repair, observe, revert, define, rename, undefine

        /// The keys of this command besides those of all.
        var keys: (needed: [Key], possible: [Key]) {
            switch self {
            case .create, .record, .redefine: ([.domain, .xml], [])
            case .delete: ([.domain, .checkpoint], [.scope])
            case .setCurrent: ([.domain, .checkpoint], [])
            case .repair: ([.domain], [.reparent, .current])
            case .observe: ([.domain, .images], [.qmp])
            case .revert: ([.domain, .to], [])
            case .define: ([.xml], [])
            case .rename: ([.domain, .name], [])
            case .undefine: ([.domain], [.checkpoints])
            }
        }
    }

    private enum Key: String, CodingKey {
        case command, domain, xml, checkpoint, scope, reparent, current, name, checkpoints
        case images, qmp, to
        case actor, reason, request, expect, at

        /// The keys that any command may have.
        static let common: [Key] = [.command, .actor, .reason, .request, .expect, .at]

        /// Those whose values are not texts.
        static let others: Set<Key> = [
            .expect, .at, .checkpoints, .reparent, .images, .qmp, .to,
        ]
    }

    /// A key in the line.
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init(_ key: Key) { stringValue = key.rawValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container: KeyedDecodingContainer<AnyKey>
        do {
            container = try decoder.container(keyedBy: AnyKey.self)
        } catch {
            throw InstructionLine.invalid("the line is not a JSON object", cause: error)
        }
        let name = try Self.text(.command, container) ?? ""
        guard container.contains(AnyKey(.command)) else {
            throw InstructionLine.refused("the key 'command' is missing")
        }
        guard let command = Name(rawValue: name) else {
            guard name != "mend" else {
                throw InstructionLine.refused("the command 'mend' is now called 'repair'")
            }
            let all = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw InstructionLine.refused(
                "unknown command \(name.debugDescription); use one of \(all)")
        }
        let allowed = command.keys.needed + command.keys.possible + Key.common
        for key in container.allKeys.map(\.stringValue).sorted() {
            guard let known = Key(rawValue: key), allowed.contains(known) else {
                throw InstructionLine.refused(
                    "'\(name)' has no key \(key.debugDescription); it has "
                        + allowed.map(\.rawValue).joined(separator: ", "))
            }
        }
        for key in command.keys.needed where !container.contains(AnyKey(key)) {
            throw InstructionLine.refused("'\(name)' needs the key '\(key.rawValue)'")
        }
        var texts: [Key: String] = [:]
        for key in allowed where !Key.others.contains(key) {
            texts[key] = try Self.text(key, container)
        }
        count = container.allKeys.count
        self.command = command
        self.texts = texts
        parents = try Self.value(.reparent, "an array of texts", container) ?? []
        let time: WrittenSeconds? = try Self.value(
            .at, "a whole number of seconds or a time in RFC 3339", container)
        at = time?.seconds
        expect = try Self.value(.expect, "a revision, a whole number", container)
        checkpoints = try Self.value(.checkpoints, "true or false", container)
        images = try Self.value(
            .images, "an array of disks with what qemu-img printed of each", container)
        qmp = try Self.value(.qmp, "an answer to query-named-block-nodes", container)
        to = try Self.value(.to, "a sequence or a point in time", container)
    }

    /// A time as a number of seconds since 1970-01-01T00:00:00Z, or as text in RFC 3339 whose
    /// fraction of a second is ignored.
    private struct WrittenSeconds: Decodable {
        let seconds: Int64

        private static func time(_ text: String) -> Timestamp? {
            if let time = Timestamp(rfc3339: text) { return time }
            // With an offset; without one it would be ambiguous.
            guard text.contains(/^.{10}[Tt ].*[+-][0-9]{2}:[0-9]{2}$/),
                case .time(let time)? = try? When(text, now: .now, zone: .utc, dateBound: .end)
            else { return nil }
            return time
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let seconds = try? container.decode(Int64.self) {
                self.seconds = seconds
                return
            }
            let text = try container.decode(String.self)
            guard let time = Self.time(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "not a time in RFC 3339")
            }
            let (quotient, remainder) = time.microseconds.quotientAndRemainder(
                dividingBy: 1_000_000)
            seconds = remainder < 0 ? quotient - 1 : quotient
        }
    }

    private static func text(
        _ key: Key, _ container: KeyedDecodingContainer<AnyKey>
    ) throws -> String? {
        try value(key, "a text", container)
    }

    private static func value<Value: Decodable>(
        _ key: Key, _ kind: String, _ container: KeyedDecodingContainer<AnyKey>
    ) throws -> Value? {
        do {
            return try container.decodeIfPresent(Value.self, forKey: AnyKey(key))
        } catch let error as MomentlogError {
            throw error
        } catch {
            throw InstructionLine.refused("'\(key.rawValue)' is not \(kind)", cause: error)
        }
    }

    /// Returns the instruction of the line.
    ///
    /// - Parameter zone: The rules of local time.
    func instruction(
        _ submission: Submission, _ zone: ZoneRules
    ) throws(MomentlogError) -> Instruction {
        var submission = submission
        submission.actor = texts[.actor] ?? submission.actor
        submission.reason = texts[.reason] ?? submission.reason
        submission.request = texts[.request] ?? submission.request
        submission.expectedRevision = expect ?? submission.expectedRevision
        var instruction = try instruction(by: submission, zone)
        instruction.creationTime = at.map { CreationTime(seconds: $0) }
        return instruction
    }

    private func instruction(
        by submission: Submission, _ zone: ZoneRules
    ) throws(MomentlogError) -> Instruction {
        switch command {
        case .create:
            return try .create(
                SourceDocument(needed(.xml)), in: domain, by: submission)
        case .record:
            return try .record(
                [SourceDocument(needed(.xml))], in: domain, by: submission)
        case .redefine:
            return try .redefine(
                [SourceDocument(needed(.xml))], in: domain, by: submission)
        case .delete:
            return .delete(
                CheckpointName(try needed(.checkpoint)), including: try scope, from: try domain,
                by: submission)
        case .setCurrent:
            return .setCurrent(
                texts[.checkpoint].map { CheckpointName($0) }, in: try domain, by: submission)
        case .repair:
            var repair = Repair(current: texts[.current].map { CheckpointName($0) })
            for parent in parents { try repair.addParent(parent) }
            return .repair(repair, in: try domain, by: submission)
        case .observe:
            guard let images else { throw InstructionLine.refused("'images' is null") }
            return .observe(
                try images.report(qmp), in: try domain, by: submission)
        case .revert:
            guard let to else { throw InstructionLine.refused("'to' is null") }
            return .revert(
                try domain, to: try to.when(zone), written: to.text, by: submission)
        case .define:
            return try .define(SourceDocument(needed(.xml)), by: submission)
        case .rename:
            return .rename(try domain, to: try needed(.name), by: submission)
        case .undefine:
            return .undefine(
                try domain, deletingCheckpoints: checkpoints ?? false, by: submission)
        }
    }

    private var domain: DomainReference {
        get throws(MomentlogError) { DomainReference(try needed(.domain)) }
    }

    private var scope: DeletionScope {
        get throws(MomentlogError) {
            guard let text = texts[.scope] else { return .checkpoint }
            guard let scope = DeletionScope(rawValue: text) else {
                let all = DeletionScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw InstructionLine.refused(
                    "unknown scope \(text.debugDescription); use one of \(all)")
            }
            return scope
        }
    }

    private func needed(_ key: Key) throws(MomentlogError) -> String {
        guard let text = texts[key] else {
            throw InstructionLine.refused("'\(key.rawValue)' is null, but a text is required")
        }
        return text
    }
}
