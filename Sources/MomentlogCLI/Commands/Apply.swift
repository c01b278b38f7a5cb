import ArgumentParser
import Glibc
import Momentlog
import Moments
import SQLiteEventLog

struct Apply: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carry out commands given as lines of JSON.",
        discussion: Examples.after(
            """
            Each line is a command, such as
            {"command":"create","domain":"vm1","xml":"<domaincheckpoint/>"}
            and is answered by a line when it is on stable storage, in order. The commands are \
            create, record, redefine (domain, xml), delete (domain, checkpoint, scope: checkpoint, \
            children or children-only), set-current (domain, checkpoint or null), repair (domain, \
            reparent: an array of NAME=PARENT, current), observe (domain, images, qmp), revert \
            (domain, to: a point in time), define (xml), rename (domain, name) and undefine \
            (domain, checkpoints: true or false). \
            Each may have actor, reason, request (an idempotency key), expect (a revision) and at \
            (the creation time of what is created, or when something was observed: seconds or \
            RFC 3339). A bad line is answered, too, and does not stop the rest; an empty one is skipped.

            An answer has the first and the last sequence of what was appended, null and [] if \
            nothing was, and says whether the request was carried out before (repeated).

            The images of an observe are recorded as 'reconcile --record' does, such as
            "images":[{"disk":"vda","info":{}}] with what 'qemu-img info --output=json' printed \
            in place of {}. For a running guest give "path", its image's file, in place of \
            "info", and as "qmp" what it answered to query-named-block-nodes.

            An answer to a record has "findings" if a name was reused (name-reused).

            Exit status: 0 if all lines were carried out, 1 if all failed, 2 if the outcome of any is \
            unknown, 3 if some failed or something was found.
            """, of: "apply"))

    @Argument(help: "The lines; '-' or nothing is standard input.", completion: .file())
    var file: String?

    @Flag(
        help: """
            Only answer what each line would append, decided on the state that the lines before it \
            would leave.
            """)
    var dryRun = false
    @OptionGroup(title: "Audit trail") var provenance: ProvenanceOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        let submission = provenance.submission
        try await store.with(dryRun ? .read : .readWrite, creating: true) { store in
            var lines = try LineReader(path: file == "-" ? nil : file)
            var tally = LineTally()
            let rehearsal = dryRun ? store.rehearsal() : nil
            while let batch = try lines.next() {
                let numbered = tally.number(batch)
                let answers = await answers(
                    to: numbered.map(\.line), submission, store, rehearsal)
                for (number, answer) in zip(numbered.map(\.number), answers) {
                    tally.add(answer, line: number)
                }
                do throws(MomentlogError) {
                    for answer in answers { try format.format.print(item: answer.item) }
                    // The writer of the lines may wait for the answers.
                    try StandardOutput.shared.flush()
                } catch {
                    try tally.stop(error)
                }
            }
            try tally.finish()
        }
    }

    /// Carries out the lines as far as possible, and answers all.
    private func answers(
        to lines: [LineReader.Line], _ submission: Submission, _ store: CheckpointStore,
        _ rehearsal: Rehearsal?
    ) async -> [LineAnswer] {
        let read = lines.map { line -> InstructionLine.Reading in
            guard case .complete(let bytes) = line else {
                return InstructionLine.Reading(
                    instruction: .failure(InstructionLine.tooLong), request: nil)
            }
            return InstructionLine.read(bytes, submission: submission, zone: LocalTime.rules)
        }
        let instructions = read.compactMap { try? $0.instruction.get() }
        let given: [LineAnswer.Given]
        if let rehearsal {
            given = await rehearsal.plan(instructions).map { .planned($0) }
        } else {
            given = await store.perform(instructions).map { .done($0) }
        }
        var answers = given[...]
        return read.map { line in
            switch line.instruction {
            case .success: LineAnswer(answers.removeFirst(), to: line)
            case .failure(let error): LineAnswer(.done(.failure(error)), to: line)
            }
        }
    }
}

/// The answer to a line of `apply`.
struct LineAnswer {
    let item: JSONItem
    /// Why the line was refused or failed; nil if it was carried out.
    let failure: MomentlogError?
    /// Whether it has findings.
    let hasFindings: Bool

    /// What a line led to, or would lead to.
    enum Given {
        case done(Result<CommandOutcome, MomentlogError>)
        case planned(Result<CommandPlan, MomentlogError>)
    }

    init(_ answer: Given, to line: InstructionLine.Reading) {
        switch answer {
        case .done(.success(let outcome)):
            item = .outcome(outcome, request: line.request)
            (failure, hasFindings) = (nil, !outcome.findings.isEmpty)
        case .planned(.success(let plan)):
            item = .planned(plan, request: line.request)
            (failure, hasFindings) = (nil, !plan.outcome.findings.isEmpty)
        case .done(.failure(let error)), .planned(.failure(let error)):
            item = .error(error, request: line.request)
            (failure, hasFindings) = (error, false)
        }
    }
}
