import ArgumentParser
import Momentlog
import Moments

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List a domain's checkpoints.",
        discussion: Examples.after(
            """
            As virsh checkpoint-list, but by creation time, so that the output is the \
            same each time. The current one is marked with '*', errors with '!', and \
            'momentlog check' explains them. A tree of more than 32 levels \
            starts again at the left, with the number of levels left out before each line.
            """, of: "list"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference

    @Flag(help: "Draw the checkpoints as a tree.") var tree = false
    @Flag(help: "Draw the graph as 'git log --graph' does, children above their parents.")
    var graph = false
    @Flag(help: "Print the names only.") var name = false
    @Flag(help: "Add a column with the parent.") var parent = false
    @Flag(help: "Add a column with the last verdict on each disk's bitmap, and its age.")
    var health = false
    @Flag(help: "Only checkpoints without a parent.") var roots = false
    @Flag(help: "Only checkpoints without children.") var leaves = false
    @Flag(help: "Only checkpoints with children.") var noLeaves = false
    @Flag(help: "Parents before their children.") var topological = false
    @Option(
        help: ArgumentHelp("Only the children of this checkpoint.", valueName: "name"),
        completion: .checkpoints)
    var from: CheckpointName?
    @Flag(help: "With --from: all its descendants.") var descendants = false

    @OptionGroup var options: ListOptions
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        let exclusive: [(String, Bool, String, Bool)] = [
            ("--roots", roots, "--from", from != nil), ("--roots", roots, "--parent", parent),
            ("--roots", roots, "--tree", tree), ("--parent", parent, "--tree", tree),
            ("--health", health, "--tree", tree), ("--health", health, "--name", name),
            ("--tree", tree, "--name", name), ("--leaves", leaves, "--tree", tree),
            ("--no-leaves", noLeaves, "--tree", tree),
            ("--tree", tree, "--format \(format.format)", format.format != .table),
            ("--since", options.since != nil, "--tree", tree),
            ("--before", options.before != nil, "--tree", tree),
            ("--sort", options.sort != nil, "--tree", tree),
            ("--sort", options.sort != nil, "--topological", topological),
            ("--columns", options.columns != nil, "--tree", tree),
            ("--columns", options.columns != nil, "--name", name),
            ("--columns", options.columns != nil, "--parent", parent),
            ("--columns", options.columns != nil, "--health", health),
            (
                "--columns", options.columns != nil, "--format \(format.format)",
                format.format != .table
            ),
            ("--since", options.since != nil, "--graph", graph),
            ("--before", options.before != nil, "--graph", graph),
            ("--sort", options.sort != nil, "--graph", graph),
            ("--columns", options.columns != nil, "--graph", graph),
            ("--graph", graph, "--tree", tree), ("--graph", graph, "--name", name),
            ("--graph", graph, "--from", from != nil), ("--graph", graph, "--roots", roots),
            ("--graph", graph, "--leaves", leaves), ("--graph", graph, "--no-leaves", noLeaves),
            ("--graph", graph, "--topological", topological),
            ("--graph", graph, "--format \(format.format)", format.format != .table),
            ("--name", name, "--format \(format.format)", format.format != .table),
        ]
        for (first, hasFirst, second, hasSecond) in exclusive where hasFirst && hasSecond {
            throw ValidationError("Options \(first) and \(second) are mutually exclusive")
        }
        if descendants && from == nil { throw ValidationError("--descendants requires --from") }
    }

    func run() async throws {
        try await store.with { store in
            let domain = try await store.domain(domain, at: moment.at)
            moment.noteBeginning(of: domain)
            try await moment.noteCommit(in: store)
            if graph { return try GraphDrawing(domain).print() }
            if tree {
                let drawing = TreeDrawing(domain)
                guard try drawing.print(from: from, depth: from != nil && !descendants ? 1 : nil)
                else { throw MomentlogError.noCheckpoint(from ?? "") }
            } else {
                try printList(of: domain)
            }
        }
    }

    private var listing: Listing {
        let scope: Listing.Scope =
            if let from {
                descendants ? .descendants(of: from) : .children(of: from)
            } else {
                roots ? .roots : .all
            }
        return Listing(
            scope, leaves: leaves ? .only : noLeaves ? .excluded : .included,
            order: topological ? .topological : options.sort ?? .creation,
            since: options.since, before: options.before)
    }

    private func printList(of domain: Domain) throws(MomentlogError) {
        let graph = domain.graph
        // Of checkpoints that are leaves and not leaves libvirt lists none.
        let isNothing = leaves && noLeaves
        guard let moments = graph.list(listing) else { throw .noCheckpoint(from ?? "") }
        let listed = isNothing ? [] : moments
        if name {
            for moment in listed { try StandardOutput.shared.print(moment.checkpoint.name.text) }
        } else if let columns = options.columns {
            try ListColumn.table(columns, listed, of: domain).print()
        } else if format.format == .table {
            try table(listed, of: domain).print()
        } else {
            let findings = DomainFindings(domain)
            try format.format.print(
                items: listed.lazy.map { moment in
                    JSONItem.listed(
                        moment, findings: findings,
                        health: health ? graph.health(of: moment.checkpoint.name) : nil)
                })
        }
    }

    private func table(_ moments: [Moment], of domain: Domain) -> Table {
        let graph = domain.graph
        let faults = FaultMarks(domain)
        // Only errors need a column.
        let marks = moments.map { faults.mark(of: $0.checkpoint.name) }
        let isMarked = marks.contains { $0 != nil }
        var table = Table(
            [
                Table.Column(heading: "Name"), Table.Column(heading: "Creation Time", flow: .time),
                Table.Column(heading: "Current"),
            ] + (parent ? [Table.Column(heading: "Parent")] : [])
                + (health ? [Table.Column(heading: "Health", flow: .wrapped)] : [])
                + (isMarked ? [Table.Column(heading: "Findings", flow: .wrapped)] : []))
        for (moment, mark) in zip(moments, marks) {
            let checkpoint = moment.checkpoint
            var row = [
                Table.Cell(checkpoint.name, moment.isCurrent ? .green : .plain),
                Table.Cell(LocalTime.text(checkpoint.creationTime)),
                Table.Cell(moment.isCurrent ? "*" : "", .green),
            ]
            if parent { row.append(Table.Cell(checkpoint.parent ?? "")) }
            if health {
                let seen = graph.health(of: checkpoint.name)
                row.append(Table.Cell(HealthOutput.text(seen), HealthOutput.style(seen)))
            }
            if isMarked { row.append(mark ?? "") }
            table.add(row)
        }
        return table
    }
}
