import ArgumentParser
import Glibc
import Momentlog

struct Apply: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carry out commands that come as lines of JSON.",
        discussion: """
            Each line is a command, such as
            {"command":"create","domain":"vm1","xml":"<domaincheckpoint/>"}
            and is answered by a line when it is on stable storage, in order. The commands are \
            create, record, redefine (domain, xml), delete (domain, checkpoint, scope: checkpoint, \
            children or children-only), set-current (domain, checkpoint or null), repair (domain, \
            reparent: an array of NAME=PARENT, current), observe (domain, images, qmp), revert \
            (domain, to: a point in time), define (xml), rename (domain, name) and undefine (domain, checkpoints: true or false). \
            Each may have actor, reason, request, expect (a revision) and at (the time in \
            seconds of what is created or was observed). A bad line is answered, too, and does \
            not stop the rest.

            The images of an observe are recorded as 'reconcile --record' does, such as
            "images":[{"disk":"vda","info":{}}] with what 'qemu-img info --output=json' printed \
            in place of {}. For a running guest give "path", its image's file, in place of \
            "info", and as "qmp" what it answered to query-named-block-nodes.

            An answer to a record has "findings" if a name came back (name-reused).

            Exit status: 1 if any line failed, 2 if the outcome of any is unknown, 3 if none failed \
            and something was found.
            """)

    @Argument(help: "The lines; '-' or nothing is standard input.", completion: .file())
    var file: String?

    @OptionGroup(title: "Audit trail") var provenance: ProvenanceOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        let recorded = provenance.provenance
        let submission = Submission(actor: recorded.actor, reason: recorded.reason)
        try await store.with(.readWrite, creating: true) { store in
            var lines = try LineReader(path: file == "-" ? nil : file)
            var tally = Tally()
            while let batch = try lines.next() {
                let answers = await Self.answers(to: batch, submission, store)
                for answer in answers { tally.add(answer) }
                do throws(MomentlogError) {
                    for answer in answers {
                        try StandardOutput.shared.print(InstructionLine.answer(answer))
                    }
                    // Whoever writes the lines may wait for the answers.
                    try StandardOutput.shared.flush()
                } catch {
                    try tally.stop(error)
                }
            }
            try tally.finish()
        }
    }

    /// Carries out what of the lines can be, and answers all.
    private static func answers(
        to lines: [LineReader.Line], _ submission: Submission, _ store: CheckpointStore
    ) async -> [Result<CommandOutcome, MomentlogError>] {
        let read = lines.map { line -> Result<Instruction, MomentlogError> in
            do throws(MomentlogError) {
                guard case .complete(let bytes) = line else { throw InstructionLine.tooLong }
                return .success(
                    try InstructionLine.decode(
                        bytes, submission: submission, zone: LocalTime.rules))
            } catch {
                return .failure(error)
            }
        }
        var outcomes = await store.perform(read.compactMap { try? $0.get() })[...]
        return read.map { instruction in
            switch instruction {
            case .success: outcomes.removeFirst()
            case .failure(let error): .failure(error)
            }
        }
    }

    /// How the lines came out.
    private struct Tally {
        private var count = 0
        private var failures = 0
        private var firstFailure = 0
        private var isUnknown = false
        private var hasFindings = false

        mutating func add(_ answer: Result<CommandOutcome, MomentlogError>) {
            count += 1
            if case .success(let outcome) = answer, !outcome.findings.isEmpty {
                hasFindings = true
            }
            guard case .failure(let error) = answer else { return }
            failures += 1
            if failures == 1 { firstFailure = count }
            isUnknown = isUnknown || error.code == .outcomeUnknown
        }

        /// Ends it when answers cannot be told any more. What was appended stays.
        func stop(_ error: MomentlogError) throws -> Never {
            StandardError.write(
                "momentlog: error: \(error); \(count) line\(count == 1 ? " was" : "s were") carried"
                    + " out or refused, the last of them untold\n")
            throw Finished(status: failures < count ? .incomplete : .refused)
        }

        func finish() throws {
            guard failures > 0 else {
                guard hasFindings else { return }
                try StandardOutput.shared.flush()
                throw Finished(status: .incomplete)
            }
            try StandardOutput.shared.flush()
            StandardError.write(
                "momentlog: error: \(failures) of \(count) line\(count == 1 ? "" : "s") failed,"
                    + " the first being line \(firstFailure); each answer says why\n")
            throw Finished(status: isUnknown ? .unknown : .refused)
        }
    }
}
