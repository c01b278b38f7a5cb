extension CheckpointStore {
    /// Opens a store, passes it to a closure, and closes it, even if the closure throws. For
    /// example:
    ///
    /// ```swift
    /// let names = try await CheckpointStore.withStore(at: "checkpoints.db") { store in
    ///     try await store.domains().map(\.name)
    /// }
    /// ```
    ///
    /// - Returns: What the closure returns.
    /// - Throws: ``MomentlogError`` as ``open(at:options:)`` does, or what the closure throws.
    public static func withStore<Value>(
        at path: String, options: Options = Options(),
        isolation: isolated (any Actor)? = #isolation,
        _ body: (CheckpointStore) async throws -> sending Value
    ) async throws -> sending Value {
        let store = try await open(at: path, options: options)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}
