import Momentlog
import Moments

extension Suggestion {
    /// Returns the command or option of a suggestion.
    ///
    /// - Parameters:
    ///   - domain: The domain that it is about, if that is known.
    ///   - document: The document that was given, if that is known.
    func command(domain: String?, document: String?) -> String {
        let domain = domain.map(Self.word) ?? "DOMAIN"
        let document = document.map { ShellWord.quoted($0) } ?? "FILE"
        return switch self {
        case .nameActor: "--actor NAME"
        case .listCheckpoints:
            "momentlog list \(domain)"
                + (ErrorReport.moment.map { " --at \(ShellWord.quoted($0))" } ?? "")
        case .history(let domain, let checkpoint):
            "momentlog history \([domain.text, checkpoint.text].contains { $0.hasPrefix("-") } ? "-- " : "")"
                + "\(ShellWord.quoted(domain.text)) \(ShellWord.quoted(checkpoint.text))"
        case .listDomains: "momentlog domains"
        case .log(let domain): "momentlog log \(Self.word(domain.text))"
        case .record: "momentlog record \(domain) \(document)"
        case .redefine: "momentlog redefine \(domain) \(document)"
        case .setCurrent: "momentlog current \(domain) NAME"
        case .check(let domain): "momentlog check \(Self.word(domain.text))"
        case .define:
            "virsh dumpxml --inactive --security-info \(domain) | momentlog define -"
        case .defineDocument: "momentlog define \(document)"
        case .rename(let domain): "momentlog rename \(Self.word(domain.text)) NAME"
        case .undefineWithCheckpoints: "--checkpoints-metadata"
        case .readLog: "momentlog log --format jsonl"
        case .printHead: "momentlog head"
        case .verify: "momentlog verify"
        case .nameStore: "--store FILE"
        case .makeStore: "momentlog import PATH, or --store FILE"
        case .nameDomain: "--domain NAME"
        case .replaceStore: "--replace"
        }
    }

    private static func word(_ name: String) -> String {
        (name.hasPrefix("-") ? "-- " : "") + ShellWord.quoted(name)
    }
}

extension MomentlogError {
    /// The error with the command that its hint describes.
    var withCommand: MomentlogError {
        withCommand(domain: ErrorReport.domain, document: ErrorReport.document)
    }

    /// Returns the error with the command that its hint describes.
    ///
    /// - Parameters:
    ///   - domain: The domain that it is about, if that is known.
    ///   - document: The document that was given, if that is known.
    func withCommand(domain: String?, document: String? = nil) -> MomentlogError {
        guard let suggestion else { return self }
        var error = self
        error.hint =
            (hint.map { $0 + ": " } ?? "") + suggestion.command(domain: domain, document: document)
        error.suggestion = nil
        return error
    }
}
