import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// The SDKs' cases against the chain as the program has it: real sources, real signatures, recorded replies.
@Suite(.enabled(if: VectorFile.isThere("chain-cases.json"), "the shared vectors are not here"))
struct `The SDKs' chain cases:` {
  private static let chains = ChainCase.all("default-credential-provider-chain")
  private static let profiles = ChainCase.all("profile-provider")
  private static let tokens = ChainCase.all("default-token-provider-chain")

  @Test func `none is left out`() {
    #expect(ChainCase.all.count >= 32)
    #expect(Self.chains.count >= 24)
    #expect(Self.profiles.count >= 6)
    #expect(Self.tokens.count >= 2)
    #expect(Self.chains.count + Self.profiles.count + Self.tokens.count == ChainCase.all.count)
  }

  private func setup(_ test: ChainCase, _ traffic: RecordedTraffic) -> AWSSetup {
    AWSSetup(
      AWSSetup.Surroundings(
        environment: test.environment, files: MemoryFiles(test.files).source, processes: .system, transport: traffic,
        time: ChainCase.time))
  }

  @Test(arguments: chains) func `the chain ends as the case says`(test: ChainCase) async throws {
    let traffic = RecordedTraffic(test.traffic)
    try test.check(await outcome(of: setup(test, traffic)))
    #expect(traffic.left == 0)
  }

  @Test(arguments: profiles) func `the profile that is named ends as the case says`(test: ChainCase) async throws {
    let traffic = RecordedTraffic(test.traffic)
    let setup = setup(test, traffic)
    setup.select(profile: ProfileLocations.profileName(test.environment), region: nil)
    try test.check(await outcome(of: setup))
    #expect(traffic.left == 0)
  }

  @Test(arguments: tokens) func `the sign-on's token is the case's`(test: ChainCase) async throws {
    guard case .token(let expected) = test.expected else { return }
    let traffic = RecordedTraffic(test.traffic)
    let files = MemoryFiles(test.files).source
    let profiles = try Profiles.load(environment: test.environment, files: files)
    let profile = try #require(profiles.selected)
    let sso = try #require(try SSOConfiguration(profile, in: profiles))
    let tokens = SSOTokens(environment: test.environment, files: files, transport: traffic, time: ChainCase.time)
    let endpoints = EndpointSettings(environment: test.environment, profiles: profiles)
    let token = try await tokens.token(sso, endpoints: endpoints)
    #expect(token.accessToken.reveal() == expected["token"]?.string)
    #expect(Timestamp.text(milliseconds: token.expiresAt) == expected["expiration"]?.string)
    #expect(traffic.left == 0)
  }
}

extension ChainCase {
  /// A moment before anything in the cases ends, in which waits between tries are nothing and no bound is ever reached.
  static let time = TimeSource(
    now: { 1_230_768_000_000 }, monotonic: { 0 },
    sleep: { if $0 >= 10_000 { try await Latch().wait() } }, random: { 0 })
}

/// What a setup's chain gives, as a value.
private func outcome(of setup: AWSSetup) async -> Result<AWSCredentials?, CredentialsError> {
  do throws(CredentialsError) { return .success(try await setup.credentials()) } catch { return .failure(error) }
}
