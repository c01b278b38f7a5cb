import Momentlog

/// A command about one domain, whose name appears in its errors' hints.
protocol DomainCommand {
    /// The domain's name or UUID as it was given.
    var domainArgument: String? { get }

    /// The one document that was given; nil if it has no name, or several were.
    var documentArgument: String? { get }
}

extension DomainCommand {
    var documentArgument: String? { nil }
}

extension Delete: DomainCommand { var domainArgument: String? { checkpoints.domain } }
extension Info: DomainCommand { var domainArgument: String? { checkpoints.domain } }
extension Parent: DomainCommand { var domainArgument: String? { checkpoint.domain } }
extension Dumpxml: DomainCommand { var domainArgument: String? { checkpoint.domain } }
extension List: DomainCommand { var domainArgument: String? { domain } }
extension Current: DomainCommand { var domainArgument: String? { domain } }
extension Diff: DomainCommand { var domainArgument: String? { domain } }
extension Revert: DomainCommand { var domainArgument: String? { domain } }
extension Rename: DomainCommand { var domainArgument: String? { domain } }
extension Undefine: DomainCommand { var domainArgument: String? { domain } }
extension Create: DomainCommand {
    var domainArgument: String? { domain }
    var documentArgument: String? { file }
}
extension Record: DomainCommand {
    var domainArgument: String? { domain }
    var documentArgument: String? { file.count == 1 ? file[0] : nil }
}
extension Redefine: DomainCommand {
    var domainArgument: String? { domain }
    var documentArgument: String? { file.count == 1 && withoutDisk == nil ? file[0] : nil }
}
extension Prune: DomainCommand {
    var domainArgument: String? { domains.count == 1 ? domains[0] : nil }
}
extension Export: DomainCommand {
    var domainArgument: String? { domains.count == 1 ? domains[0] : nil }
}
extension History: DomainCommand { var domainArgument: String? { domain } }
extension Reconcile: DomainCommand { var domainArgument: String? { domain } }
extension Check: DomainCommand {
    var domainArgument: String? { domains.count == 1 ? domains[0] : nil }
}
