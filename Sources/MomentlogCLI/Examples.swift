/// The examples at the end of each command's help. Each is run by a test.
enum Examples {
    /// Returns a command's discussion followed by its examples.
    static func after(_ discussion: String, of command: String) -> String {
        guard let lines = all[command], !lines.isEmpty else { return discussion }
        return (discussion.isEmpty ? "" : discussion + "\n\n") + "EXAMPLES:\n"
            + lines.map { "  " + $0 }.joined(separator: "\n")
    }

    /// The command lines for a POSIX shell, by command.
    static let all: [String: [String]] = [
        "import": [
            "momentlog import /var/lib/libvirt/qemu/checkpoint --dry-run",
            "momentlog import /var/lib/libvirt/qemu/checkpoint",
        ],
        "export": [
            "momentlog export vm1 --output out", "momentlog export --all --output all --sums",
        ],
        "pull": ["momentlog pull test:///default --dry-run", "momentlog pull test:///default"],
        "push": ["momentlog push test:///default vm1 --dry-run"],
        "compare": [
            "momentlog compare vm1 --with /var/lib/libvirt/qemu/checkpoint/vm1",
            "momentlog compare --all --uri test:///default",
        ],
        "revert": ["momentlog revert vm1 2 --dry-run", "momentlog revert vm1 3"],
        "prune": [
            "momentlog prune vm1 --keep-daily 7 --keep-weekly 4 --dry-run",
            "momentlog prune --all --keep-within 30d --yes",
        ],
        "status": [
            "momentlog status", "momentlog status --format prometheus > momentlog.prom",
        ],
        "create": ["momentlog create vm1 --name friday --disk vda"],
        "record": [
            "virsh checkpoint-dumpxml vm1 thursday | momentlog record vm1",
            "momentlog record vm1 thursday.xml --request-id backup-17",
        ],
        "redefine": [
            "momentlog redefine vm1 tuesday.xml",
            "momentlog redefine vm1 tuesday --without-disk vdb",
        ],
        "delete": [
            "momentlog delete vm1 monday --reason 'merged into tuesday'",
            "momentlog delete vm1 tuesday --children --dry-run",
        ],
        "current": ["momentlog current vm1", "momentlog current vm1 tuesday"],
        "apply": ["momentlog apply commands.jsonl"],
        "define": ["virsh dumpxml --inactive --security-info vm1 | momentlog define -"],
        "rename": ["momentlog rename vm1 web1"],
        "undefine": ["momentlog undefine vm1 --checkpoints-metadata --dry-run"],
        "domains": ["momentlog domains", "momentlog domains --all --at now"],
        "list": [
            "momentlog list vm1", "momentlog list vm1 --graph",
            "momentlog list vm1 --format json",
        ],
        "info": ["momentlog info vm1 tuesday"],
        "parent": ["momentlog parent vm1 tuesday"],
        "dumpxml": ["momentlog dumpxml vm1 tuesday --security-info"],
        "check": ["momentlog check", "momentlog check vm1 --dry-run"],
        "reconcile": ["momentlog reconcile vm1 --info vda=vda.json --guest-off"],
        "log": [
            "momentlog log vm1 --since today",
            "momentlog log --kind checkpointDeleted --verbose",
        ],
        "show": ["momentlog show 2"],
        "diff": ["momentlog diff vm1 1", "momentlog diff vm1 today now --exit-code"],
        "history": ["momentlog history vm1 tuesday"],
        "head": ["momentlog head > kept.head"],
        "verify": ["momentlog verify", "momentlog verify --head kept.head"],
        "verify-log": [
            "momentlog log --format jsonl > events.jsonl",
            "momentlog verify-log events.jsonl --head kept.head",
        ],
        "backup": ["momentlog backup copy.db"],
        "restore": ["momentlog restore backup.db --replace"],
        "compact": ["momentlog compact"],
        "snapshot": ["momentlog snapshot"],
        "stats": ["momentlog stats --format json"],
        "settings": ["momentlog settings", "momentlog settings --strip-secrets on"],
        "accept-loss": ["momentlog accept-loss --reason 'the disk failed' --dry-run"],
        "schema": ["momentlog schema list", "momentlog schema > checkpoint.rng"],
    ]
}
