import Momentlog
import Moments

extension Suggestion {
    /// The command or option that does it.
    ///
    /// - Parameter domain: The domain that it is about, if that is known.
    func command(domain: String?) -> String {
        let domain = domain.map(Self.word) ?? "DOMAIN"
        return switch self {
        case .nameActor: "--actor NAME"
        case .listCheckpoints: "momentlog list \(domain)"
        case .listDomains: "momentlog domains"
        case .record: "momentlog record \(domain) FILE"
        case .redefine: "momentlog redefine \(domain) FILE"
        case .setCurrent: "momentlog current \(domain) NAME"
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
    var withCommand: MomentlogError { withCommand(domain: ErrorReport.domain) }

    /// The error with the command that does what its hint says.
    ///
    /// - Parameter domain: The domain that it is about, if that is known.
    func withCommand(domain: String?) -> MomentlogError {
        guard let suggestion else { return self }
        var error = self
        error.hint = (hint.map { $0 + ": " } ?? "") + suggestion.command(domain: domain)
        error.suggestion = nil
        return error
    }
}
