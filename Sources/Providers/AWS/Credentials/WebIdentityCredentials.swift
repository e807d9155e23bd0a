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
    let token = try WebIdentityCredentials.token(at: path, in: files)
    var credentials = try await roles.assumeRoleWithWebIdentity(role, token: token)
    credentials.source = "web identity (\(arn))"
    return credentials
  }

  /// The token in a file, less the white space around it, which a text editor or `echo` leaves there.
  package static func token(at path: String, in files: FileSource) throws(CredentialsError) -> Secret {
    let bytes: [UInt8]?
    do { bytes = try files.read(path) } catch {
      throw CredentialsError(
        .configuration, "the web identity token cannot be read: \(error.message)",
        hint: "check AWS_WEB_IDENTITY_TOKEN_FILE and who may read it")
    }
    guard let bytes else {
      throw CredentialsError(
        .configuration, "the web identity token's file is not there: '\(path)'",
        hint: "check AWS_WEB_IDENTITY_TOKEN_FILE, or the mount that should hold the file")
    }
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let token = Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    guard !token.isEmpty, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CredentialsError(
        .configuration,
        "the file '\(path)' holds no web identity token: \(token.isEmpty ? "it is empty" : "it is not one word")",
        hint: "whoever writes the file must write a token")
    }
    return Secret(String(decoding: token, as: UTF8.self))
  }
}
