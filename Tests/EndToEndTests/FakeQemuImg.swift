import Foundation
import TestSupport

/// A shell script that is found as `qemu-img`.
struct FakeQemuImg {
    let folder: TemporaryFolder
    var path: String { folder.path("qemu-img") }

    /// Whatever the script does has to begin in its own folder, which `$here` names.
    init(_ script: String) throws {
        folder = try TemporaryFolder("fake")
        try folder.write(
            "#!/bin/sh\nhere='\(folder.url.path)'\n\(script)\n", to: "qemu-img")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// An environment in which it comes first.
    func environment(_ other: [String: String]) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return other.merging(["PATH": "\(folder.url.path):\(path)"]) { $1 }
    }

    /// The lines of a file that it wrote; nil as long as it has not written a whole line.
    func lines(_ name: String) -> [String]? {
        guard let text = try? String(contentsOfFile: folder.path(name), encoding: .utf8),
            text.hasSuffix("\n")
        else { return nil }
        return text.split(separator: "\n").map(String.init)
    }

    /// What it prints of an image without bitmaps.
    static func report(_ name: String, backing: String? = nil) -> String {
        let below = backing.map {
            #","backing-filename":"\#($0)","full-backing-filename":"\#($0)""#
        }
        return #"{"filename":"\#(name)","format":"qcow2"\#(below ?? "")}"#
    }
}

/// Asks again until something is so, for ten seconds at most.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        usleep(2_000)
    }
    return try condition()
}
