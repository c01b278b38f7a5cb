package import Moments

/// The name and the UUID of a domain, and whether it is live, according to the events about the
/// domain itself.
package struct DomainIdentity: Sendable, Hashable {
    /// The current name, or the last one of an undefined domain.
    package private(set) var name = ""
    /// Its UUID, if known.
    package private(set) var uuid: DomainUUID?
    /// Whether it is defined, and not undefined since.
    package private(set) var isLive = false

    package init() {}

    /// Applies the next event; events of other kinds change nothing.
    package mutating func apply(_ line: ParsedLine) {
        switch line.payload {
        case .domainDefined(uuid: let uuid, definition: _):
            name = line.domain?.string ?? ""
            self.uuid = uuid
            isLive = true
        case .domainRenamed(to: let name): self.name = name.string
        case .domainUndefined: isLive = false
        default: break
        }
    }
}
