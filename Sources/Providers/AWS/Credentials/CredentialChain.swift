/// Where AWS credentials are looked for when nobody says where they are: one place after the other.
///
/// The first that has some gives them. One that is configured and fails ends the search with its error: to go on would
/// be to work as somebody else than the user meant.
///
/// Source: the default chain of the AWS SDK for Rust.
package struct CredentialChain: CredentialSource {
  private let environment: EnvironmentCredentials
  private let profile: ProfileCredentials
  private let sources: [any CredentialSource]

  /// The places in order: environment, profile, web identity, container, instance.
  ///
  /// `isProfileExplicit` says that the user of this program has named the profile; then keys in the environment are not
  /// what is meant.
  package init(
    environment: EnvironmentCredentials, profile: ProfileCredentials, isProfileExplicit: Bool = false,
    webIdentity: any CredentialSource, container: any CredentialSource, instance: any CredentialSource
  ) {
    self.environment = environment
    self.profile = profile
    let first: [any CredentialSource] = isProfileExplicit ? [profile] : [environment, profile]
    sources = first + [webIdentity, container, instance]
  }

  /// The credentials of the first place that has some; `nil` when none has.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    for source in sources {
      if let credentials = try await source.credentials() { return credentials }
    }
    return nil
  }

  /// What is not there, after ``credentials()`` has given nothing.
  package func missing() -> MissingCredentials {
    MissingCredentials(variables: environment.missing, notes: profile.notes())
  }
}

/// What somebody who has no credentials is to be told.
package struct MissingCredentials: Sendable, Hashable {
  /// The variables that would be enough and are not set, in the order in which they are to be named.
  package var variables: [String]
  /// What else was found: a profile that is not there, a file that could not be read.
  package var notes: [String]

  /// What is missing.
  package init(variables: [String], notes: [String] = []) {
    self.variables = variables
    self.notes = notes
  }
}
