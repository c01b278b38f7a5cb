import Momentlog
import Moments

/// A command about one domain, whose name appears in its errors' hints.
protocol DomainCommand {
    /// The domain's name or UUID as it was given.
    var domainArgument: DomainReference? { get }

    /// The one document that was given; nil if it has no name, or several were.
    var documentArgument: String? { get }
}

extension DomainCommand {
    var documentArgument: String? { nil }
}

extension Delete: DomainCommand { var domainArgument: DomainReference? { checkpoints.domain } }
extension Info: DomainCommand { var domainArgument: DomainReference? { checkpoints.domain } }
extension Parent: DomainCommand { var domainArgument: DomainReference? { checkpoint.domain } }
extension Dumpxml: DomainCommand { var domainArgument: DomainReference? { checkpoint.domain } }
extension List: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Current: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Diff: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Revert: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Rename: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Undefine: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Create: DomainCommand {
    var domainArgument: DomainReference? { domain }
    var documentArgument: String? { file }
}
extension Record: DomainCommand {
    var domainArgument: DomainReference? { domain }
    var documentArgument: String? { file.count == 1 ? file[0] : nil }
}
extension Redefine: DomainCommand {
    var domainArgument: DomainReference? { domain }
    var documentArgument: String? { file.count == 1 && withoutDisk == nil ? file[0] : nil }
}
extension Prune: DomainCommand {
    var domainArgument: DomainReference? { domains.count == 1 ? domains[0] : nil }
}
extension Export: DomainCommand {
    var domainArgument: DomainReference? { domains.count == 1 ? domains[0] : nil }
}
extension History: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Reconcile: DomainCommand { var domainArgument: DomainReference? { domain } }
extension Check: DomainCommand {
    var domainArgument: DomainReference? { domains.count == 1 ? domains[0] : nil }
}
