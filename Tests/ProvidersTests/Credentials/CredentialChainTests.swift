import OperatingSystem
import Protocol
import Providers
import Testing

@Suite struct `The credential chain:` {
  private static let keys = ["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "canarysecret"]

  private func environment(_ variables: [String: String]) -> EnvironmentCredentials {
    EnvironmentCredentials(environment: ProcessEnvironment(variables))
  }

  private func named(_ name: String) -> AWSCredentials {
    AWSCredentials(accessKeyID: name, secretAccessKey: Secret("x"), source: name)
  }

  @Test func `keys in the environment are credentials`() async throws {
    var variables = Self.keys
    variables["AWS_SESSION_TOKEN"] = "token"
    variables["AWS_CREDENTIAL_EXPIRATION"] = "2009-02-13T23:31:30Z"
    variables["AWS_ACCOUNT_ID"] = "42"
    let found = try await environment(variables).credentials()
    #expect(
      found
        == AWSCredentials(
          accessKeyID: "id", secretAccessKey: Secret("canarysecret"), sessionToken: Secret("token"),
          expiresAt: 1_234_567_890_000, accountID: "42", source: "environment"))
    #expect(environment(variables).missing == [])
  }

  @Test func `old names count, and newer ones before them`() async throws {
    let old = ["AWS_ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "old", "AWS_SECURITY_TOKEN": "old"]
    #expect(try await environment(old).credentials()?.secretAccessKey.reveal() == "old")
    #expect(try await environment(old).credentials()?.sessionToken?.reveal() == "old")
    let both = old.merging(["AWS_SECRET_ACCESS_KEY": "new", "AWS_SESSION_TOKEN": "new"]) { $1 }
    #expect(try await environment(both).credentials()?.secretAccessKey.reveal() == "new")
    #expect(try await environment(both).credentials()?.sessionToken?.reveal() == "new")
  }

  @Test(arguments: [
    ([:], ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
    (["AWS_ACCESS_KEY_ID": "id"], ["AWS_SECRET_ACCESS_KEY"]),
    (["AWS_ACCESS_KEY_ID": " \t", "AWS_SECRET_ACCESS_KEY": "s"], ["AWS_ACCESS_KEY_ID"]),
    (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""], ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
  ])
  func `half of them is none, and which half is missing is known`(
    variables: [String: String], missing: [String]
  ) async throws {
    #expect(try await environment(variables).credentials() == nil)
    #expect(environment(variables).missing == missing)
  }

  @Test func `an end that is no time is an error, and an empty token is none`() async throws {
    let wrong = Self.keys.merging(["AWS_CREDENTIAL_EXPIRATION": "tomorrow"]) { $1 }
    let error = await #expect(throws: CredentialsError.self) { try await environment(wrong).credentials() }
    #expect(error?.message.contains("AWS_CREDENTIAL_EXPIRATION") == true)
    let blank = Self.keys.merging(["AWS_SESSION_TOKEN": ""]) { $1 }
    #expect(try await environment(blank).credentials()?.sessionToken == nil)
  }

  @Test func `a key that is set explicitly is never mixed with another's token`() async throws {
    var parts = ProfileParts(
      files: MemoryFiles(["/home/.aws/credentials": "[default]\naws_access_key_id = id\naws_secret_access_key = x"]))
    parts.variables["AWS_SESSION_TOKEN"] = "another's"
    #expect(try await parts.credentials().get()?.sessionToken == nil)
  }

  /// Asks a chain of which only the places from the given one on have something.
  private func ask(from place: Int, explicit: Bool = false) async throws -> (String?, [Int]) {
    let names = ["environment", "profile", "web identity", "container", "instance"]
    let later = (2...4).map { FixedSource(.success($0 >= place ? named(names[$0]) : nil)) }
    let files =
      place <= 1 ? ["/home/.aws/credentials": "[default]\naws_access_key_id = profile\naws_secret_access_key = x"] : [:]
    let chain = CredentialChain(
      environment: environment(
        place == 0 ? ["AWS_ACCESS_KEY_ID": "environment", "AWS_SECRET_ACCESS_KEY": "x"] : [:]),
      profile: ProfileParts(files: MemoryFiles(files)).source, isProfileExplicit: explicit, webIdentity: later[0],
      container: later[1], instance: later[2])
    return (try await chain.credentials()?.accessKeyID, later.map(\.timesAsked))
  }

  @Test func `the first place that has some gives them, and those after it are not asked`() async throws {
    #expect(try await ask(from: 0) == ("environment", [0, 0, 0]))
    #expect(try await ask(from: 1) == ("profile", [0, 0, 0]))
    #expect(try await ask(from: 2) == ("web identity", [1, 0, 0]))
    #expect(try await ask(from: 3) == ("container", [1, 1, 0]))
    #expect(try await ask(from: 4) == ("instance", [1, 1, 1]))
    #expect(try await ask(from: 5) == (nil, [1, 1, 1]))
  }

  @Test func `a profile that the user has named wins over the environment`() async throws {
    #expect(try await ask(from: 0, explicit: true) == ("profile", [0, 0, 0]))
  }

  @Test func `a place that fails ends the search`() async {
    let instance = FixedSource(.success(named("instance")))
    let chain = CredentialChain(
      environment: environment([:]), profile: ProfileParts().source, webIdentity: FixedSource(),
      container: FixedSource(.failure(CredentialsError(.denied, "the container said no"))), instance: instance)
    let error = await #expect(throws: CredentialsError.self) { try await chain.credentials() }
    #expect(error?.kind == .denied)
    #expect(instance.timesAsked == 0)
  }

  @Test func `what is missing is named`() async throws {
    let chain = CredentialChain(
      environment: environment(["AWS_ACCESS_KEY_ID": "id"]),
      profile: ProfileParts(files: MemoryFiles(["/home/.aws/config": "[profile a]\n"])).source,
      webIdentity: FixedSource(), container: FixedSource(), instance: FixedSource())
    #expect(try await chain.credentials() == nil)
    #expect(
      chain.missing()
        == MissingCredentials(
          variables: ["AWS_SECRET_ACCESS_KEY"], notes: ["no profile `default` in the AWS files; there are: a"]))
  }

  @Test func `a profile that is named and not there ends the search`() async {
    let instance = FixedSource(.success(named("instance")))
    let chain = CredentialChain(
      environment: environment([:]), profile: ProfileParts(profile: "dev").source, webIdentity: instance,
      container: instance, instance: instance)
    let error = await #expect(throws: CredentialsError.self) { try await chain.credentials() }
    #expect(error?.kind == .configuration)
    #expect(instance.timesAsked == 0)
  }
}
