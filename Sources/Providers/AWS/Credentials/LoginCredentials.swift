package import OperatingSystem
internal import Protocol

/// Credentials that `aws login` has put on disk: a session of the AWS console.
///
/// They live for 15 minutes. To renew them takes a proof signed with a key on the curve P-256, which this program does
/// not make: it uses what is there, and says what to do when that has ended. The AWS command line renews them for 12 hours,
/// and gives them to whoever names it as a `credential_process` (AWS SDKs and Tools Reference Guide, login credentials).
package struct LoginCredentials: CredentialSource {
  private let session: String
  private let profile: String
  private let environment: ProcessEnvironment
  private let files: FileSource
  private let time: TimeSource

  /// The credentials of a profile's `login_session`.
  package init(
    session: String, profile: String, environment: ProcessEnvironment, files: FileSource, time: TimeSource
  ) {
    self.session = session
    self.profile = profile
    self.environment = environment
    self.files = files
    self.time = time
  }

  /// The session's credentials, read anew each time: a new `aws login` counts at once.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    let path = try path()
    var bytes: [UInt8]?
    do { bytes = try files.read(path) } catch { throw CredentialsError(.unavailable, error.message) }
    guard let bytes else {
      throw CredentialsError(.expired, "failed to read `\(path)`: No such file or directory", hint: login)
    }
    let token = try CredentialDocument(bytes, origin: "`\(path)`").document("accessToken")
    let expiresAt = try token.requiredMoment("expiresAt")
    guard expiresAt > time.now() else {
      throw CredentialsError(
        .expired, "the login session of profile `\(profile)` ended at \(Timestamp.text(milliseconds: expiresAt))",
        hint: login)
    }
    return AWSCredentials(
      accessKeyID: try token.required("accessKeyId"), secretAccessKey: try token.secret("secretAccessKey"),
      sessionToken: try token.secret("sessionToken"), expiresAt: expiresAt, accountID: token.text("accountId"),
      source: "profile \(profile) (login session)")
  }

  private func path() throws(CredentialsError) -> String {
    let locations = ProfileLocations(environment: environment)
    let folder = environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
    guard locations.home != nil || !folder.hasPrefix("~") else {
      throw CredentialsError(
        .configuration, "the login session of profile `\(profile)` lies in the user's folder, which HOME does not name",
        hint: "set HOME")
    }
    return "\(locations.expanded(folder))/\(SHA256.hexadecimal(Array(session.utf8))).json"
  }

  private var login: String {
    "aws login --profile \(profile); a profile with `credential_process = aws configure export-credentials --profile "
      + "\(profile) --format process` has the AWS command line renew it"
  }
}
