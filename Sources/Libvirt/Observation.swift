public import Moments

/// A domain with all its checkpoints at one moment, as a libvirt printed them.
public struct Observation: Sendable, Hashable {
    /// The domain.
    public var domain: ListedDomain
    /// Its state.
    public var state: DomainState
    /// Its definition, if it was requested.
    public var definition: String?
    /// The checkpoints' documents, parents first.
    public var documents: [Document]

    /// A checkpoint's document.
    public struct Document: Sendable, Hashable {
        /// The name in the list.
        public var checkpoint: CheckpointName
        /// Its XML.
        public var text: String

        /// Creates a document.
        public init(checkpoint: CheckpointName, text: String) {
            self.checkpoint = checkpoint
            self.text = text
        }
    }

    /// The result of observing a domain.
    public enum Look: Sendable, Hashable {
        /// The domain, which did not change during the observation.
        case observed(Observation)
        /// It changed during each attempt, its guest does not answer, or a document is larger than
        /// libvirt can send; with the reason.
        case busy(String)
        /// It no longer exists.
        case gone
    }
}

extension LibvirtHost {
    /// Observes a domain: lists its checkpoints, reads each, and lists them again. If anything
    /// changed meanwhile, it tries again, five times within a second.
    ///
    /// - Parameters:
    ///   - domain: The domain.
    ///   - readsDefinition: Whether the domain's definition is read as well.
    ///   - pause: Waits before another attempt.
    /// - Throws: The libvirt's failure, unless it is due to a change of the domain.
    /// - Complexity: O(*n*) calls in the checkpoints.
    public func observe(
        _ domain: ListedDomain, readsDefinition: Bool,
        pause: (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) async throws(LibvirtFailure) -> Observation.Look {
        var reason = ""
        for milliseconds in [0, 20, 50, 100, 200, 400] {
            if milliseconds > 0 { await pause(.milliseconds(milliseconds)) }
            do throws(LibvirtFailure) {
                if let seen = try await lookOnce(domain, readsDefinition) {
                    return .observed(seen)
                }
                reason = "its checkpoints changed while they were read"
            } catch {
                if error.isNoDomain { return .gone }
                if error.isBusy { return .busy("its guest does not answer: \(error.message)") }
                if error.isTooLarge { return .busy("libvirt says: \(error.message)") }
                guard error.isInvalidArgument || error.isNoCheckpoint else { throw error }
                reason =
                    error.isInvalidArgument
                    ? "a checkpoint is being created"
                    : "its checkpoints changed while they were read"
            }
        }
        return .busy(reason)
    }

    /// - Returns: Nil if the domain changed.
    private func lookOnce(
        _ domain: ListedDomain, _ readsDefinition: Bool
    ) async throws(LibvirtFailure) -> Observation? {
        let state = try await state(of: domain.uuid)
        let names = try await checkpoints(of: domain.uuid)
        var documents: [Observation.Document] = []
        documents.reserveCapacity(names.count)
        for name in names {
            documents.append(
                Observation.Document(
                    checkpoint: name, text: try await document(of: name, in: domain.uuid)))
        }
        let definition = readsDefinition ? try await definition(of: domain.uuid) : nil
        let again = try await checkpoints(of: domain.uuid)
        let stateAgain = try await self.state(of: domain.uuid)
        guard again == names, stateAgain == state else { return nil }
        return Observation(
            domain: domain, state: state, definition: definition, documents: documents)
    }
}
