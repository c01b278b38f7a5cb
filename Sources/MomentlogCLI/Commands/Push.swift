import ArgumentParser
import Momentlog
import Moments
import SQLiteEventLog

struct Push: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Restore the recorded checkpoints in a running libvirt.",
        discussion: Examples.after(
            """
            After a crash, a migration or the restart of a transient guest libvirt has no \
            metadata of its checkpoints, while their bitmaps are still in the images. push \
            redefines them, parents first. The record is not changed, and what libvirt has \
            already as recorded is left unchanged.

            It refuses if libvirt has what the record does not ('pull' first), or another \
            checkpoint of a name (--replace). On a running guest each checkpoint is validated: \
            the push stops at the first whose bitmap is missing or broken, and names disk and \
            bitmap. Afterwards what is there is compared with the record.

            The current checkpoint becomes the recorded one if that has no children; \
            --exact-current makes it so in any case, for which all metadata of the domain is \
            deleted and redefined.

            The exit status is 3 if a checkpoint is broken, refused or not tried; 2 if the \
            connection broke: push again, it continues where it stopped.
            """, of: "push"))

    @Argument(help: "libvirt's connection URI.") var uri: String
    @Argument(help: "Names or UUIDs.", completion: .domains) var domain: [DomainReference]
    @Flag(help: "Only report what would be done.") var dryRun = false
    @Flag(help: "Also push checkpoints without a sound bitmap: nothing shows that they have data.")
    var noValidate = false
    @Flag(help: "Leave the domain's definition out of the documents.") var noDomain = false
    @Flag(help: "Replace checkpoints that contradict the record.") var replace = false
    @Flag(help: "Make the recorded checkpoint current even if it has children.")
    var exactCurrent = false

    @OptionGroup(title: "Connection") var libvirt: LibvirtOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        // What it observes is stored, so that a later pull knows what was not restored.
        try await store.with(dryRun ? .read : .readWrite) { store in
            var reports: [PushReport] = []
            var failure: MomentlogError?
            // Before anything is changed.
            for domain in domain { _ = try await store.domain(domain) }
            try await libvirt.with(uri) { session in
                for domain in domain {
                    do throws(MomentlogError) {
                        reports.append(
                            try await store.push(
                                domain, to: session,
                                options: PushOptions(
                                    isDryRun: dryRun, validates: !noValidate,
                                    includesDomain: !noDomain, replaces: replace,
                                    isExact: exactCurrent)))
                    } catch {
                        // What was pushed to others is reported.
                        guard reports.contains(where: \.hasPushed) else { throw error }
                        failure = error
                        return
                    }
                }
            }
            if !dryRun, reports.contains(where: \.hasPushed) { Effects.record() }
            try PushOutput(reports, isDryRun: dryRun).print(format.format)
            try StandardOutput.shared.flush()
            for report in reports {
                if format.format != .table, let busy = report.busy {
                    Notice.warning("busy", "\(report.domain): \(busy)")
                }
            }
            if let failure {
                Notice.error(failure)
                throw Finished(
                    status: failure.code == .outcomeUnknown ? .unknown : .incomplete)
            }
            if reports.allSatisfy(\.isConflict), let report = reports.first {
                throw MomentlogError.conflict(report, at: uri)
            }
            let isDone = reports.allSatisfy { report in
                dryRun ? !report.isConflict && report.busy == nil : report.isComplete
            }
            if !isDone { throw Finished(status: .incomplete) }
        }
    }
}

extension MomentlogError {
    fileprivate static func conflict(_ report: PushReport, at uri: String) -> MomentlogError {
        func pull(_ scope: Remedy.PullScope) -> String {
            "'\(RemedyCommand(Remedy(.pull(domain: report.domain, uri: uri, scope))).line)'"
        }
        let hint =
            if report.hasReused {
                "pull first: the bitmap of a reused name belongs to another checkpoint"
            } else if report.hasPruned {
                "some were pruned in the record alone: delete them in libvirt, or record them again"
                    + " with \(pull([.pruned, .besidesLost]))"
            } else if report.hasUnknown {
                "pull first; if that reports others as lost, \(pull(.besidesLost)) records what"
                    + " libvirt has, and the push restores them"
            } else {
                "pull first, or replace what differs with --replace"
            }
        let names = report.checkpoints.filter { $0.result == .conflict }.map(\.checkpoint.text)
        return MomentlogError(
            .conflict,
            "libvirt's checkpoints of '\(report.domain)' contradict the record:"
                + " \(names.prefix(5).joined(separator: ", "))"
                + (names.count > 5 ? " and \(names.count - 5) more" : "")
                + "; nothing was changed",
            hint: hint)
    }
}
