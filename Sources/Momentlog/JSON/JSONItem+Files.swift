import EventLog
public import Moments

extension JSONItem {
    /// The result of an import: what `import` prints.
    public static func imported(
        _ report: ImportReport, isDryRun: Bool,
        rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("refused", report.isRefused)
            json.member("findings", report.findings.map { finding($0, rendering: render) })
            json.member("domains", report.domains.map { imported($0, render) })
        }
    }

    private static func imported(
        _ domain: ImportReport.DomainReport, _ render: RemedyRenderer
    ) -> JSONItem {
        JSONItem { json in
            json.member("path", domain.path)
            json.member("domain", domain.domain)
            json.member("uuid", domain.uuid?.description)
            json.member("commit", domain.commit)
            json.member("repeated", domain.isRepeated)
            json.member("read", domain.filesRead)
            json.member("imported", domain.imported)
            json.member("alreadyThere", domain.alreadyThere)
            json.member("replaced", domain.replaced)
            json.member("skipped", domain.skipped.map(skipped))
            json.member("findings", domain.findings.map { finding($0, rendering: render) })
            json.member("current", domain.current)
            json.member("currentSource", domain.currentSource.rawValue)
            json.member("error", domain.refusal.map(refusal))
        }
    }

    private static func skipped(_ skipped: ImportReport.Skipped) -> JSONItem {
        JSONItem { json in
            json.member("path", skipped.path)
            json.member("checkpoint", skipped.checkpoint)
            json.member("code", skipped.code)
            json.member("reason", skipped.reason)
        }
    }

    /// The result of an export: what `export` prints.
    ///
    /// - Parameters:
    ///   - reports: The report of each domain.
    ///   - output: The folder that contains the domains' folders.
    ///   - isDryRun: Whether nothing was written.
    public static func exported(
        _ reports: [ExportReport], to output: String, isDryRun: Bool = false
    ) -> JSONItem {
        JSONItem { json in
            json.member("dryRun", isDryRun)
            json.member("output", output)
            json.member("domains", reports.map(exported))
        }
    }

    private static func exported(_ report: ExportReport) -> JSONItem {
        JSONItem { json in
            json.member("domain", report.domain)
            json.member("uuid", report.uuid?.description)
            json.member("folder", report.folder)
            json.member("checkpoints", report.checkpoints)
            json.member("replaced", report.replaced)
            json.member("current", report.current)
            json.member("keepsCurrent", report.keepsCurrent)
            json.member("refusedByLibvirt", report.refusedByLibvirt)
        }
    }
}

extension JSONItem {
    /// A verdict on a bitmap: an item of `reconcile`.
    public static func judgement(
        _ judgement: Reconciliation.Judgement, of reconciled: ReconciledDomain,
        rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("domain", reconciled.domain.name)
            json.member("checkpoint", judgement.checkpoint)
            json.member("disk", judgement.disk)
            json.member("bitmap", judgement.bitmap)
            json.member("verdict", judgement.verdict.rawValue)
            if let owner = reconciled.owner(of: judgement) {
                json.member("owner", owner.rawValue)
            }
            json.member("message", reconciled.message(of: judgement))
            json.remedies(reconciled.remedies(for: judgement), render)
        }
    }
}
