package import OperatingSystem
internal import Protocol

/// Credentials that the user's AWS files lead to: keys, a sign-on, a program, and roles assumed with any of them.
///
/// The files are read anew each time it is asked.
package struct ProfileCredentials: CredentialSource {
  /// The sources that a profile may name as its `credential_source`.
  package struct NamedSources: Sendable {
    /// What `credential_source = Environment` means.
    package var environment: any CredentialSource
    /// `EcsContainer`.
    package var container: any CredentialSource
    /// `Ec2InstanceMetadata`.
    package var instance: any CredentialSource

    /// These sources.
    package init(
      environment: any CredentialSource, container: any CredentialSource, instance: any CredentialSource
    ) {
      self.environment = environment
      self.container = container
      self.instance = instance
    }

    /// The source of that name, in whatever case.
    fileprivate func source(_ name: String) -> (any CredentialSource)? {
      switch name.lowercased() {
      case "environment": environment
      case "ecscontainer": container
      case "ec2instancemetadata": instance
      default: nil
      }
    }
  }

  private let profile: String?
  private let region: String?
  private let environment: ProcessEnvironment
  private let files: FileSource
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let processes: ProcessRunner
  private let roles: any RoleAssumer
  private let named: NamedSources

  /// The credentials of a profile.
  ///
  /// `profile` is the one that was named explicitly, else the variables name it; `region` is the one whose STS is to be
  /// asked if it was named explicitly, else the variables or the files name it.
  package init(
    profile: String? = nil, region: String? = nil, environment: ProcessEnvironment, files: FileSource,
    transport: any HTTPTransport, time: TimeSource, processes: ProcessRunner, roles: any RoleAssumer,
    named: NamedSources
  ) {
    self.profile = profile
    self.region = region
    self.environment = environment
    self.files = files
    self.transport = transport
    self.time = time
    self.processes = processes
    self.roles = roles
    self.named = named
  }

  /// The profile's credentials; `nil` when the files say nothing of credentials.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    let profiles = try Profiles.load(environment: environment, files: files, profile: profile)
    guard let chain = try ProfileChain.resolve(profiles) else { return nil }
    let region = region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profiles.region
    var credentials = try await base(chain, profiles, region: region)
    for role in chain.roles {
      let assumed = AssumedRole(
        arn: role.arn, sessionName: role.sessionName ?? "assume-role-from-profile-\(time.now())",
        externalID: role.externalID, durationSeconds: role.durationSeconds, region: region)
      credentials = try await roles.assumeRole(assumed, with: credentials)
    }
    if !chain.roles.isEmpty { credentials.source = "profile \(profiles.selectedName) (assume role)" }
    return credentials
  }

  /// Why the files gave nothing, for a person who finds that there are no credentials; empty when there is nothing to
  /// say.
  package func notes() -> [String] {
    guard let profiles = try? Profiles.load(environment: environment, files: files, profile: profile) else { return [] }
    guard profiles.selected == nil, !profiles.isEmpty else { return profiles.notes }
    let names = profiles.names.prefix(8).joined(separator: ", ")
    return profiles.notes + ["no profile `\(profiles.selectedName)` in the AWS files; there are: \(names)"]
  }

  private func base(_ chain: ProfileChain, _ profiles: Profiles, region: String?) async throws(CredentialsError)
    -> AWSCredentials
  {
    let profile = chain.baseProfile
    let source: any CredentialSource
    switch chain.base {
    case .keys(let credentials): return credentials
    case .webIdentity(let arn, let tokenFile, let sessionName):
      let role = AssumedRole(
        arn: arn, sessionName: sessionName ?? "web-identity-token-profile-\(time.now())", region: region)
      let token = try WebIdentityCredentials.token(
        at: ProfileLocations(environment: environment).expanded(tokenFile), in: files,
        named: "web_identity_token_file of profile `\(profile)`")
      var credentials = try await roles.assumeRoleWithWebIdentity(role, token: token)
      credentials.source = "profile \(profile) (web identity)"
      return credentials
    case .named(let name):
      guard let found = named.source(name) else {
        throw CredentialsError(
          .configuration,
          "profile referenced `\(name)` provider but that provider is not supported (credential_source of `\(profile)`)",
          hint: "write Environment, EcsContainer or Ec2InstanceMetadata")
      }
      guard let credentials = try await found.credentials() else {
        throw CredentialsError(
          .configuration,
          "profile `\(profile)` takes its credentials from `\(name)`, and the credential provider was not enabled: "
            + "nothing of the kind is configured here", hint: "run where it is, or choose another credential_source")
      }
      return credentials
    case .sso(let sso):
      source = SSOCredentials(
        sso, endpoints: EndpointSettings(environment: environment, profiles: profiles), environment: environment,
        files: files, transport: transport, time: time)
    case .login(let session):
      source = LoginCredentials(session: session, profile: profile, environment: environment, files: files, time: time)
    case .process(let command, let accountID):
      source = ProcessCredentials(
        command: command, profile: profile, accountID: accountID, hidden: hidden, runner: processes)
    }
    guard let credentials = try await source.credentials() else {
      throw CredentialsError(.unavailable, "profile `\(profile)` gave no credentials")
    }
    return credentials
  }

  /// What a program may know from this process's variables, and is not to be quoted with.
  private var hidden: [Secret] {
    [
      "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_BEARER_TOKEN_BEDROCK",
      "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN",
    ].compactMap { environment[$0].map(Secret.init) }
  }
}
