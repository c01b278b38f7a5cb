import Momentlog

/// A command about one domain, whose name its errors' hints have.
protocol DomainCommand {
    /// The domain's name or UUID as it was given.
    var domainArgument: String? { get }
}

extension Delete: DomainCommand { var domainArgument: String? { checkpoints.domain } }
extension Info: DomainCommand { var domainArgument: String? { checkpoints.domain } }
extension Parent: DomainCommand { var domainArgument: String? { checkpoint.domain } }
extension Dumpxml: DomainCommand { var domainArgument: String? { checkpoint.domain } }
extension List: DomainCommand { var domainArgument: String? { domain } }
extension Current: DomainCommand { var domainArgument: String? { domain } }
extension Create: DomainCommand { var domainArgument: String? { domain } }
extension Record: DomainCommand { var domainArgument: String? { domain } }
extension Redefine: DomainCommand { var domainArgument: String? { domain } }
extension History: DomainCommand { var domainArgument: String? { domain } }
extension Reconcile: DomainCommand { var domainArgument: String? { domain } }
extension Check: DomainCommand {
    var domainArgument: String? { domains.count == 1 ? domains[0] : nil }
}
