import EventLog
import Momentlog
import Moments

/// A remedy rendered as a command: words for a program, and a line for a shell.
struct RemedyCommand: Sendable {
    /// The remedy.
    let remedy: Remedy

    /// The command's words; no shell has to interpret them.
    let argv: [String]

    /// The words, or parts of words, that the reader has to replace.
    let placeholders: [String]

    /// Renders a remedy.
    ///
    /// - Parameters:
    ///   - remedy: The remedy.
    ///   - store: The store's file, for a command that names it; nil for the default.
    ///   - libvirt: The URI for virsh; nil for its default.
    init(
        _ remedy: Remedy, store: String? = StoreOptions.argument,
        libvirt: String? = GlobalArguments.current.libvirt
    ) {
        self.remedy = remedy
        var words = Words(storeFile: store, libvirt: libvirt)
        switch remedy.action {
        case .importFile(let path, let domain, let replaces):
            words.momentlog("import", [path.map(Words.Argument.text) ?? .placeholder("FILE")])
            switch domain {
            case .own: break
            case .named(let domain): words.option("--domain", .text(domain.text))
            case .unknown: words.option("--domain", .placeholder("DOMAIN"))
            }
            if replaces { words.flag("--replace") }
        case .record(let domain, _):
            words.momentlog("record", [.text(domain.text), .placeholder("FILE")])
        case .pull(let domain, let uri, let scope):
            words.momentlog("pull", [.text(uri), .text(domain.text)])
            if GlobalArguments.current.connectsReadOnly { words.flag("--connect-read-only") }
            if scope.contains(.deletions) { words.flag("--accept-gone") }
            if scope.contains(.besidesLost) { words.flag("--keep-lost") }
            if scope.contains(.pruned) { words.flag("--all") }
        case .push(let domain, let uri, let isExact):
            words.momentlog("push", [.text(uri), .text(domain.text)])
            if isExact { words.flag("--exact-current") }
        case .redefine(let domain, _):
            words.momentlog("redefine", [.text(domain.text), .placeholder("FILE")])
        case .redefineWithoutDisk(let domain, let checkpoint, let disk, .record):
            words.momentlog("redefine", [.text(domain.text), .text(checkpoint.text)])
            words.option("--without-disk", .text(disk))
        case .redefineWithoutDisk(let domain, let checkpoint, let disk, .libvirt):
            words.virsh(
                "checkpoint-create", [.text(domain.text), .text(Self.file(of: checkpoint, disk))],
                options: ["--redefine"])
        case .writeDocument(let domain, let checkpoint, let disk):
            words.momentlog("dumpxml", [.text(domain.text), .text(checkpoint.text)])
            words.option("--without-disk", .text(disk))
            words.flag("--security-info")
            words.option("--output", .text(Self.file(of: checkpoint, disk)))
        case .export(let domain):
            words.momentlog("export", [.text(domain.text)])
            words.flag("--script")
        case .reattach(let domain, let checkpoint, let parent):
            words.momentlog("check", [.text(domain.text)])
            words.flag("--repair")
            words.option("--reparent", .text("\(checkpoint)=\(parent)"))
        case .acknowledge(let domain, let checkpoint):
            words.momentlog("check", [.text(domain.text)])
            words.option("--acknowledge", .text(checkpoint.text))
            words.option("--reason", .placeholder("TEXT"))
        case .repair(let domain, nil):
            words.momentlog("check", [.text(domain.text)])
            words.flag("--repair")
        case .repair(let domain, let current?):
            words.momentlog("current", [.text(domain.text), .text(current.text)])
        case .reparent(let domain, let checkpoint):
            words.momentlog("check", [.text(domain.text)])
            words.flag("--repair")
            words.option("--reparent", .partly("\(checkpoint)=", placeholder: "PARENT"))
        case .inspect(let domain, _, .runningGuest):
            words.momentlog("reconcile", [.text(domain.text)])
            words.option("--qmp", .placeholder("FILE"))
        case .inspect(let domain, let disk, .imageFile(let path)):
            words.momentlog("reconcile", [.text(domain.text)])
            words.option("--image", .text("\(disk)=\(path)"))
        case .rebuildSnapshots(let domain):
            words.momentlog("snapshot", [.text(domain.text)])
            words.flag("--rebuild")
        case .restore:
            words.momentlog("restore", [.placeholder("BACKUP")])
            words.flag("--replace")
        case .removeBitmap(.file(let path, let format, let isEncrypted), let bitmap):
            words.removal(path, format, bitmap, isEncrypted: isEncrypted)
        case .removeBitmap(.node(let node, let domain), let bitmap):
            words.virsh(
                "qemu-monitor-command",
                [.text(domain.text), .text(Self.removal(of: bitmap, from: node))])
        case .deleteCheckpoint(let domain, let checkpoint, .libvirt):
            words.virsh(
                "checkpoint-delete", [.text(domain.text), .text(checkpoint.text)],
                options: ["--metadata"])
        case .deleteCheckpoint(let domain, let checkpoint, .record):
            words.momentlog("delete", [.text(domain.text), .text(checkpoint.text)])
        }
        argv = words.argv
        placeholders = words.placeholders
    }

    /// Renders a remedy for JSON, for the store that the command was given.
    static func rendered(_ remedy: Remedy) -> RenderedRemedy {
        let command = RemedyCommand(remedy)
        return RenderedRemedy(argv: command.argv, placeholders: command.placeholders)
    }

    /// The command as a line for a POSIX shell, its placeholders left as they are.
    var line: String { argv.map { ShellWord.quoted($0) }.joined(separator: " ") }

    /// The line, followed by its precondition as a comment.
    var commentedLine: String { line + (remedy.precondition.map { "  # if \($0)" } ?? "") }

    /// Returns the file for a checkpoint's document without a disk.
    private static func file(of checkpoint: CheckpointName, _ disk: String) -> String {
        let name = String(disk.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        return "./\(checkpoint).without-\(name).xml"
    }

    private static func removal(of bitmap: String, from node: String) -> String {
        var json = JSONText()
        json.object { json in
            json.member("execute", "block-dirty-bitmap-remove")
            json.key("arguments")
            json.object { json in
                json.member("node", node)
                json.member("name", bitmap)
            }
        }
        return json.text
    }
}

/// The words of a command, built up one by one.
private struct Words {
    enum Argument {
        case text(String)
        case placeholder(String)
        case partly(String, placeholder: String)

        var word: String {
            switch self {
            case .text(let text): text
            case .placeholder(let placeholder): placeholder
            case .partly(let text, let placeholder): text + placeholder
            }
        }

        var placeholder: String? {
            switch self {
            case .text: nil
            case .placeholder(let placeholder), .partly(_, let placeholder): placeholder
            }
        }
    }

    private var program: [String] = []
    private var arguments: [Argument] = []
    private var options: [String] = []
    private var store: [String] = []
    private(set) var placeholders: [String] = []
    private let storeFile: String?
    private let libvirt: String?

    init(storeFile: String?, libvirt: String?) {
        self.storeFile = storeFile
        self.libvirt = libvirt
    }

    mutating func momentlog(_ command: String, _ arguments: [Argument]) {
        program = ["momentlog", command]
        self.arguments = arguments
        placeholders += arguments.compactMap(\.placeholder)
        // It is about the store in which the remedy was found.
        if let storeFile { store = ["--store", storeFile] }
    }

    mutating func virsh(_ command: String, _ arguments: [Argument], options: [String] = []) {
        program = ["virsh"] + (libvirt.map { ["--connect", $0] } ?? []) + [command]
        self.arguments = arguments
        self.options = options
    }

    /// The removal of a bitmap from an image file.
    mutating func removal(_ path: String, _ format: String, _ bitmap: String, isEncrypted: Bool) {
        program = ["qemu-img", "bitmap"]
        // The part before a colon would be a protocol.
        let path = path.hasPrefix("/") || !path.contains(":") ? path : "./" + path
        arguments = [.text(path), .text(bitmap)]
        options = ["--remove", "-f", format]
        guard isEncrypted else { return }
        // A comma in a value is written twice (QEMU's "Device URL syntax").
        let name = path.split(separator: ",", omittingEmptySubsequences: false)
            .joined(separator: ",,")
        options = ["--remove", "--object", "secret,id=key,file=KEYFILE", "--image-opts"]
        arguments = [
            .text("driver=\(format),file.filename=\(name),encrypt.key-secret=key"), .text(bitmap),
        ]
        placeholders = ["KEYFILE"]
    }

    mutating func flag(_ name: String) { options.append(name) }

    mutating func option(_ name: String, _ value: Argument) {
        placeholders += value.placeholder.map { [$0] } ?? []
        // A value that begins like an option needs an equals sign before it.
        if value.word.utf8.first == UInt8(ascii: "-") {
            options.append(name + "=" + value.word)
        } else {
            options += [name, value.word]
        }
    }

    /// Arguments before options, unless one looks like an option.
    var argv: [String] {
        let words = arguments.map(\.word)
        return words.contains { $0.utf8.first == UInt8(ascii: "-") }
            ? program + options + store + ["--"] + words : program + words + options + store
    }
}
