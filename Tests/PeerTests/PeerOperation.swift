import Momentlog
import Moments

/// One operation that both sides perform.
enum PeerOperation: Sendable, CustomStringConvertible {
    case create(domain: String, xml: String)
    case redefine(domain: String, Metadata)
    case delete(domain: String, checkpoint: String, DeletionScope)

    /// What a redefinition says; the definition in it is put in when it is carried out.
    struct Metadata: Sendable {
        var before: String
        var definition: Definition?

        enum Definition: String, Sendable, CaseIterable { case own, foreign, renamed }
    }

    var domain: String {
        switch self {
        case .create(let domain, xml: _), .redefine(let domain, _), .delete(let domain, _, _):
            domain
        }
    }

    var description: String {
        switch self {
        case .create(let domain, xml: let xml): "create in \(domain): \(xml)"
        case .redefine(let domain, let metadata):
            "redefine in \(domain): \(metadata.before)"
                + (metadata.definition.map { " with \($0) <domain>" } ?? "")
        case .delete(let domain, checkpoint: let name, let scope):
            "delete in \(domain): \(name), \(scope.rawValue)"
        }
    }
}
