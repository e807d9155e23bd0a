import Protocol
import Providers
import Testing

@Suite(.enabled(if: VectorFile.isThere("chain-cases.json"), "the shared vectors are not here"))
struct `The SDKs' chain cases without STS, containers and instances:` {
  private static let chains = ChainCase.all("default-credential-provider-chain").filter(\.asksOnlySignOn)
  private static let profiles = ChainCase.all("profile-provider").filter(\.asksOnlySignOn)
  private static let tokens = ChainCase.all("default-token-provider-chain").filter(\.asksOnlySignOn)

  @Test func `none is left out`() {
    #expect(ChainCase.all.count >= 32)
    #expect(Self.chains.count >= 11)
    #expect(Self.profiles.count >= 2)
    #expect(Self.tokens.count >= 2)
  }

  private func parts(_ test: ChainCase, _ traffic: RecordedTraffic) -> ProfileParts {
    var parts = ProfileParts(variables: test.variables, files: MemoryFiles(test.files), transport: traffic)
    parts.processes = .system
    parts.environment = EnvironmentCredentials(environment: test.environment)
    return parts
  }

  @Test(arguments: chains) func `the chain ends as the case says`(test: ChainCase) async throws {
    let traffic = RecordedTraffic(test.traffic)
    let chain = CredentialChain(
      environment: EnvironmentCredentials(environment: test.environment), profile: parts(test, traffic).source,
      webIdentity: FixedSource(), container: FixedSource(), instance: FixedSource())
    try test.check(await outcome(of: chain))
    #expect(traffic.left == 0)
  }

  @Test(arguments: profiles) func `the profile ends as the case says`(test: ChainCase) async throws {
    let traffic = RecordedTraffic(test.traffic)
    try test.check(await parts(test, traffic).credentials())
    #expect(traffic.left == 0)
  }

  @Test(arguments: tokens) func `the sign-on's token is the case's`(test: ChainCase) async throws {
    guard case .token(let expected) = test.expected else { return }
    let traffic = RecordedTraffic(test.traffic)
    let parts = parts(test, traffic)
    let profiles = try Profiles.load(environment: test.environment, files: parts.files.source)
    let profile = try #require(profiles.selected)
    let sso = try #require(try SSOConfiguration(profile, in: profiles))
    let tokens = SSOTokens(
      environment: test.environment, files: parts.files.source, transport: traffic, time: parts.time)
    let endpoint = ConfiguredEndpoint(environment: test.environment, profiles: profiles)
    let token = try await tokens.token(sso, endpoint: endpoint)
    #expect(token.accessToken.reveal() == expected["token"]?.string)
    #expect(Timestamp.text(milliseconds: token.expiresAt) == expected["expiration"]?.string)
    #expect(traffic.left == 0)
  }
}
