import Foundation
import Moments

/// The lines of a shell that hand an export's checkpoints back to libvirt: virsh redefines
/// each from its file, in the order of `ORDER`.
///
/// Which libvirt that is, virsh finds out as ever: `LIBVIRT_DEFAULT_URI` or its default.
///
/// Source: <https://libvirt.org/manpages/virsh.html#checkpoint-create>.
public struct RedefinitionScript: Sendable {
    private let reports: [ExportReport]

    /// Makes the script for what an export wrote.
    public init(_ reports: [ExportReport]) { self.reports = reports }

    /// Calls a closure with each line, without its line feed.
    ///
    /// - Complexity: O(*n*) in the checkpoints.
    public func forEachLine<Failure: Error>(
        _ body: (String) throws(Failure) -> Void
    ) throws(Failure) {
        try body("#!/bin/sh")
        try body("set -eu")
        for report in reports {
            try body(Self.comment(Self.remark(report)))
            if let replaced = report.replaced {
                try body(
                    Self.comment("the former export is now in \(replaced.debugDescription)"))
            }
            let refused = Set(report.refusedByLibvirt)
            let domain = ShellWord.quoted(Self.name(of: report))
            let folder = URL(fileURLWithPath: report.folder).standardizedFileURL.path
            for name in report.order where !refused.contains(name) {
                let file = ShellWord.quoted("\(folder)/\(name).xml")
                try body("virsh checkpoint-create --domain \(domain) --xmlfile \(file) --redefine")
            }
        }
    }

    /// virsh takes a name of digits alone for the number of a running domain.
    private static func name(of report: ExportReport) -> String {
        guard report.domain.allSatisfy(\.isNumber), let uuid = report.uuid else {
            return report.domain
        }
        return uuid.description
    }

    /// A comment of one line, whatever names are in it.
    private static func comment(_ text: String) -> String { "# " + HarmlessText.spelledOut(text) }

    private static func remark(_ report: ExportReport) -> String {
        var text = "domain \(report.domain.debugDescription): "
        let current = report.current.map { "'\($0)'" } ?? "none"
        text +=
            report.keepsCurrent
            ? "the current checkpoint will be as recorded, \(current)"
            : "libvirt's current checkpoint will not be the recorded one, \(current)"
        if !report.refusedByLibvirt.isEmpty {
            text += "; left out, because libvirt refuses them: "
            text += report.refusedByLibvirt.joined(separator: " ")
        }
        return text
    }
}
