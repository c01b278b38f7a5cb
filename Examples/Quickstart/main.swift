import Momentlog

let store = try await CheckpointStore.open(at: CommandLine.arguments[1])
try await store.importLibraries(
    at: [CommandLine.arguments[2]], by: Submission(actor: "quickstart"))
for domain in try await store.domains() {
    let graph = try await store.graph(of: domain.reference)
    print(domain.name, graph.count, graph.current ?? "no current")
    let findings = try await store.findings(of: [domain.reference])
    for finding in findings { print("  ", finding.message) }
}
await store.close()
