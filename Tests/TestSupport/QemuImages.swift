public import Foundation

/// Disk images that a real `qemu-img` makes.
public struct QemuImages: Sendable {
    private static let program = "/usr/bin/qemu-img"

    /// Whether images can be created: never skipped where the tool is required.
    public static let areMade =
        FileManager.default.isExecutableFile(atPath: program)
        || ProcessInfo.processInfo.environment["MOMENTLOG_REQUIRE_PEER"]?.isEmpty == false

    /// What could not be done.
    public struct Failure: Error {
        /// What the tool said.
        public let errors: String
    }

    private let folder: URL

    /// Images in a folder.
    public init(in folder: URL) { self.folder = folder }

    /// Makes an image with recording bitmaps.
    public func create(
        _ name: String, on backing: String? = nil, options: String? = nil,
        bitmaps: [String] = []
    ) throws {
        let below = backing.map { ["-b", $0, "-F", "qcow2"] } ?? []
        let chosen = options.map { ["-o", $0] } ?? []
        try run(["create", "-q", "-f", "qcow2"] + chosen + below + [name, "1M"])
        for bitmap in bitmaps { try self.bitmap("--add", name, bitmap) }
    }

    /// Does something to a bitmap: `--add`, `--remove`, `--disable`.
    public func bitmap(_ operation: String, _ image: String, _ name: String) throws {
        try run(["bitmap", operation, "--", image, name])
    }

    /// What `qemu-img info --output=json` prints.
    public func info(_ name: String, chain: Bool = true) throws -> String {
        try run(["info", "--output=json"] + (chain ? ["--backing-chain"] : []) + [name])
    }

    /// Runs a closure while another process has an image open for writing.
    public func whileInUse(_ name: String, _ body: () throws -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/qemu-io")
        process.arguments = [name]
        process.currentDirectoryURL = folder
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Its prompt: the image is open.
        _ = output.fileHandleForReading.availableData
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        try body()
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        let run = try CommandRun.run(Self.program, arguments, folder: folder)
        guard run.status == 0 else { throw Failure(errors: run.errors) }
        return run.output
    }
}
