import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite struct WebIdentityCredentialsTests {
  /// Remembers what it was asked for.
  private final class Roles: RoleAssumer {
    let asked = Mutex<[(role: AssumedRole, token: String)]>([])

    func assumeRole(_ role: AssumedRole, with credentials: AWSCredentials) async throws(CredentialsError)
      -> AWSCredentials
    {
      throw CredentialsError(.denied, "not asked for in this way")
    }

    func assumeRoleWithWebIdentity(_ role: AssumedRole, token: Secret) async throws(CredentialsError)
      -> AWSCredentials
    {
      asked.withLock { $0.append((role, token.reveal())) }
      return .numbered(1)
    }
  }

  private let folder: TemporaryFolder
  private let roles = Roles()

  init() throws { folder = try TemporaryFolder() }

  private func source(_ environment: [String: String]) -> WebIdentityCredentials {
    WebIdentityCredentials(
      environment: ProcessEnvironment(environment), files: .disk, roles: roles, time: ManualClock(.passes).source)
  }

  @Test func `without a token file there is no such source`() async throws {
    #expect(try await source([:]).credentials() == nil)
    #expect(try await source(["AWS_ROLE_ARN": "arn:aws:iam::1:role/A"]).credentials() == nil)
    #expect(try await source(["AWS_WEB_IDENTITY_TOKEN_FILE": " "]).credentials() == nil)
  }

  @Test func `the token is read anew each time, without the space around it`() async throws {
    let source = source([
      "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/A",
      "AWS_ROLE_SESSION_NAME": "named",
    ])
    try folder.write("token", "first.token\n")
    #expect(try await source.credentials()?.source == "web identity (arn:aws:iam::1:role/A)")
    try folder.write("token", "\r\n second.token ")
    _ = try await source.credentials()
    #expect(roles.asked.withLock { $0.map(\.token) } == ["first.token", "second.token"])
    #expect(
      roles.asked.withLock { $0.first?.role } == AssumedRole(arn: "arn:aws:iam::1:role/A", sessionName: "named"))
  }

  @Test func `a name is made up when none is given`() async throws {
    try folder.write("token", "token")
    _ = try await source([
      "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/A",
    ]).credentials()
    #expect(roles.asked.withLock { $0.first?.role.sessionName } == "wyn360-1800000000000")
  }

  @Test func `half a configuration is an error that names the other half`() async throws {
    let error = await credentialsError { () throws(CredentialsError) in
      try await source(["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"]).credentials()
    }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("AWS_ROLE_ARN") == true)
  }

  @Test(arguments: [nil, "", " \n", "canary one\ncanary two", "canary\u{7}"])
  func `a file without a token is an error that does not quote it`(content: String?) async throws {
    if let content { try folder.write("token", content) }
    let error = await credentialsError { () throws(CredentialsError) in
      try await source([
        "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/A",
      ]).credentials()
    }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains(folder.path + "/token") == true)
    #expect(hides(error, "canary"))
    #expect(roles.asked.withLock { $0.isEmpty })
  }
}
