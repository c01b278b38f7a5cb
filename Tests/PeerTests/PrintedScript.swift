import TestSupport
import Testing

/// The script that `momentlog export --script` prints.
struct PrintedScript {
    private let text: String

    /// - Parameters:
    ///   - store: The store's file, which nothing holds open.
    ///   - output: Where the files go.
    init(of store: String, to output: String) throws {
        let run = try CommandRun.run(
            "momentlog",
            ["--store", store, "export", VirshSession.domain, "--script", "--output", output])
        try #require(run.status == 0, "\(run.errors)")
        text = run.output
    }

    /// The virsh commands that a shell makes of it.
    var calls: [[String]] {
        get throws {
            let virsh = try RecordedCommands("virsh")
            let run = try virsh.run(script: text)
            try #require(run.status == 0, "\(run.errors)")
            return try virsh.calls
        }
    }
}
