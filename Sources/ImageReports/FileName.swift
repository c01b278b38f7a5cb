import Foundation

/// How QEMU calls an image.
enum FileName {
    /// The path in a name; the name itself where it holds none.
    ///
    /// An image with options that no path can tell is called `json:` and an object of them.
    ///
    /// Source: "Device URL syntax" in <https://www.qemu.org/docs/master/system/invocation.html>.
    static func path(_ name: String) -> String {
        guard name.hasPrefix("json:"),
            let options = try? JSONDecoder().decode(
                Options.self, from: Data(name.dropFirst("json:".count).utf8))
        else { return name }
        return options.file?.filename ?? options.filename ?? name
    }

    private struct Options: Decodable {
        struct File: Decodable {
            var filename: String?
        }

        var file: File?
        var filename: String?
    }
}
