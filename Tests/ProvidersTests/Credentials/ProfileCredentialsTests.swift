import OperatingSystem
import Protocol
import Providers
import Testing

@Suite struct `A profile's credentials:` {
  private func parts(config: String = "", credentials: String? = nil, profile: String? = nil) -> ProfileParts {
    var files = ["/home/.aws/config": config]
    files["/home/.aws/credentials"] = credentials
    return ProfileParts(profile: profile, files: MemoryFiles(files))
  }

  private func failure(_ parts: ProfileParts) async -> CredentialsError? {
    guard case .failure(let error) = await parts.credentials() else { return nil }
    return error
  }

  @Test func `without files, without a default profile and without keys there are none`() async throws {
    #expect(try await ProfileParts().credentials().get() == nil)
    #expect(try await parts(config: "[profile other]\nregion = x").credentials().get() == nil)
    #expect(try await parts(config: "[default]\nregion = x").credentials().get() == nil)
    #expect(
      try await parts(credentials: "[default]\naws_access_key_id =\naws_secret_access_key = ").credentials().get()
        == nil)
  }

  @Test func `keys come from both files, the credentials file first`() async throws {
    let parts = parts(
      config: "[default]\naws_access_key_id = old\naws_account_id = 42",
      credentials: "[default]\naws_access_key_id = id\naws_secret_access_key = canary\naws_session_token = token")
    let found = try #require(try await parts.credentials().get())
    #expect(
      found
        == AWSCredentials(
          accessKeyID: "id", secretAccessKey: Secret("canary"), sessionToken: Secret("token"), accountID: "42",
          source: "profile default"))
  }

  @Test func `a profile that is named and not there is an error that lists those that are`() async {
    let error = await failure(parts(config: "[profile one]\n[default]\n", profile: "two"))
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("profile `two` was not defined") == true)
    #expect(error?.message.contains("default, one") == true)
  }

  @Test(arguments: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", nil], ["", "[default]\naws_access_key_id = id\n"])
  func `a profile that is named and not there is never another source`(variable: String?, file: String) async {
    var parts = parts(config: file + "[profile team one]\n[profile teams]\n", profile: variable == nil ? "team" : nil)
    if let variable { parts.variables[variable] = "team" }
    let error = await failure(parts)
    #expect(error?.message.contains("profile `team` was not defined in /home/.aws/config or /home/.aws") == true)
    #expect(error?.message.contains("teams") == true)
    #expect(error?.message.contains("`/home/.aws/config`, line \(file.isEmpty ? 1 : 3) is left out") == true)
    #expect(error?.hint?.contains("did you mean `teams`?") == true)
  }

  @Test func `a source profile that is not there is never another source`() async {
    let role = "role_arn = arn:aws:iam::1:role/r\n"
    let error = await failure(
      parts(config: "[default]\n\(role)source_profile = bse\n[profile base]\naws_access_key_id = id\n"))
    #expect(error?.message.contains("could not find source profile bse referenced from default") == true)
    #expect(error?.hint?.contains("did you mean `base`?") == true)
  }

  @Test func `half a key is an error that names the other half`() async {
    let first = await failure(parts(credentials: "[default]\naws_secret_access_key = canarysecret"))
    #expect(first?.message.contains("missing aws_access_key_id") == true)
    let second = await failure(parts(credentials: "[default]\naws_access_key_id = AKIACANARY"))
    #expect(second?.message.contains("missing aws_secret_access_key") == true)
    #expect(!"\(String(describing: first))\(String(describing: second))".lowercased().contains("canary"))
  }

  @Test func `the files are read anew each time`() async throws {
    let parts = parts(credentials: "[default]\naws_access_key_id = one\naws_secret_access_key = x")
    #expect(try await parts.credentials().get()?.accessKeyID == "one")
    parts.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = two\naws_secret_access_key = x"
    #expect(try await parts.credentials().get()?.accessKeyID == "two")
  }

  @Test func `roles are assumed one with the other, from the keys on`() async throws {
    var parts = parts(
      config: """
        [profile a]
        region = eu-west-1
        role_arn = arn:a
        source_profile = b
        external_id = word
        duration_seconds = 900
        [profile b]
        role_arn = arn:b
        role_session_name = me
        source_profile = c
        [profile c]
        aws_access_key_id = id
        aws_secret_access_key = secret
        """, profile: "a")
    let found = try #require(try await parts.credentials().get())
    #expect(found.accessKeyID == "key of arn:a")
    #expect(found.source == "profile a (assume role)")
    #expect(parts.roles.asked.map(\.from) == ["id", "key of arn:b"])
    #expect(
      parts.roles.asked.map(\.role) == [
        AssumedRole(arn: "arn:b", sessionName: "me", region: "eu-west-1"),
        AssumedRole(
          arn: "arn:a", sessionName: "assume-role-from-profile-\(ChainCase.now)", externalID: "word",
          durationSeconds: 900, region: "eu-west-1"),
      ])
    parts.variables["AWS_REGION"] = "us-west-2"
    parts.roles = FixedRoles()
    _ = await parts.credentials()
    #expect(parts.roles.asked.map(\.role.region) == ["us-west-2", "us-west-2"])
  }

  @Test func `a profile may be its own source when it has keys`() async throws {
    let own = parts(
      config: "[default]\nrole_arn = arn:a\nsource_profile = default\naws_access_key_id = id\naws_secret_access_key = x"
    )
    #expect(try await own.credentials().get()?.accessKeyID == "key of arn:a")
    #expect(own.roles.asked.map(\.from) == ["id"])
    let error = await failure(parts(config: "[default]\nrole_arn = arn:a\nsource_profile = default"))
    #expect(error?.message.contains("did not contain credential information") == true)
  }

  @Test func `a loop is an error that names the way`() async {
    let error = await failure(
      parts(
        config: "[default]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = c\n"
          + "[profile c]\nrole_arn = c\nsource_profile = b"))
    #expect(
      error?.message.contains("infinite loop. first we loaded default → b → c, then attempted to reload b") == true)
    let long = (0..<40).map { "[profile p\($0)]\nrole_arn = r\nsource_profile = p\($0 + 1)\n" }.joined()
    let chain = await failure(parts(config: long, profile: "p0"))
    #expect(chain?.message.contains("more than \(ProfileLimits.chainMax)") == true)
  }

  @Test func `a source that has nothing is named with the profile that relies on it`() async {
    let error = await failure(parts(config: "[default]\nrole_arn = a\nsource_profile = b\n[profile b]\nregion = x"))
    #expect(error?.message.contains("`b`") == true)
    #expect(error?.message.contains("could not load source profile") == true)
    let missing = await failure(parts(config: "[default]\nrole_arn = a\nsource_profile = b"))
    #expect(missing?.message.contains("could not find source profile b referenced from default") == true)
  }

  @Test func `a code of an MFA device is refused with what to do`() async {
    let parts = parts(
      config: "[default]\nrole_arn = a\nmfa_serial = arn:aws:iam::1:mfa/me\nsource_profile = b\n[profile b]\n"
        + "aws_access_key_id = id\naws_secret_access_key = x")
    let error = await failure(parts)
    #expect(error?.message.contains("mfa_serial") == true)
    #expect(error?.hint != nil)
    #expect(parts.roles.asked.isEmpty)
  }

  @Test(arguments: ["x", "1.5", "-900", "0"]) func `a duration that is none is refused`(text: String) async {
    let error = await failure(parts(config: "[default]\nrole_arn = a\nsource_profile = b\nduration_seconds = \(text)"))
    #expect(error?.message.contains("duration_seconds") == true)
  }

  @Test(arguments: ["Environment", "environment", "ECSCONTAINER", "Ec2InstanceMetadata"])
  func `a named source is asked in whatever case it is written`(name: String) async throws {
    var parts = parts(config: "[default]\nrole_arn = arn:a\ncredential_source = \(name)")
    let source = FixedSource(
      .success(AWSCredentials(accessKeyID: name, secretAccessKey: Secret("x"), source: "test")))
    switch name.lowercased() {
    case "environment": parts.environment = source
    case "ecscontainer": parts.container = source
    default: parts.instance = source
    }
    #expect(try await parts.credentials().get()?.accessKeyID == "key of arn:a")
    #expect(parts.roles.asked.map(\.from) == [name])
    #expect(source.timesAsked == 1)
  }

  @Test func `a named source that is unknown, empty or fails is an error`() async {
    let unknown = await failure(parts(config: "[default]\nrole_arn = a\ncredential_source = floozle"))
    #expect(
      unknown?.message.contains("profile referenced `floozle` provider but that provider is not supported") == true)
    let empty = await failure(parts(config: "[default]\nrole_arn = a\ncredential_source = EcsContainer"))
    #expect(empty?.message.contains("not enabled") == true)
    var failing = parts(config: "[default]\nrole_arn = a\ncredential_source = EcsContainer")
    failing.container = FixedSource(.failure(CredentialsError(.denied, "no")))
    #expect(await failure(failing)?.kind == .denied)
  }

  @Test func `a token's file is read anew for each role`() async throws {
    let parts = parts(config: "[default]\nrole_arn = arn:a\nweb_identity_token_file = ~/token")
    parts.files["/home/token"] = "one\n"
    #expect(try await parts.credentials().get()?.source == "profile default (web identity)")
    parts.files["/home/token"] = "two"
    _ = await parts.credentials()
    #expect(parts.roles.asked.map(\.from) == ["one", "two"])
    #expect(parts.roles.asked.first?.role.sessionName == "web-identity-token-profile-\(ChainCase.now)")
    parts.files["/home/token"] = " \n"
    #expect(await failure(parts)?.message.contains("is empty") == true)
    parts.files["/home/token"] = nil
    #expect(await failure(parts)?.message.contains("No such file") == true)
  }

  @Test func `keys in the credentials file win over a program, keys in the config file do not`() async throws {
    let keys = "aws_access_key_id = id\naws_secret_access_key = x\n"
    let program = "credential_process = program\n"
    var parts = parts(config: "[default]\n" + program, credentials: "[default]\n" + keys)
    #expect(try await parts.credentials().get()?.accessKeyID == "id")
    parts.files = MemoryFiles(["/home/.aws/config": "[default]\n" + keys + program])
    parts.processes = ProcessRunner { _ throws(ProcessFailure) in
      ProcessOutcome(.exited(0), output: Array(#"{"Version":1,"AccessKeyId":"p","SecretAccessKey":"s"}"#.utf8))
    }
    #expect(try await parts.credentials().get()?.accessKeyID == "p")
  }

  @Test func `what was not found is said`() {
    #expect(ProfileParts().source.notes() == [])
    #expect(parts(config: "[profile a]\n").source.notes() == ["no profile `default` in the AWS files; there are: a"])
    #expect(
      parts(config: "[default]\n[a]\n").source.notes() == [
        "`/home/.aws/config`, line 2 is left out: in this file a profile is written [profile NAME]"
      ])
    #expect(parts(config: "[default]\n").source.notes() == [])
  }
}
