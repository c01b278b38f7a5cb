import Momentlog

extension Suggestion {
    /// The command or option that does it.
    var command: String {
        switch self {
        case .nameActor: "--actor NAME"
        case .listCheckpoints: "momentlog list DOMAIN"
        case .listDomains: "momentlog domains"
        case .record: "momentlog record DOMAIN FILE"
        case .redefine: "momentlog redefine DOMAIN FILE"
        case .setCurrent: "momentlog current DOMAIN NAME"
        case .check(let domain): "momentlog check \(Self.word(domain))"
        case .define:
            "virsh dumpxml --inactive --security-info DOMAIN | momentlog define -"
        case .rename(let domain): "momentlog rename \(Self.word(domain)) NAME"
        case .undefineWithCheckpoints: "--checkpoints-metadata"
        case .readLog: "momentlog log --format jsonl"
        case .printHead: "momentlog head"
        case .verify: "momentlog verify"
        case .nameStore: "--store FILE"
        case .makeStore: "momentlog import PATH, or --store FILE"
        case .nameDomain: "--domain NAME"
        case .backup: "momentlog backup FILE"
        case .replaceStore: "--replace"
        }
    }

    private static func word(_ name: String) -> String {
        (name.hasPrefix("-") ? "-- " : "") + ShellWord.quoted(name)
    }
}

extension MomentlogError {
    /// The error with the command that does what its hint says.
    var withCommand: MomentlogError {
        guard let suggestion else { return self }
        var error = self
        error.hint = (hint.map { $0 + ": " } ?? "") + suggestion.command
        return error
    }
}
