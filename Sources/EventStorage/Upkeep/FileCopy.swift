import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Files that only their owner can read, on stable storage when they are told to be there.
enum FileCopy {
    /// Copies a file's bytes into a new file, or into one that is empty, and syncs it.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file` or `storage`.
    static func copy(_ source: String, to target: String) throws(MomentlogError) {
        let reading = open(source, O_RDONLY | O_CLOEXEC)
        guard reading >= 0 else {
            throw failure(.unreadableFile, "cannot read", source)
        }
        defer { close(reading) }
        let writing = try opened(target)
        defer { close(writing) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(reading, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(.unreadableFile, "cannot read", source) }
            if count == 0 { break }
            try write(buffer[..<count], to: writing, target)
        }
        guard fsync(writing) == 0 else { throw failure(.storage, "cannot sync", target) }
    }

    /// Writes a file's bytes anew, and syncs it.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func write(_ bytes: [UInt8], to target: String) throws(MomentlogError) {
        let writing = try opened(target)
        defer { close(writing) }
        try write(bytes[...], to: writing, target)
        guard fsync(writing) == 0 else { throw failure(.storage, "cannot sync", target) }
    }

    /// Syncs a file.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func sync(_ path: String) throws(MomentlogError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.storage, "cannot open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(.storage, "cannot sync", path) }
    }

    /// Syncs the folder that a file is in, so that its name stays. Not every file system
    /// can.
    static func syncFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    private static func opened(_ path: String) throws(MomentlogError) -> CInt {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else {
            throw failure(.storage, "cannot make", path)
        }
        return descriptor
    }

    private static func write(
        _ bytes: ArraySlice<UInt8>, to descriptor: CInt, _ path: String
    ) throws(MomentlogError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(.storage, "cannot write", path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func failure(
        _ code: MomentlogError.Code, _ what: String, _ path: String
    ) -> MomentlogError {
        let reason = String(cString: strerror(errno))
        return MomentlogError(
            code, "\(what) \(path): \(reason)",
            hint: errno == ENOSPC
                ? "free some space, and try again" : "see to the file and its folder")
    }
}
