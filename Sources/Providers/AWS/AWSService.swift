/// A service of AWS that this program asks.
package enum AWSService: String, Sendable, Hashable, CaseIterable {
  /// Answers for models.
  case bedrockRuntime
  /// Lists models and inference profiles.
  case bedrock
  /// Gives credentials of a role.
  case sts
  /// Keeps secrets.
  case secretsManager
  /// Gives credentials of a role to who has logged in.
  case sso
  /// Renews log-ins.
  case oidc

  /// The name for people.
  package var title: String {
    switch self {
    case .bedrockRuntime, .bedrock: "Bedrock"
    case .sts: "STS"
    case .secretsManager: "Secrets Manager"
    case .sso, .oidc: "single sign-on"
    }
  }

  /// The name that signatures are made for.
  package var signingName: String {
    switch self {
    case .bedrockRuntime, .bedrock: "bedrock"
    case .sts: "sts"
    case .secretsManager: "secretsmanager"
    case .sso: "awsssoportal"
    case .oidc: "sso-oauth"
    }
  }

  /// The name of its settings: the key in a profile's `services` section; in capitals the end of its variable's name.
  package var settingsName: String {
    switch self {
    case .bedrockRuntime: "bedrock_runtime"
    case .bedrock: "bedrock"
    case .sts: "sts"
    case .secretsManager: "secrets_manager"
    case .sso: "sso"
    case .oidc: "sso_oidc"
    }
  }

  /// The host of a region by AWS's endpoint rules (`endpoint-rule-set-1.json` of each service).
  func host(region: Region, fips: Bool, dualStack: Bool) -> String {
    let partition = region.partition
    let isGov = partition == .usGov
    var mark = fips ? "-fips" : ""
    var suffix = dualStack ? partition.dualStackSuffix : partition.suffix
    switch self {
    case .sts, .sso, .oidc:
      // GovCloud's plain hosts of these are FIPS hosts.
      if isGov, !dualStack { mark = "" }
    case .secretsManager:
      // Its plain hosts answer by IPv6 too, but for China's FIPS ones.
      if partition == .aws || isGov || partition == .china && !fips { suffix = partition.suffix }
    case .bedrockRuntime, .bedrock: break
    }
    return "\(hostName)\(mark).\(region.name).\(suffix)"
  }

  /// The host in the region that is asked when nobody chose one, to be shown as an example.
  var usualHost: String { "\(hostName).\(Region.usual).\(Partition.aws.suffix)" }

  private var hostName: String {
    switch self {
    case .bedrockRuntime: "bedrock-runtime"
    case .bedrock: "bedrock"
    case .sts: "sts"
    case .secretsManager: "secretsmanager"
    case .sso: "portal.sso"
    case .oidc: "oidc"
    }
  }
}
