import OperatingSystem
import Protocol
import Providers
import Testing

private struct Case: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var value: JSON

  static func all(_ cases: [JSON], name: String) -> [Case] {
    cases.map { Case(testDescription: $0[name]?.string ?? "?", value: $0) }
  }
}

@Suite struct `The SDKs' profile cases:` {
  /// What the AWS command line reads (`botocore.configloader`) though the SDKs do not: `name: value`, and the blanks in
  /// names of profiles that `aws configure` writes to the file `credentials`, and any word in those of `config`.
  private static let ofCommandLine: Set = [
    "Property definitions must contain an equals sign.", "Invalid profile names are ignored.",
    "Profile names support alphanumeric characters and - / . % @ _ : +",
  ]
  private static let files = Case.all(
    VectorFile.value("profile-parser-tests.json")["tests"]?.array ?? [], name: "name"
  ).filter { !ofCommandLine.contains($0.testDescription) }
  private static let locations = Case.all(
    VectorFile.value("file-location-tests.json")["tests"]?.array ?? [], name: "name")
  private static let chains = Case.all(VectorFile.value("assume-role-tests.json").array ?? [], name: "docs")

  @Test(.enabled(if: VectorFile.isThere("profile-parser-tests.json"), "the shared vectors are not here"))
  func `none is left out`() {
    #expect(Self.files.count >= 38)
    #expect(Self.locations.count >= 9)
    #expect(Self.chains.count >= 12)
  }

  @Test(
    .enabled(if: VectorFile.isThere("profile-parser-tests.json"), "the shared vectors are not here"),
    arguments: files)
  private func `a pair of files says what the case says`(test: Case) throws {
    let input = test.value["input"]?.texts ?? [:]
    let output = try #require(test.value["output"])
    func read() throws(CredentialsError) -> Profiles {
      func file(_ name: String, _ kind: ProfileFile.Kind) throws(CredentialsError) -> ProfileFile? {
        guard let text = input[name] else { return nil }
        return try ProfileFile(Array(text.utf8), kind: kind, path: name)
      }
      return Profiles(
        selected: "default", config: try file("configFile", .config),
        credentials: try file("credentialsFile", .credentials))
    }
    if let expected = output["errorContaining"]?.string {
      let error = #expect(throws: CredentialsError.self) { try read() }
      #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
      return
    }
    let profiles = try read()
    let config = try #require(output["config"])
    let read = profiles.names.map { ($0, profiles.profile(named: $0)) }
    #expect(Self.written(read) == (config["profiles"]?.membersByName ?? [:]).mapValues(\.texts))
    let sessions = profiles.sessionNames.map { ($0, profiles.session(named: $0)) }
    #expect(Self.written(sessions) == (config["sso_sessions"]?.membersByName ?? [:]).mapValues(\.texts))
  }

  /// All that is written, and nothing that is not.
  private static func written(_ profiles: [(String, Profile?)]) -> [String: [String: String]] {
    var written: [String: [String: String]] = [:]
    for (name, profile) in profiles {
      written[name] = [:]
      for property in profile?.propertyNames ?? [] { written[name]?[property] = profile?.written(property) }
    }
    return written
  }

  @Test(
    .enabled(if: VectorFile.isThere("file-location-tests.json"), "the shared vectors are not here"),
    arguments: locations)
  private func `the files lie where the case says`(test: Case) {
    let environment = ProcessEnvironment(test.value["environment"]?.texts ?? [:])
    let platform: ProfileLocations.Platform = test.value["platform"]?.string == "windows" ? .windows : .unix
    let locations = ProfileLocations(environment: environment, platform: platform)
    #expect(locations.config == test.value["configLocation"]?.string)
    #expect(locations.credentials == test.value["credentialsLocation"]?.string)
    if let profile = test.value["profile"]?.string {
      #expect(ProfileLocations.profileName(environment) == profile)
    }
  }

  @Test(
    .enabled(if: VectorFile.isThere("assume-role-tests.json"), "the shared vectors are not here"), arguments: chains)
  private func `a profile leads where the case says`(test: Case) throws {
    let input = try #require(test.value["input"])
    func profiles(_ name: String) -> [Profile] {
      (input[name]?.membersByName ?? [:]).map { Profile(name: $0.key, properties: $0.value.texts) }
    }
    let selected = try #require(input["selected_profile"]?.string)
    let all = Profiles(selected: selected, profiles: profiles("profiles"), sessions: profiles("sso_sessions"))
    let output = try #require(test.value["output"])
    var found: ProfileChain?
    var message =
      all.isEmpty ? "No profiles were defined" : "profile `\(selected)` did not contain credential information"
    do { found = try ProfileChain.resolve(all) } catch { message = error.message }
    if let expected = output["Error"]?.string {
      #expect(found == nil)
      #expect(message.contains(expected), "\(message)")
      return
    }
    let chain = try #require(found, "\(message)")
    #expect(JSON.array(Self.shown(chain)) == output["ProfileChain"])
  }

  /// A chain as the cases write it.
  private static func shown(_ chain: ProfileChain) -> [JSON] {
    func object(_ members: [(String, String?)]) -> JSON {
      .object(JSONObject(members.compactMap { member in member.1.map { (member.0, JSON.string($0)) } }))
    }
    let base: (String, JSON) =
      switch chain.base {
      case .named(let name): ("NamedSource", .string(name))
      case .keys(let keys):
        (
          "AccessKey",
          object([
            ("access_key_id", keys.accessKeyID), ("secret_access_key", keys.secretAccessKey.reveal()),
            ("session_token", keys.sessionToken?.reveal()), ("account_id", keys.accountID),
          ])
        )
      case .webIdentity(let arn, let file, let name):
        (
          "WebIdentityToken",
          object([("role_arn", arn), ("web_identity_token_file", file), ("role_session_name", name)])
        )
      case .sso(let sso):
        (
          "Sso",
          object([
            ("sso_session", sso.sessionName), ("sso_region", sso.region), ("sso_start_url", sso.startURL),
            ("sso_account_id", sso.accountID), ("sso_role_name", sso.roleName),
          ])
        )
      case .login(let session): ("LoginSession", .string(session))
      case .process(let command, _): ("CredentialProcess", .string(command.reveal()))
      }
    return [.object(JSONObject([base]))]
      + chain.roles.map { role in
        .object(
          JSONObject([
            (
              "AssumeRole",
              object([
                ("role_arn", role.arn), ("external_id", role.externalID), ("role_session_name", role.sessionName),
              ])
            )
          ]))
      }
  }
}
