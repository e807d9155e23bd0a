/// What a profile says about single sign-on (IAM Identity Center).
package struct SSOConfiguration: Sendable, Hashable {
  /// The profile, for people and for `aws sso login`.
  package var profile: String
  /// The `sso-session` it names; `nil` for a profile of the older form, whose tokens are never renewed.
  package var sessionName: String?
  /// Where the user signs in.
  package var startURL: String
  /// The region of the sign-on, which need not be that of the work.
  package var region: String
  /// The account to work in; `nil` for a profile that is only for tokens.
  package var accountID: String?
  /// The role to work as; `nil` for a profile that is only for tokens.
  package var roleName: String?

  /// The configuration of a profile; `nil` when it says nothing of single sign-on.
  ///
  /// - Throws: ``CredentialsError`` when what it says is not enough, or says one thing twice.
  package init?(_ profile: Profile, in profiles: Profiles) throws(CredentialsError) {
    let names = ["sso_account_id", "sso_region", "sso_role_name", "sso_start_url", "sso_session"]
    guard names.contains(where: { profile[$0] != nil }) else { return nil }
    var source = profile
    if let name = profile["sso_session"] {
      guard let session = profiles.session(named: name) else {
        throw CredentialsError(
          .configuration, "sso-session named `\(name)` (referenced by profile `\(profile.name)`) was not found",
          hint: "aws configure sso --profile \(profile.name)")
      }
      for property in ["sso_start_url", "sso_region"] {
        guard let own = profile[property] else { continue }
        // Older tools want both in the profile, too: said twice alike is said once (botocore's rule).
        guard own == session[property] else {
          throw Self.refusal(
            profile,
            "`\(property)` can only be specified in the [sso-session] config when a session name is given; the profile "
              + "has '\(own)', sso-session `\(name)` "
              + (session[property].map { "has '\($0)'" } ?? "has none"))
        }
      }
      source = session
    }
    for (one, other) in [("sso_account_id", "sso_role_name"), ("sso_role_name", "sso_account_id")]
    where profile[one] != nil && profile[other] == nil {
      throw Self.refusal(profile, "if `\(one)` is set, then `\(other)` must also be set")
    }
    guard let region = source["sso_region"] else { throw Self.missing("sso_region", profile) }
    guard let startURL = source["sso_start_url"] else { throw Self.missing("sso_start_url", profile) }
    self.profile = profile.name
    sessionName = profile["sso_session"]
    self.startURL = startURL
    self.region = region
    accountID = profile["sso_account_id"]
    roleName = profile["sso_role_name"]
  }

  /// What the cache file is named after.
  package var cacheKey: String { sessionName ?? startURL }

  /// What helps when the sign-on has ended.
  package var login: String { "aws sso login --profile \(profile)" }

  private static func refusal(_ profile: Profile, _ reason: String) -> CredentialsError {
    CredentialsError(
      .configuration, "profile `\(profile.name)` has invalid SSO config: \(reason)",
      hint: "aws configure sso --profile \(profile.name)")
  }

  private static func missing(_ property: String, _ profile: Profile) -> CredentialsError {
    CredentialsError(
      .configuration, "missing credential source in `\(profile.name)`: `\(property)` was missing",
      hint: "aws configure sso --profile \(profile.name)")
  }
}
