package import Protocol

/// The way from a profile to credentials: where the first come from, and the roles that are assumed with them in turn.
///
/// What wins over what is as in the AWS SDK for Rust, whose tests are shared by the SDKs, with one exception: keys in the
/// file `credentials` win over a `credential_process`, as botocore and so the AWS CLI have it.
package struct ProfileChain: Sendable, Hashable {
  /// Where the first credentials come from.
  package enum Base: Sendable, Hashable {
    /// A `credential_source`: `Environment`, `EcsContainer` or `Ec2InstanceMetadata`, in whatever case.
    case named(String)
    /// Keys that stand in the profile.
    case keys(AWSCredentials)
    /// A role that is had for a token in a file; `sessionName` as the profile has it.
    case webIdentity(roleARN: String, tokenFile: String, sessionName: String?)
    /// Single sign-on.
    case sso(SSOConfiguration)
    /// The session of an `aws login`.
    case login(session: String)
    /// A program, which may have a password in its command line.
    case process(command: Secret, accountID: String?)
  }

  /// A role as a profile describes it.
  package struct Role: Sendable, Hashable {
    /// The role's name in AWS.
    package var arn: String
    /// The name that the account's logs are to show.
    package var sessionName: String?
    /// The word that the role's owner may ask for.
    package var externalID: String?
    /// How long the credentials shall last, in seconds.
    package var durationSeconds: Int?
  }

  /// Where the first credentials come from.
  package var base: Base
  /// The profile that says so.
  package var baseProfile: String
  /// The roles to be assumed, in that order.
  package var roles: [Role]

  /// The way from the selected profile.
  ///
  /// - Returns: `nil` when there is no such configuration: nobody named a profile and there is no default one, or it says
  ///   nothing of credentials.
  /// - Throws: ``CredentialsError`` of the kind `configuration` when a profile that is named is not there, or what is there
  ///   cannot be followed.
  package static func resolve(_ profiles: Profiles) throws(CredentialsError) -> ProfileChain? {
    guard profiles.isNamed || profiles.selected != nil else { return nil }
    var roles: [Role] = []
    var visited: [String] = []
    var name = profiles.selectedName
    while true {
      guard let profile = profiles.profile(named: name) else { throw undefined(name, visited, profiles) }
      guard !visited.contains(name) else { throw loop(visited, name) }
      visited.append(name)
      guard visited.count <= ProfileLimits.chainMax else {
        throw CredentialsError(
          .configuration,
          "profile `\(visited[0])` leads over more than \(ProfileLimits.chainMax) others to credentials",
          hint: "shorten the chain of source_profile")
      }
      // From the second on, a profile that has keys is asked for them, whatever else it says.
      if visited.count > 1, let keys = try? keys(profile) {
        return ProfileChain(base: .keys(keys), baseProfile: name, roles: roles.reversed())
      }
      guard let role = try role(profile) else {
        guard let base = try sourced(profile, in: profiles, isFirst: visited.count == 1) else { return nil }
        return ProfileChain(base: base, baseProfile: name, roles: roles.reversed())
      }
      roles.append(role)
      guard let next = try source(profile), next != name else {
        guard let base = try base(profile, in: profiles) else { throw withoutCredentials(name) }
        return ProfileChain(base: base, baseProfile: name, roles: roles.reversed())
      }
      name = next
    }
  }

  /// The base of a profile that is no role; one that another relies on must have one.
  private static func sourced(_ profile: Profile, in profiles: Profiles, isFirst: Bool) throws(CredentialsError)
    -> Base?
  {
    guard !isFirst else { return try base(profile, in: profiles) }
    do throws(CredentialsError) {
      if let base = try base(profile, in: profiles) { return base }
      throw withoutCredentials(profile.name)
    } catch {
      throw CredentialsError(
        error.kind, "invalid credential source in `\(profile.name)`: could not load source profile: \(error.message)",
        hint: error.hint)
    }
  }

  /// The role that a profile is, if it is one to be assumed with other credentials.
  private static func role(_ profile: Profile) throws(CredentialsError) -> Role? {
    // A token in a file takes no credentials: that role is where a chain begins.
    guard profile["web_identity_token_file"] == nil, let arn = profile["role_arn"] else { return nil }
    if profile["mfa_serial"] != nil {
      throw CredentialsError(
        .configuration,
        "profile `\(profile.name)` wants a code of an MFA device (mfa_serial), and nobody is here to be asked",
        hint: "get credentials with a tool that asks, such as aws configure export-credentials --profile "
          + "\(profile.name), or remove mfa_serial")
    }
    var duration: Int?
    if let text = profile["duration_seconds"] {
      duration = Int(text)
      guard let duration, duration > 0 else {
        throw CredentialsError(
          .configuration, "profile `\(profile.name)`: duration_seconds is not a number of seconds",
          hint: "write it like 3600")
      }
    }
    return Role(
      arn: arn, sessionName: profile["role_session_name"], externalID: profile["external_id"],
      durationSeconds: duration)
  }

  /// The profile whose credentials assume a profile's role; `nil` when it names a `credential_source`.
  private static func source(_ profile: Profile) throws(CredentialsError) -> String? {
    switch (profile["source_profile"], profile["credential_source"]) {
    case (_?, _?):
      throw refusal(
        profile,
        "profile contained both source_profile and credential_source. Only one or the other can be defined",
        hint: "remove one of the two")
    case (nil, nil):
      throw refusal(
        profile, "profile must contain `source_profile` or `credential_source` but neither were defined",
        hint: "add source_profile, the name of a profile that may assume the role")
    case (let source, _): return source
    }
  }

  /// Where a profile's own credentials come from; `nil` when it does not say.
  private static func base(_ profile: Profile, in profiles: Profiles) throws(CredentialsError) -> Base? {
    if let source = profile["credential_source"] { return .named(source) }
    if let tokenFile = profile["web_identity_token_file"] {
      guard let arn = profile["role_arn"] else {
        throw refusal(
          profile, "`web_identity_token_file` was specified but `role_arn` was missing", hint: "add role_arn")
      }
      return .webIdentity(roleARN: arn, tokenFile: tokenFile, sessionName: profile["role_session_name"])
    }
    if let sso = try SSOConfiguration(profile, in: profiles) { return .sso(sso) }
    if let session = profile["login_session"] { return .login(session: session) }
    if let command = profile.secret("credential_process"), !profile.hasKeysInCredentialsFile {
      return .process(command: command, accountID: profile["aws_account_id"])
    }
    return try keys(profile).map(Base.keys)
  }

  /// The keys that stand in a profile; `nil` when there is none of their parts.
  private static func keys(_ profile: Profile) throws(CredentialsError) -> AWSCredentials? {
    let token = profile.secret("aws_session_token") ?? profile.secret("aws_security_token")
    let parts = (profile["aws_access_key_id"], profile.secret("aws_secret_access_key"))
    if parts.0 == nil && parts.1 == nil && token == nil { return nil }
    guard let accessKeyID = parts.0 else {
      throw refusal(profile, "profile missing aws_access_key_id", hint: "aws configure --profile \(profile.name)")
    }
    guard let secretAccessKey = parts.1 else {
      throw refusal(profile, "profile missing aws_secret_access_key", hint: "aws configure --profile \(profile.name)")
    }
    return AWSCredentials(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: token,
      accountID: profile["aws_account_id"], source: "profile \(profile.name)")
  }

  private static func refusal(_ profile: Profile, _ reason: String, hint: String) -> CredentialsError {
    CredentialsError(.configuration, "invalid credential source in `\(profile.name)`: \(reason)", hint: hint)
  }

  private static func withoutCredentials(_ name: String) -> CredentialsError {
    CredentialsError(
      .configuration, "profile `\(name)` did not contain credential information",
      hint: "aws configure --profile \(name)")
  }

  private static func undefined(_ name: String, _ visited: [String], _ profiles: Profiles) -> CredentialsError {
    // Somebody may have named a key in the place of a profile.
    let name = SecretShape.shown(name)
    let files = profiles.searched.isEmpty ? "" : " in \(profiles.searched.joined(separator: " or "))"
    let user = visited.last.map { ": could not find source profile \(name) referenced from \($0)" }
    let near = NearMiss.of(name, among: profiles.names).map { "did you mean `\($0)`?" }
    let some = profiles.names.prefix(8).joined(separator: ", ")
    let there = profiles.names.isEmpty ? "No profiles were defined" : "there are: \(some)"
    return CredentialsError(
      .configuration,
      (["profile `\(name)` was not defined\(files)\(user ?? ": could not find it")", there]
        + profiles.notes.prefix(3)).joined(separator: "; "),
      hint: [near, "add it with aws configure --profile \(name), or name another"].compactMap(\.self)
        .joined(separator: " "))
  }

  private static func loop(_ visited: [String], _ name: String) -> CredentialsError {
    CredentialsError(
      .configuration,
      "profile formed an infinite loop. first we loaded \(visited.joined(separator: " → ")), then attempted to "
        + "reload \(name)", hint: "let the last source_profile name a profile that has credentials")
  }
}
