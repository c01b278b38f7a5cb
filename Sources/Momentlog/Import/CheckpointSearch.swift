import Foundation

/// A bounded search for the folders that should have been imported, if the named one contains no
/// checkpoints.
struct CheckpointSearch {
    /// The folders to import instead, at most three.
    private(set) var suggestions: [String] = []

    /// How many levels of folders are searched below a path.
    static let maximumDepth = 4

    private static let maximumSuggestions = 3

    /// How many entries may still be examined.
    private var budget = 20_000

    /// Searches below a path, and if nothing is found there, beside it and right above it.
    init(around path: String) {
        search(below: path, depth: Self.maximumDepth)
        guard suggestions.isEmpty else { return }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let above = url.deletingLastPathComponent()
        let twoAbove = above.deletingLastPathComponent()
        let places = [
            (above, 1), (above.appending(path: "checkpoint"), 1),
            (twoAbove.appending(path: "checkpoint"), 1),
        ]
        for (place, depth) in places where place.path != url.path && suggestions.isEmpty {
            // Documents beside the named folder belong to something else.
            search(below: place.path, depth: depth, besides: above.path)
        }
    }

    /// Searches for folders with checkpoints, level by level.
    private mutating func search(below path: String, depth: Int, besides skipped: String? = nil) {
        var level = [path]
        for remaining in stride(from: depth, through: 0, by: -1) {
            var next: [String] = []
            for folder in level {
                guard suggestions.count < Self.maximumSuggestions, budget > 0 else { return }
                let entries = (try? FolderListing.entries(in: folder)) ?? []
                budget -= entries.count
                let base = folder.hasSuffix("/") ? folder : folder + "/"
                let holds =
                    folder != skipped
                    && entries.prefix(1_000).contains { entry in
                        entry.kind == .file && entry.name.hasSuffix(".xml")
                            && CheckpointFile(path: base + entry.name, isNamed: false)
                                .looksLikeCheckpoint
                    }
                if holds {
                    add(suggestion(for: folder, within: path))
                } else if remaining > 0 {
                    next += entries.filter { $0.kind == .folder }.map { base + $0.name }
                }
            }
            level = next
        }
    }

    /// Returns what to import for a folder with checkpoints: libvirt's directory of folders, or
    /// virtnbdbackup's output folder, which is the parent folder in either case.
    private func suggestion(for folder: String, within path: String) -> String {
        guard folder != path else { return folder }
        return URL(fileURLWithPath: folder).deletingLastPathComponent().relativePath
    }

    private mutating func add(_ path: String) {
        if !suggestions.contains(path) { suggestions.append(path) }
    }
}
