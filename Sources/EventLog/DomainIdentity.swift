package import Moments

/// What a domain is called, which UUID it has, and whether it is live, as the events about the
/// domain itself tell it.
package struct DomainIdentity: Sendable, Hashable {
    /// The name that it bears, or bore last.
    package private(set) var name = ""
    /// Its UUID, if known.
    package private(set) var uuid: DomainUUID?
    /// Whether it is defined, and not undefined since.
    package private(set) var isLive = false

    package init() {}

    /// Takes up the next event; one of another kind changes nothing.
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
