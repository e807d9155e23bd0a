import OperatingSystem
import Protocol
import Providers
import Testing

@Suite struct `A login session:` {
  private static let session = "arn:aws:iam::012345678901:user/me"
  private static let path = "/cache/\(SHA256.hexadecimal(Array(session.utf8))).json"

  private func ask(
    _ text: String?, variables: [String: String] = ["AWS_LOGIN_CACHE_DIRECTORY": "/cache"], path: String = path
  )
    async -> Result<AWSCredentials?, CredentialsError>
  {
    let time = ProfileParts().time
    let files = MemoryFiles()
    files[path] = text
    let source = LoginCredentials(
      session: Self.session, profile: "dev", environment: ProcessEnvironment(variables), files: files.source,
      time: time)
    let result = await outcome(of: source)
    if case .failure(let error) = result { #expect(!String(describing: error).contains("canary")) }
    #expect(files.written.isEmpty)
    return result
  }

  private func token(expiresIn milliseconds: Int) -> String {
    let end = Timestamp.text(milliseconds: ChainCase.now + milliseconds)
    return #"""
      {"accessToken":{"accessKeyId":"id","secretAccessKey":"canarysecret","sessionToken":"token",
      "accountId":"42","expiresAt":"\#(end)"},"tokenType":"aws_sigv4","refreshToken":"canaryrefresh"}
      """#
  }

  private func failure(_ result: Result<AWSCredentials?, CredentialsError>) -> CredentialsError? {
    guard case .failure(let error) = result else { return nil }
    return error
  }

  @Test func `one that lives gives its credentials`() async throws {
    let found = try await ask(token(expiresIn: 60_000)).get()
    #expect(found?.accessKeyID == "id")
    #expect(found?.secretAccessKey.reveal() == "canarysecret")
    #expect(found?.sessionToken?.reveal() == "token")
    #expect(found?.accountID == "42")
    #expect(found?.expiresAt.map { $0 / 1_000 } == (ChainCase.now + 60_000) / 1_000)
    let home = ["HOME": "/home"]
    let path = "/home/.aws/login" + Self.path
    #expect(try await ask(token(expiresIn: 60_000), variables: home, path: path).get()?.accessKeyID == "id")
  }

  @Test func `one that has ended, or never began, asks for a login`() async {
    for text in [token(expiresIn: -1_000), nil] {
      let error = failure(await ask(text))
      #expect(error?.kind == .expired)
      #expect(error?.hint?.hasPrefix("aws login --profile dev;") == true)
      #expect(error?.hint?.contains("aws configure export-credentials --profile dev --format process") == true)
    }
  }

  @Test(arguments: [
    "", "{}", #"{"accessToken":"canary"}"#,
    #"{"accessToken":{"accessKeyId":"canary","expiresAt":"2090-01-01T00:00:00Z"}}"#,
  ])
  func `a file that is none is refused`(text: String) async {
    #expect(failure(await ask(text))?.kind == .unavailable)
  }

  @Test func `without a home there is no place to look`() async {
    #expect(failure(await ask(nil, variables: [:]))?.kind == .configuration)
  }
}
