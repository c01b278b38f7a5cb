public import EventLog
public import Foundation
public import Moments

/// An event log in one file: a line for the store's identity, and one of JSON for each append.
///
/// Everything is in memory as well, so that questions read no file. Only one log at a time may be
/// open on a file. It gives no turns, and keeps no snapshots.
public actor LineFileLog: EventLog {
    private let file: FileHandle
    private let origin: String
    private var content: Content
    /// The length of the file's complete lines.
    private var length: UInt64
    private var isClosed = false

    private static let maximumPageCount = 100

    /// Opens a log; makes one if there is none.
    ///
    /// - Throws: ``MomentlogError`` with `storage`, with `corrupt` for a file that no log wrote.
    public init(contentsOf url: URL) throws(MomentlogError) {
        do {
            if !FileManager.default.fileExists(atPath: url.path) {
                try Data("line-file/\(UUID())\n".utf8).write(to: url, options: .atomic)
            }
            file = try FileHandle(forUpdating: url)
            let bytes = try file.readToEnd() ?? Data()
            // What follows the last line feed was not acknowledged.
            let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            length = UInt64(end)
            try file.truncate(atOffset: length)
            try file.synchronize()
            let lines = bytes[..<end].split(separator: 0x0A)
            origin = String(decoding: lines.first ?? Data(), as: UTF8.self)
            content = Content(store: StoreIdentity(origin: origin))
            for line in lines.dropFirst() {
                try content.add(try JSONDecoder().decode(Batch.self, from: line))
            }
        } catch let error as MomentlogError {
            throw error
        } catch let error as DecodingError {
            throw MomentlogError(.corrupt, "'\(url.path)' contains another line", cause: error)
        } catch {
            throw MomentlogError(.storage, "cannot open '\(url.path)': \(error)", cause: error)
        }
    }

    /// All domains; see ``EventLog/domains()``.
    public func domains() throws(MomentlogError) -> [DomainEntry] {
        try checkOpen()
        return content.domains.enumerated().map { index, domain in
            DomainEntry(
                id: DomainEntry.ID(number: Int64(index) + 1, store: content.store),
                name: domain.name, uuid: domain.uuid, isLive: domain.isLive)
        }
    }

    /// How many events there are; see ``EventLog/size()``.
    public func size() throws(MomentlogError) -> Int {
        try checkOpen()
        return content.lines.count
    }

    /// A domain as its events tell it; see ``EventLog/replay(_:onto:)``.
    public func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) throws(MomentlogError) -> Domain {
        try checkOpen()
        return try content.domain(domain)
    }

    /// A definition's content; see ``EventLog/definition(_:)``.
    public func definition(_ digest: DefinitionDigest) throws(MomentlogError) -> [UInt8] {
        try checkOpen()
        guard let definition = content.definitions[digest] else {
            throw MomentlogError(.corrupt, "the log does not contain definition \(digest)")
        }
        return definition
    }

    /// Some of the events that a query asks for; see ``EventLog/page(_:)``.
    public func page(_ query: EventQuery) throws(MomentlogError) -> EventPage {
        try checkOpen()
        try query.domain?.check(of: content.store)
        var (query, page) = (query, EventPage(lines: [], next: nil))
        let size = content.lines.count
        let limit = query.limit ?? .max
        guard limit > 0, size > 0, query.sequences.overlaps(1...size) else { return page }
        // The pages that follow are of the events that there are now.
        query.sequences = query.sequences.clamped(to: 1...size)
        let sequences = query.sequences
        for offset in 0..<sequences.count where page.lines.count < limit {
            let sequence =
                query.isReversed
                ? sequences.upperBound - offset : sequences.lowerBound + offset
            let (text, domain) = (
                content.lines[sequence - 1].text, content.lines[sequence - 1].domain
            )
            let line = LoggedLine(text: text)
            guard domain == query.domain?.number ?? domain, try query.admits(line) else { continue }
            page.lines.append(line)
            if page.lines.count == Self.maximumPageCount {
                let place = query.domain == nil ? sequence : try line.event().revision
                page.next = query.following(place, count: page.lines.count)
                break
            }
        }
        return page
    }

    /// Appends commits; see ``EventLog/append(_:keeping:within:)``.
    ///
    /// It blocks a thread until the file is on stable storage.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) throws(MomentlogError) -> [CommitReceipt] {
        try checkOpen()
        guard !commits.isEmpty || !requests.isEmpty else { return [] }
        var (next, batch, receipts) = (content, Batch(), [CommitReceipt]())
        for commit in commits { receipts.append(try next.append(commit, to: &batch)) }
        for request in requests {
            try request.check(against: next.revision(for: request))
            try next.keep(request, in: &batch)
        }
        try write(batch)
        content = next
        return receipts
    }

    private func write(_ batch: Batch) throws(MomentlogError) {
        do {
            let line = try JSONEncoder().encode(batch) + [0x0A]
            try file.seek(toOffset: length)
            try file.write(contentsOf: line)
            try file.synchronize()
            length += UInt64(line.count)
        } catch {
            // Whether the line is on stable storage is not known: nothing is appended behind it.
            isClosed = true
            throw MomentlogError(
                .outcomeUnknown, "cannot write the log: \(error)", hint: "open it again",
                cause: error)
        }
    }

    /// The requests of these names; see ``EventLog/requests(_:)``.
    public func requests(_ names: [String]) throws(MomentlogError) -> [RequestRecord] {
        try checkOpen()
        return names.compactMap { content.requests[Array($0.utf8)] }
    }

    /// The last observation of a domain; see ``EventLog/observation(of:)``. Observations are lost
    /// when the log is closed.
    public func observation(of domain: DomainUUID) throws(MomentlogError) -> DomainObservation? {
        try checkOpen()
        return content.observations[domain]
    }

    /// The last observations; see ``EventLog/observations()``.
    public func observations() throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try checkOpen()
        return content.observations
    }

    /// Stores observations; see ``EventLog/store(_:)``.
    public func store(
        _ observations: [DomainUUID: DomainObservation]
    ) throws(MomentlogError) {
        try checkOpen()
        try content.store(observations)
    }

    /// The settings; see ``EventLog/settings()``.
    public func settings() throws(MomentlogError) -> StoreSettings {
        try checkOpen()
        return content.settings
    }

    /// The log's head; see ``EventLog/head()``.
    ///
    /// It is `async` although it awaits nothing, since calls on this type would prefer the default
    /// implementation, which is.
    public func head() async throws(MomentlogError) -> StoreHead {
        try checkOpen()
        return StoreHead(origin: origin, size: content.tree.size, root: content.tree.root)
    }

    /// Ends the use of the log.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        try? file.close()
    }

    private func checkOpen() throws(MomentlogError) {
        guard !isClosed else { throw MomentlogError(.storage, "the log was closed") }
    }
}
