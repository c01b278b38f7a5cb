import Foundation
import Momentlog
import Moments

/// A shell script that restores checkpoints in libvirt: virsh redefines each, in the order that
/// leads to the same graph.
///
/// virsh chooses the libvirt as usual: by `LIBVIRT_DEFAULT_URI` or its default.
///
/// Source: <https://libvirt.org/manpages/virsh.html#checkpoint-create>.
struct RedefinitionScript {
    private let write: (String) throws(MomentlogError) -> Void

    /// - Parameter write: Receives each line, without its line feed.
    init(_ write: @escaping (String) throws(MomentlogError) -> Void) throws(MomentlogError) {
        self.write = write
        try write("#!/bin/sh")
        try write("set -eu")
    }

    /// Redefines a domain's checkpoints from the files that an export wrote.
    ///
    /// - Complexity: O(*n*) in the checkpoints.
    func add(_ report: ExportReport) throws(MomentlogError) {
        try comment(
            Self.remark(
                report.domain.text, report.current, keepsCurrent: report.keepsCurrent,
                refused: report.refusedByLibvirt))
        if let replaced = report.replaced {
            try comment("the former export is now in \(replaced.debugDescription)")
        }
        let refused = Set(report.refusedByLibvirt)
        let domain = Self.name(of: report.domain.text, report.uuid)
        let folder = URL(fileURLWithPath: report.folder).standardizedFileURL.path
        for name in report.order where !refused.contains(name) {
            let file = ShellWord.quoted("\(folder)/\(name).xml")
            try write(Self.redefinition(of: domain, from: file))
        }
    }

    /// Redefines a domain's checkpoints from documents that are part of the script.
    ///
    /// - Complexity: O(*n*) in the checkpoints, plus the bytes of their documents.
    func add(
        _ domain: Domain, parts: CheckpointStore.DocumentParts, from store: CheckpointStore
    ) async throws(MomentlogError) {
        let order = domain.graph.redefinitionOrder()
        let refused = domain.graph.refusedByLibvirt
        try comment(
            Self.remark(
                domain.name, domain.graph.current, keepsCurrent: order.keepsCurrent,
                refused: refused))
        if parts == .withoutSecrets {
            try comment(
                "the definitions in it have no passwords and cookies; the files of an export do")
        }
        let left = Set(refused)
        let name = Self.name(of: domain.name, domain.uuid)
        for checkpoint in order.names where !left.contains(checkpoint) {
            let document = try await store.document(of: checkpoint, in: domain, parts: parts)
            // Split by bytes, as the shell does: a carriage return and a line feed are one character.
            let lines = document.split(separator: 0x0A, omittingEmptySubsequences: false)
            let mark = Self.mark(for: lines)
            try write(Self.redefinition(of: name, from: "/dev/stdin") + " <<'\(mark)'")
            for line in lines.last?.isEmpty == true ? lines.dropLast() : lines {
                try write(String(decoding: line, as: UTF8.self))
            }
            try write(mark)
        }
    }

    private static func redefinition(of domain: String, from file: String) -> String {
        "virsh checkpoint-create --domain \(domain) --xmlfile \(file) --redefine"
    }

    /// Returns a word that is not a line of a document.
    private static func mark(for lines: [ArraySlice<UInt8>]) -> String {
        var mark = "XML"
        while lines.contains(where: { $0.elementsEqual(mark.utf8) }) { mark += "_" }
        return mark
    }

    /// virsh treats a name of digits alone as the number of a running domain.
    private static func name(of domain: String, _ uuid: DomainUUID?) -> String {
        let isNumber = domain.allSatisfy(\.isNumber)
        return ShellWord.quoted(isNumber ? uuid?.description ?? domain : domain)
    }

    /// Returns a comment of one line, whatever names it contains.
    private func comment(_ text: String) throws(MomentlogError) {
        try write("# " + HarmlessText.spelledOut(text))
    }

    private static func remark(
        _ domain: String, _ current: CheckpointName?, keepsCurrent: Bool, refused: [CheckpointName]
    ) -> String {
        var text = "domain \(domain.debugDescription): "
        let current = current.map { "'\($0)'" } ?? "none"
        text +=
            keepsCurrent
            ? "the current checkpoint will be as recorded, \(current)"
            : "libvirt's current checkpoint will not be the recorded one, \(current)"
        if !refused.isEmpty {
            text += "; left out, because libvirt refuses them: "
            text += refused.map(\.text).joined(separator: " ")
        }
        return text
    }
}
