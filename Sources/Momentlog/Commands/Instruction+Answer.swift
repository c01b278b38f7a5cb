import EventLog
import Moments
import SQLiteEventLog

// The parts of an instruction's answer besides its commit.

extension Instruction {
    /// The adoption, if it is one.
    var adoption: Adoption? { command.adoption }

    /// The origin of its events, if it is not the store's.
    var origin: Origin? {
        if case .pull(let pull) = command { pull.evidence.connection?.origin } else { nil }
    }

    /// Returns the one checkpoint that it is about.
    func checkpoint(createdBy events: [Event]) -> CheckpointName? {
        if case .create = command { return command.checkpoint ?? events.createdCheckpoint }
        return command.checkpoint
    }
}

extension Command {
    /// Whether it is refused if it appends nothing.
    var alwaysAppends: Bool {
        switch self {
        case .create, .delete, .undefine: true
        default: false
        }
    }

    /// Whether it records checkpoints that were created elsewhere.
    var isRecord: Bool {
        if case .record = self { true } else { false }
    }

    /// The adoption, if it is one.
    var adoption: Adoption? {
        if case .adopt(let adoption) = self { adoption } else { nil }
    }

    /// The one checkpoint that a command names.
    var checkpoint: CheckpointName? {
        switch self {
        case .create(let request): request.name
        case .acknowledge(let acknowledgement): acknowledgement.checkpoint
        case .redefine(let redefinitions), .record(let redefinitions, current: _):
            redefinitions.count == 1 ? redefinitions[0].checkpoint.name : nil
        case .delete(let name, _): name
        case .deleteEach(let names): names.count == 1 ? names[0] : nil
        case .setCurrent(let name): name
        case .repair, .observe, .revert, .prune, .define, .rename, .undefine, .adopt, .pull: nil
        }
    }
}

extension [Event] {
    /// The name of the checkpoint that was created.
    var createdCheckpoint: CheckpointName? {
        if case .checkpointCreated(let checkpoint)? = first { checkpoint.name } else { nil }
    }

    /// The name that the events give the domain.
    var domainName: String? {
        switch last {
        case .domainRenamed(to: let name): return name
        case .domainDefined(name: let name, uuid: _, definition: _): return name
        default:
            if case .domainDefined(name: let name, uuid: _, definition: _)? = first { return name }
            return nil
        }
    }
}
