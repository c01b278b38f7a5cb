import Moments
import Testing

struct ShellWordTests {
    @Test(
        "A word that no shell changes stays unchanged",
        arguments: ["vm1", "a-b_c.d", "/var/lib/x", "user@host", "50%", "a+b", "k=v", "a,b", "a:b"])
    func plain(text: String) {
        #expect(ShellWord.quoted(text) == text)
    }

    @Test(
        "Any other word is put into single quotes",
        arguments: [
            ("", "''"), (" ", "' '"), ("my vm", "'my vm'"), ("$HOME", "'$HOME'"),
            ("`id`", "'`id`'"), ("a\"b", "'a\"b'"), ("a\\b", "'a\\b'"), ("a;b", "'a;b'"),
            ("*", "'*'"), ("~", "'~'"), ("a\nb", "'a\nb'"), ("!x", "'!x'"), ("é", "'é'"),
            ("#x", "'#x'"), ("{a}", "'{a}'"), ("a&", "'a&'"), ("(", "'('"), ("<", "'<'"),
        ])
    func quoted(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    @Test(
        "A single quote is escaped between two quoted parts",
        arguments: [
            ("'", #"''\'''"#), ("it's", #"'it'\''s'"#), ("''", #"''\'''\'''"#),
            ("a'", #"'a'\'''"#), ("'a", #"''\''a'"#),
        ])
    func singleQuotes(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }
}
