import Crypto
import EventLog
import Moments

extension RequestFingerprint {
    /// Creates the fingerprint of an import: the bytes of its files, and whether secrets are
    /// stripped from them.
    ///
    /// - Parameter strips: Whether secrets are stripped, by the options or the store's settings.
    /// - Complexity: O(*n* log *n*) in the files that could be read.
    init(_ adoption: Adoption, of instruction: Instruction, strips: Bool) {
        self.init(
            kept: adoption.fingerprint(of: instruction, strips: strips),
            other: adoption.fingerprint(of: instruction, strips: !strips))
    }
}

extension Adoption {
    /// Returns the SHA-256 of the files' names and digests, and of the options that affect the
    /// result. The digests are those of the original files, which their events record in any case.
    ///
    /// The form is stored: it never changes.
    fileprivate func fingerprint(of instruction: Instruction, strips: Bool) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("command", "import")
            json.member("domain", owner.asked)
            json.member("replace", replaces)
            json.member("stripSecrets", strips)
            json.member("at", instruction.time?.microseconds)
            if instruction.validation != nil { json.member("validated", true) }
            // Omitted if no folder states any: earlier requests were fingerprinted without.
            if !pointers.isEmpty {
                json.key("current")
                json.array { json in
                    for name in pointers.map({ $0.checkpoint ?? "" }).sorted() {
                        json.value(name.text)
                    }
                }
            }
            json.key("files")
            json.array { json in
                for (name, sha256) in documents.map({ ($0.name, $0.sha256) }).sorted(by: <) {
                    json.value(name)
                    json.value(sha256)
                }
            }
        }
        return Array(SHA256.hash(data: json.bytes))
    }
}
