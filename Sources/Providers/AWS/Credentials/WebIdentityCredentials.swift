package import OperatingSystem
package import Protocol

/// The role that the environment names, assumed with a token from a file: how pods of EKS and CI jobs get credentials.
///
/// `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and, if it is set, `AWS_ROLE_SESSION_NAME`. The token is short-lived and
/// its file is rewritten, so it is read anew each time.
package struct WebIdentityCredentials: CredentialSource {
  private let environment: ProcessEnvironment
  private let files: FileSource
  private let roles: any RoleAssumer
  private let time: TimeSource

  /// The source; nothing is read yet.
  package init(environment: ProcessEnvironment, files: FileSource, roles: any RoleAssumer, time: TimeSource) {
    self.environment = environment
    self.files = files
    self.roles = roles
    self.time = time
  }

  /// The role's credentials; `nil` unless the environment names a token file.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
    guard let arn = environment["AWS_ROLE_ARN"] else {
      throw CredentialsError(
        .configuration, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not",
        hint: "set AWS_ROLE_ARN to the role to assume, or unset both")
    }
    let name = environment["AWS_ROLE_SESSION_NAME"] ?? SecurityTokenService.sessionName(now: time.now())
    let role = AssumedRole(arn: arn, sessionName: name)
    let token = try WebIdentityCredentials.token(at: path, in: files, named: "AWS_WEB_IDENTITY_TOKEN_FILE")
    var credentials = try await roles.assumeRoleWithWebIdentity(role, token: token)
    credentials.source = "web identity (\(arn))"
    return credentials
  }

  /// The token in a file, read anew as whoever puts it there renews it; `name` is the setting that the path is from.
  package static func token(at path: String, in files: FileSource, named name: String) throws(CredentialsError)
    -> Secret
  {
    let bytes: [UInt8]?
    do { bytes = try files.read(path) } catch {
      throw CredentialsError(
        .configuration, "\(name): \(error.message)", hint: "check the setting, and who may read the file")
    }
    guard let bytes else {
      throw CredentialsError(
        .configuration, "\(name): failed to read `\(path)`: No such file or directory",
        hint: "check the setting, or the mount that should hold the file")
    }
    do { return try LoneWord.secret(in: bytes) } catch {
      throw CredentialsError(
        .configuration, "\(name): `\(path)` \(error == .isEmpty ? "is empty" : "is not one word, as a token is")",
        hint: "whoever writes the file must write a token")
    }
  }
}
