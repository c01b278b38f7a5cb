import Testing

@testable import Momentlog

struct CheckpointFileTests {
    @Test(
        "A file's name is the part after the last slash, byte for byte",
        arguments: [
            ("a/b.xml", "b.xml"), ("b.xml", "b.xml"), ("/x/é/ü", "ü"), ("a//b", "b"),
            ("/a/b//", "b"), ("é/", "é"), ("/", "/"), ("", ""), ("x/日本.xml", "日本.xml"),
            // An accent that stands alone and, as text, would be one character with the slash.
            ("d/\u{301}x.xml", "\u{301}x.xml"),
        ])
    func name(path: String, name: String) {
        #expect(Array(CheckpointFile(path: path, isNamed: false).name.utf8) == Array(name.utf8))
    }
}
