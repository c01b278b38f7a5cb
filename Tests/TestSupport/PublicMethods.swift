import Foundation

/// The names of a type's public asynchronous methods, as its sources declare them.
public struct PublicMethods {
    /// The names, each once.
    public let names: Set<String>

    /// Reads the sources of a module.
    public init(of type: String, in module: String) throws {
        let folder = Fixtures.repository.appending(path: "Sources/\(module)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            var isOfType = false
            for (index, line) in lines.enumerated() {
                // What begins at the margin ends what came before it.
                if line.hasPrefix("extension ") || line.contains("class ")
                    || line.contains("struct ")
                {
                    if line.first != " " {
                        isOfType =
                            line.hasPrefix("extension \(type) {")
                            || line.contains("class \(type):")
                    }
                }
                guard isOfType, let range = line.firstRange(of: "    public func "),
                    range.lowerBound == line.startIndex
                else { continue }
                let name = line[range.upperBound...].prefix { $0.isLetter || $0.isNumber }
                // Its signature ends with the brace that begins its body.
                let rest = lines[index...].prefix(12)
                let end = rest.firstIndex { $0.hasSuffix("{") } ?? index
                guard rest[...end].contains(where: { $0.contains(" async ") }) else { continue }
                names.insert(String(name))
            }
        }
        self.names = names
    }
}
