package import Moments

/// Assigns each line of a log to its domain, from the lines alone.
///
/// Lines of earlier versions name their domain, but several domains can have one name after the
/// other. These rules assign a line to its domain, for every history that commands and imports can
/// append:
///
/// - A line without a domain belongs to the store itself, whose number is 0.
/// - A `domainDefined` with revision 1 is the first of a new domain. Domains are numbered from 1
///   in the order of their first lines.
/// - A later `domainDefined` belongs to the domain with its UUID, live or not; if no domain has
///   that UUID, to the live domain with its name, which had no UUID yet.
/// - A later `domainDefined` without a UUID belongs to the live domain with its name; if none is
///   live, to the last domain with that name which ended and never had a UUID. Of several of these
///   only those count whose next revision is the line's.
/// - Any other line belongs to the live domain with its name, of which there is only one.
///
/// Lines that state their domain are checked against the same rules.
package struct DomainAssignment: Sendable {
    private var domains: [AssignedDomain] = []
    private var storeRevision = 0
    private var liveByName: [Name: Int] = [:]
    private var byUUID: [DomainUUID: Int] = [:]
    /// Those that ended and never had a UUID, by name and revision, each list ascending.
    private var endedWithoutUUID: [EndedKey: [Int]] = [:]
    /// The last line's domain: most lines have the same domain as the line before.
    private var latest = 0

    /// A name by its bytes: texts that Swift treats as equal may be different names.
    private struct Name: Hashable {
        let text: String

        static func == (left: Self, right: Self) -> Bool {
            left.text.hasSameBytes(as: right.text)
        }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private struct EndedKey: Hashable {
        let name: Name
        let revision: Int
    }

    /// Creates the assignment for the first line of a log.
    package init() {}

    /// The number of domains so far.
    package var count: Int { domains.count }

    /// Returns the number of the next line's domain, 0 for the store itself. If the line states its
    /// domain, both have to agree.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if the line fits no domain, or not the one that
    ///   it states. Nothing has changed then.
    /// - Complexity: O(1) expected, and for a domain that ended without a UUID linear in those
    ///   that ended with the same name and revision.
    package mutating func assign(_ line: ParsedLine) throws(MomentlogError) -> Int {
        guard let name = line.domain else { return try assignToStore(line) }
        switch line.payload {
        case .settingsChanged, .lossAccepted:
            throw .unassigned(line, "it is about the store, and names the domain '\(name.string)'")
        case .domainDefined(uuid: let uuid, definition: _):
            return try assignDefinition(line, name.string, uuid)
        default: break
        }
        let number = try liveDomain(of: line, name)
        try check(number, against: line.domainId, of: line)
        switch line.payload {
        case .domainRenamed(to: let new): try rename(number, to: new.string, by: line)
        case .domainUndefined: end(number)
        default: break
        }
        domains[number - 1].revision = line.revision
        return number
    }

    private mutating func assignToStore(
        _ line: ParsedLine
    ) throws(MomentlogError) -> Int {
        guard line.kind.isOfStore else { throw .unassigned(line, "it names no domain") }
        guard line.revision == storeRevision + 1 else {
            throw .unassigned(
                line, "the store's next revision is \(storeRevision + 1), not \(line.revision)")
        }
        storeRevision = line.revision
        return 0
    }

    private mutating func liveDomain(
        of line: ParsedLine, _ text: LineText
    ) throws(MomentlogError) -> Int {
        if latest == 0 || !domains[latest - 1].isLive
            || !text.hasSameBytes(as: domains[latest - 1].name.text)
        {
            let name = text.string
            guard let number = liveByName[Name(text: name)] else {
                throw .unassigned(line, "no domain '\(name)' is live")
            }
            latest = number
        }
        let revision = domains[latest - 1].revision
        guard line.revision == revision + 1 else {
            throw .unassigned(
                line,
                "the next revision of domain '\(text.string)' is \(revision + 1), not"
                    + " \(line.revision)")
        }
        return latest
    }

    private mutating func assignDefinition(
        _ line: ParsedLine, _ name: String, _ uuid: DomainUUID?
    ) throws(MomentlogError) -> Int {
        let name = Name(text: name)
        let number = try definedDomain(of: line, name, uuid)
        if let holder = liveByName[name], holder != number {
            throw .unassigned(line, "another domain '\(name.text)' is live")
        }
        if let uuid, let holder = byUUID[uuid], holder != number {
            throw .unassigned(line, "another domain has the UUID \(uuid)")
        }
        if number > domains.count {
            domains.append(AssignedDomain(name: name))
        } else if !domains[number - 1].isLive, domains[number - 1].uuid == nil {
            removeEnded(number)
        }
        domains[number - 1].name = name
        domains[number - 1].isLive = true
        domains[number - 1].revision = line.revision
        domains[number - 1].uuid = uuid
        liveByName[name] = number
        if let uuid { byUUID[uuid] = number }
        latest = number
        return number
    }

    /// Returns the domain that is defined, the next number for a new one.
    private func definedDomain(
        of line: ParsedLine, _ name: Name, _ uuid: DomainUUID?
    ) throws(MomentlogError) -> Int {
        let stated = line.domainId
        if line.revision == 1 {
            try check(domains.count + 1, against: stated, of: line)
            return domains.count + 1
        }
        if let number = uuid.flatMap({ byUUID[$0] }) ?? liveByName[name] {
            try check(number, against: stated, of: line)
            let known = domains[number - 1]
            guard line.revision == known.revision + 1 else {
                throw .unassigned(
                    line,
                    "the next revision of domain \(number) is \(known.revision + 1), not"
                        + " \(line.revision)")
            }
            guard known.uuid == nil || known.uuid == uuid else {
                throw .unassigned(line, "domain \(number) has another UUID")
            }
            return number
        }
        let key = EndedKey(name: name, revision: line.revision &- 1)
        guard uuid == nil, let ended = endedWithoutUUID[key], let last = ended.last else {
            throw .unassigned(
                line, "no domain '\(name.text)' ended before revision \(line.revision)")
        }
        // Lines alone do not distinguish these; one that states its domain may belong to any of
        // them.
        guard let stated, stated != last else { return last }
        guard ended.contains(stated) else { throw .unassigned(line, last, stated: stated) }
        return stated
    }

    private mutating func rename(
        _ number: Int, to new: String, by line: ParsedLine
    ) throws(MomentlogError) {
        let new = Name(text: new)
        if let holder = liveByName[new], holder != number {
            throw .unassigned(line, "another domain '\(new.text)' is live")
        }
        liveByName[domains[number - 1].name] = nil
        liveByName[new] = number
        domains[number - 1].name = new
    }

    private mutating func end(_ number: Int) {
        let domain = domains[number - 1]
        domains[number - 1].isLive = false
        liveByName[domain.name] = nil
        guard domain.uuid == nil else { return }
        let key = EndedKey(name: domain.name, revision: domain.revision + 1)
        var ended = endedWithoutUUID.removeValue(forKey: key) ?? []
        ended.insert(number, at: (ended.lastIndex { $0 < number } ?? -1) + 1)
        endedWithoutUUID[key] = ended
    }

    private mutating func removeEnded(_ number: Int) {
        let domain = domains[number - 1]
        let key = EndedKey(name: domain.name, revision: domain.revision)
        guard var ended = endedWithoutUUID.removeValue(forKey: key) else { return }
        if ended.last == number { ended.removeLast() } else { ended.removeAll { $0 == number } }
        if !ended.isEmpty { endedWithoutUUID[key] = ended }
    }

    private func check(
        _ number: Int, against stated: Int?, of line: ParsedLine
    ) throws(MomentlogError) {
        guard let stated, stated != number else { return }
        throw .unassigned(line, number, stated: stated)
    }

    /// The state of a domain according to the lines so far.
    private struct AssignedDomain {
        var name: Name
        var uuid: DomainUUID?
        var isLive = false
        var revision = 0
    }
}

extension MomentlogError {
    fileprivate static func unassigned(_ line: ParsedLine, _ reason: String) -> MomentlogError {
        MomentlogError(.corrupt, "event \(line.sequence) belongs to no domain: \(reason)")
    }

    fileprivate static func unassigned(
        _ line: ParsedLine, _ number: Int, stated: Int
    ) -> MomentlogError {
        MomentlogError(
            .corrupt, "event \(line.sequence) states the domain \(stated), and belongs to \(number)"
        )
    }
}
